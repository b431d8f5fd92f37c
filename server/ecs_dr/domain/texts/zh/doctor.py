"""Chinese texts: doctor."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {}
