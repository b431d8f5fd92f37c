"""One name means one thing: no class and no type is called like another one of the product."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import ecs_dr

PACKAGE = Path(ecs_dr.__file__).parent
TYPE = re.compile(r"_?[A-Z]\w*[a-z]\w*")
TWICE = {
    "Language": "the settings may import nothing of the domain, and mean the same by it",
}


def names(source: str) -> Iterator[str]:
    """Classes of a module, and the types that it gives a name."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript | ast.BinOp):
            yield from (one.id for one in node.targets if isinstance(one, ast.Name) and TYPE.fullmatch(one.id))
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
    source = (
        'class Word: ...\nVerdict = Literal["a"]\nReportForm = Literal["a"]\nText = str | None\n'
        'Part: TypeAlias = Word | None\nnumber = table["a"]\nNUMBER = table["a"]\nRANGE_1 = 2 * 3\n'
    )
    assert list(names(source)) == ["Word", "Verdict", "ReportForm", "Text", "Part"]
