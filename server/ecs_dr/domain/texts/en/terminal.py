"""English texts: terminal."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {}
