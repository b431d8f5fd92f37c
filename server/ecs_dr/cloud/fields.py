"""Narrowing the API's JSON to typed values, tolerant of its oddities.

Absent, null and `""` mean the same; numbers come as strings ("60"), booleans as "True"; a list may be missing, null,
`""`, or one container deeper than announced (`{"IpAddress": []}`); percentages are text ("45%").
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ecs_dr.cloud.transport import Json


@dataclass(frozen=True)
class Fields:
    """One object of a response."""

    values: Mapping[str, Json]

    @classmethod
    def of(cls, value: Json) -> Fields:
        """An object, or an empty one for anything else."""
        return cls(value if isinstance(value, dict) else {})

    def has(self, name: str) -> bool:
        """Whether the field says anything."""
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers and booleans are written out."""
        value = self.values.get(name)
        if isinstance(value, str):
            return value or default
        return str(value) if isinstance(value, int | float) else default

    def number(self, name: str) -> float | None:
        """A number, also when it is spelled as text."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            return None
        try:
            return float(value.strip().removesuffix("%") if isinstance(value, str) else value)
        except (ValueError, OverflowError):
            return None

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number, or the default."""
        value = self.optional_integer(name)
        return default if value is None else value

    def optional_integer(self, name: str) -> int | None:
        """A whole number, when there is one (`Progress` "45%" is 45)."""
        value = self.number(name)
        return None if value is None or not math.isfinite(value) else int(value)

    def flag(self, name: str) -> bool | None:
        """A boolean, also when it is spelled as text; None when the field says nothing."""
        value = self.values.get(name)
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in {"true", "false"}:
            return value.strip().lower() == "true"
        return None

    def child(self, *path: str) -> Fields:
        """The object at the end of a path; empty when any part is missing."""
        found = self
        for name in path:
            found = Fields.of(found.values.get(name))
        return found

    def items(self, *path: str) -> tuple[Fields, ...]:
        """The objects of a list (`items("Disks", "Disk")`)."""
        return tuple(Fields(value) for value in self._flat(path) if isinstance(value, dict) and value)

    def texts(self, *path: str) -> tuple[str, ...]:
        """The strings of a list (`texts("PublicIpAddress", "IpAddress")`), however deeply they are nested."""
        return tuple(value for value in self._flat(path) if isinstance(value, str) and value)

    def _flat(self, path: tuple[str, ...]) -> list[Json]:
        *parents, last = path
        return _flattened(self.child(*parents).values.get(last))


def _flattened(value: Json) -> list[Json]:
    if isinstance(value, list):
        return [leaf for item in value for leaf in _flattened(item)]
    return [] if value is None else [value]
