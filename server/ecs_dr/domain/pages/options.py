"""What can be chosen, as it is told. Light: a server that lists its tools loads no model of what is recovered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ecs_dr.domain.questions import Option
from ecs_dr.domain.telling import Words
from ecs_dr.domain.texts import Texts


def option_lines(options: Iterable[Option], texts: Texts) -> Iterator[Words]:
    """What can be chosen, each with the value that an answer names it by, for a client that passes answers on."""
    for one in options:
        key = "result.option" if one.description else "result.option_bare"
        yield texts(key, value=one.value, label=one.shown, description=one.description)
