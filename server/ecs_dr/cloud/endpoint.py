"""Where the API of a region is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ecs_dr.environment import is_loopback


@dataclass(frozen=True)
class Endpoint:
    """Where a product's API of one region is."""

    host: str
    protocol: str

    @classmethod
    def of(cls, template: str, region_id: str) -> Endpoint:
        """From a host or URL that may contain `{region}`.

        Plain HTTP is for the simulator on a loopback address.

        Raises:
            ValueError: The region id is not one, or http is used for anything but a loopback address.
        """
        if not re.fullmatch(r"[a-z0-9-]{1,64}", region_id):
            raise ValueError("not a region id")
        text = template.replace("{region}", region_id)
        parts = urlsplit(text if "//" in text else f"https://{text}")
        if parts.scheme == "http":
            if not is_loopback(parts.hostname or ""):
                raise ValueError("http is for loopback addresses alone")
            return cls(parts.netloc, "http")
        return cls(parts.netloc, "https")

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine, where no proxy leads."""
        return is_loopback(urlsplit(f"//{self.host}").hostname or "")
