"""English texts: diagnosis."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {}
