"""Chinese texts: errors."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {}
