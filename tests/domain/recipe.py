"""A product with other sources for some of its modules: does an attribute still hang together? One child a variant.

Run as `python -m tests.domain.recipe KEY`, with `{variant: {module: source}}` on its standard input. For each variant a
line: its name, then the checks that failed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Source(InspectLoader):
    def __init__(self, source: str) -> None:
        self._source = source

    def get_source(self, fullname: str) -> str:
        del fullname
        return self._source


class Overlay(MetaPathFinder):
    """Finds some modules in a dictionary, before anybody else finds them in a file."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """As the import system asks for it."""
        del path, target
        source = self._sources.get(fullname)
        return None if source is None else ModuleSpec(fullname, _Source(source))


def failures(key: str) -> list[str]:
    """The tests of an attribute that fail in this process."""
    import anyio

    whole, mutations = (
        import_module("tests.domain.test_attributes_whole"),
        import_module("tests.domain.test_ledger_mutations"),
    )
    fidelity = import_module("tests.workflow.test_fidelity")
    row = next((one for one in whole.LEDGER if one.key == key), None)
    if row is None:
        return ["no row"] if key in mutations.FLIPS else ["nobody asks for it"]

    def honoured() -> None:
        _, desk = anyio.run(fidelity.recovered, fidelity.CASES["a dedicated host"])
        assert any(
            line.startswith(f"{key}: host | host | host") for line in fidelity.ledger_of(fidelity.session_of(desk))
        )

    checks: dict[str, Callable[[], None]] = {
        "read": lambda: whole.test_what_stands_at_its_path_becomes_its_value(row),
        "sent": lambda: whole.test_what_it_sets_is_sent(row),
        "worded": lambda: whole.test_it_is_worded_in_both_languages(row),
        "honoured": honoured,
    }
    return [name for name, check in checks.items() if not _passes(check)]


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:  # noqa: BLE001 - whatever fails, it is told
        return False
    return True


def main() -> None:
    """Fork once a variant, all at the same time."""
    import_module("pytest"), import_module("pydantic"), import_module("anyio")
    for name, sources in json.load(sys.stdin).items():
        if os.fork() == 0:
            sys.meta_path.insert(0, Overlay(sources))
            sys.stdout.write(f"{name}: {', '.join(failures(sys.argv[1])) or 'whole'}\n")
            sys.stdout.flush()
            os._exit(0)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


if __name__ == "__main__":
    main()
