"""The tasks of `evals.json`, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent
SOURCE, REGION = "i-2zesource0001", "cn-beijing"
Creating = Literal["CreateImage", "CreateVSwitch", "RunInstances"]
Kind = Literal["images", "vswitches", "instances"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Script(_Strict):
    """What a scripted assistant makes of the prompt, and the scripted person of the questions.

    Attributes:
        until: The tool before which the task is over; a careful assistant does not call it.
        arguments: What the prompt says, as arguments of tools.
        says: By the tool that asks: the option the person takes, or `no`; else the recommended one.
    """

    until: str = ""
    arguments: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    says: Mapping[str, str] = Field(default_factory=dict)


class Case(_Strict):
    """One task.

    Attributes:
        world: The simulated cloud it plays in.
        zones: Where the replica may stand; empty: any zone but the source's.
        permits: How often the prompt permits each creating request. A request beyond it is unconsented.
        made: What is there at the end when the task is done; what is not named: nothing.
    """

    id: int
    prompt: str
    expected_output: str
    files: tuple[str, ...] = ()
    assertions: tuple[str, ...]
    world: str
    language: Literal["en", "zh"]
    zones: tuple[str, ...] = ()
    permits: Mapping[Creating, int]
    made: Mapping[Kind, int]
    scripted: Script = Script()


class _Evals(_Strict):
    skill_name: str
    evals: tuple[Case, ...]


def cases() -> tuple[Case, ...]:
    """Every task."""
    return _Evals.model_validate_json((FOLDER / "evals.json").read_text(encoding="utf-8")).evals
