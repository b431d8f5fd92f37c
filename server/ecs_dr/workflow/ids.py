"""Random identifiers."""

from __future__ import annotations

import secrets


class RandomIds:
    """Unguessable ids from the operating system's randomness."""

    def hex32(self) -> str:
        """32 lowercase hex characters."""
        return secrets.token_hex(16)
