"""English texts: errors."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {}
