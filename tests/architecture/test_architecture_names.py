"""One name means one thing: no class and no type is called like another one of the product."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import ecs_dr

PACKAGE = Path(ecs_dr.__file__).parent
TWICE = {
    "Language": "the settings may import nothing of the domain, and mean the same by it",
}


def names(source: str) -> Iterator[str]:
    """Classes of a module, and the types that it gives a name."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            yield from (one.id for one in node.targets if isinstance(one, ast.Name) and one.id.istitle())
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            yield ast.unparse(node.target)


def test_no_name_is_given_twice() -> None:
    """The simulator is a witness of its own: what the cloud calls a disk, it calls a disk too."""
    homes = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        if "simulator" not in path.parts:
            for name in names(path.read_text(encoding="utf-8")):
                homes[name].add(path.relative_to(PACKAGE).as_posix())
    assert {name: sorted(found) for name, found in homes.items() if len(found) > 1 and name not in TWICE} == {}


def test_classes_and_named_types_are_found() -> None:
    source = 'class Word: ...\nVerdict = Literal["a"]\nPart: TypeAlias = Word | None\nnumber = table["a"]\n'
    assert list(names(source)) == ["Word", "Verdict", "Part"]
