"""English texts: steps."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {}
