"""What the journeys through programs share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest


@pytest.fixture
def errors(tmp_path: Path) -> Iterator[TextIO]:
    """Where a program's stderr goes; nothing of it may be a traceback."""
    path = tmp_path / "stderr.txt"
    with path.open("w", encoding="utf-8") as stream:
        yield stream
    said = path.read_text(encoding="utf-8")
    if "Traceback" in said:
        pytest.fail(f"the program wrote a traceback:\n{said}")
