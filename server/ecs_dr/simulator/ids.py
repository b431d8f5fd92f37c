"""Ids that look like the cloud's, and are the same on every run of the same world."""

from __future__ import annotations

import hashlib

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


class IdMaker:
    """Makes ids from a seed and a counter: `i-2ze` and 17 further characters, as in Beijing."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._count = 0

    def resource(self, kind: str, region_prefix: str = "2ze") -> str:
        """A new resource id, e.g. of the kind `i`, `m`, `s`, `d`, `eni`, `vsw`."""
        digest = self._next(kind)
        letters = "".join(_ALPHABET[byte % 36] for byte in digest[:17])
        return f"{kind}-{region_prefix}{letters}"

    def request(self) -> str:
        """A new request id (an upper-case UUID)."""
        return self._uuid("request").upper()

    def mac(self) -> str:
        """A new MAC address in the cloud's own range."""
        return "00:16:3e:" + ":".join(f"{byte:02x}" for byte in self._next("mac")[:3])

    def serial(self) -> str:
        """A new serial number of an instance."""
        return self._uuid("serial")

    def number(self, kind: str) -> int:
        """A new large number, e.g. of an order."""
        return 200_000_000_000_000 + int.from_bytes(self._next(kind)[:5], "big")

    def _uuid(self, kind: str) -> str:
        # As `uuid.UUID(bytes=…, version=4)` writes it: every request has one.
        digits = self._next(kind)[:16].hex()
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def _next(self, kind: str) -> bytes:
        self._count += 1
        return hashlib.sha256(f"{self._seed}/{kind}/{self._count}".encode()).digest()
