"""English texts: questions."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {}
