"""Chinese texts: terminal."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {}
