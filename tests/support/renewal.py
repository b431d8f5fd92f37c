"""What is generated is held against what is kept, or written anew: `./scripts/renew`, and read the diff."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path

RENEW = "RENEW_GENERATED"
"""The one switch: set, every test of something generated writes it instead of comparing."""

SHOWN_LINES = 60


def renewing() -> bool:
    """Whether what is generated is to be written anew."""
    return bool(os.environ.get(RENEW))


def hold(path: Path, wanted: str) -> None:
    """The file says what the program says now."""
    if renewing():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    assert kept == wanted, f"{path.name} drifted; ./scripts/renew writes it anew\n{_difference(kept, wanted)}"


def hold_folder(folder: Path, wanted: Mapping[str, str]) -> None:
    """The folder holds these files, and no other."""
    kept = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    if renewing():
        for name in kept.keys() - wanted.keys():
            kept[name].unlink()
        for name, text in wanted.items():
            hold(folder / name, text)
        return
    changed = [name for name in wanted if name in kept and kept[name].read_text(encoding="utf-8") != wanted[name]]
    gone, new = sorted(kept.keys() - wanted.keys()), sorted(wanted.keys() - kept.keys())
    shown = [_difference(kept[name].read_text(encoding="utf-8"), wanted[name], name) for name in changed[:3]]
    told = "\n".join([f"changed: {changed}", f"new: {new}", f"gone: {gone}", *shown])
    if changed or new or gone:
        raise AssertionError(f"{folder.name} drifted; ./scripts/renew writes it anew\n{told}")


def _difference(kept: str, wanted: str, name: str = "") -> str:
    lines = difflib.unified_diff(
        kept.splitlines(), wanted.splitlines(), f"{name} kept", f"{name} now", lineterm="", n=1
    )
    return "\n".join(list(lines)[:SHOWN_LINES])
