"""What a person would see differently: every distinct page of all worlds, in both languages.

A page is one file; `walks.txt` says which world comes by which. After a wanted change: `./scripts/renew`, and read
the diff.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ecs_dr.domain.texts import Language
from tests.support.pages import album_of
from tests.support.renewal import hold_folder

PAGES = Path(__file__).resolve().parents[1] / "snapshots" / "pages"


@pytest.mark.generated
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_page_is_as_it_was_last_read(language: Language) -> None:
    hold_folder(PAGES / language, (await album_of(language)).files())
