"""What is installed with the program may be used as it is: nothing in it asks more of its users than MIT-0 does."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PERMISSIVE = re.compile(
    r"\b(MIT|MIT-0|BSD|BSD-[23]-Clause|0BSD|Apache|ISC|PSF|Python Software Foundation|Unlicense|Zlib|MPL|Mozilla)\b"
)
"""MPL-2.0 is certifi's: it asks for the source of changed files of certifi alone, and none is changed."""
NOT_PERMISSIVE = re.compile(r"\b(A|L)?GPL|GNU|SSPL|BUSL|Commons Clause|CC-BY-NC", re.IGNORECASE)


def locked() -> list[str]:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [found[1] for line in lines if (found := re.match(r"([A-Za-z0-9._-]+)==", line))]


def licence_of(package: str) -> str:
    """As its metadata says: the expression, else the classifiers, else the first line of the free text."""
    said = metadata(package)
    if "License-Expression" in said:
        return said["License-Expression"]
    classifiers = [line for line in said.get_all("Classifier") or () if line.startswith("License ::")]
    free = said["License"] if "License" in said else ""  # noqa: SIM401 - its type has no `get`
    return "; ".join(classifiers) or free.partition("\n")[0]


@pytest.mark.parametrize("package", locked())
def test_every_dependency_has_a_permissive_licence(package: str) -> None:
    try:
        licence = licence_of(package)
    except PackageNotFoundError:
        pytest.skip("not for this platform")
    assert PERMISSIVE.search(licence), f"{package}: {licence!r}"
    assert not NOT_PERMISSIVE.search(licence), f"{package}: {licence!r}"


def test_a_licence_that_asks_for_more_would_be_seen() -> None:
    assert NOT_PERMISSIVE.search("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)")
    assert not PERMISSIVE.search("Proprietary")
