"""Every row of the table of refusals at every call that can meet it: what the person gets is what helps.

Generated from the table: a new row without a way on fails here, and so does a new blame that nobody has thought about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest

from ecs_dr.domain.questions import ABORT, CONFIRM, CREATE_VSWITCH, PICK_ANOTHER_ZONE, RETRY
from ecs_dr.domain.refusals import ROWS, Blame, Row, row_of
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.domain.texts import Language, Texts
from ecs_dr.protocol.boundary import Boundary
from ecs_dr.protocol.catalogue import TOOLS
from ecs_dr.protocol.results import Presenter
from ecs_dr.workflow.run import RecoveryOptions
from tests.domain.refusals.test_table import TABLES
from tests.support.desk import Desk
from tests.workflow.bench import Fault, break_line, key_of, refusal, session_of, until, values_of

Call = Literal["RunInstances", "CreateImage", "CreateVSwitch", "DescribeDisks"]
WORDS = "in the words of the cloud"
TYPE, OTHER_TYPE, VSWITCH, OTHER_ZONE = "ecs.g7.xlarge", "ecs.g7e.xlarge", "vsw-2zek0001", "cn-beijing-l"
BY_ITSELF, FAILS, LEFT_OUT = "passes by itself", "fails with its cause", "goes on without"

AT_THE_LAUNCH: dict[Blame, tuple[str, ...]] = {
    Blame.NOTHING: (BY_ITSELF,),
    Blame.TYPE: (OTHER_TYPE, PICK_ANOTHER_ZONE),
    Blame.IMAGE_TYPE: (OTHER_TYPE, PICK_ANOTHER_ZONE),
    Blame.DISK_COUNT: (OTHER_TYPE, PICK_ANOTHER_ZONE),
    Blame.ZONE: (PICK_ANOTHER_ZONE,),
    Blame.PUBLIC_ADDRESSES: (PICK_ANOTHER_ZONE, "leave_out"),
    Blame.ADDRESSES: (CREATE_VSWITCH, PICK_ANOTHER_ZONE),
    Blame.VSWITCH: (CREATE_VSWITCH, PICK_ANOTHER_ZONE),
    Blame.BLOCK: (FAILS,),
    Blame.DISK_CATEGORY: ("cloud_auto",),
    Blame.DISK_LEVEL: ("cloud_essd:PL1",),
    Blame.DISK_SIZE: ("other_category", OTHER_TYPE, PICK_ANOTHER_ZONE),
    Blame.DISK_IOPS: ("leave_out", "other_category", OTHER_TYPE),
    Blame.DISK_BURST: ("leave_out", "other_category", OTHER_TYPE),
    Blame.DISK_DEVICE: (OTHER_TYPE, PICK_ANOTHER_ZONE),
    Blame.ENCRYPTION: (RETRY, PICK_ANOTHER_ZONE, OTHER_TYPE),
    Blame.OPTION: ("leave_out", RETRY),
    Blame.TERMS: (OTHER_TYPE, PICK_ANOTHER_ZONE),
    Blame.IMAGE: (RETRY,),
    Blame.IMAGE_NOT_READY: (OTHER_ZONE, RETRY),
    Blame.MARKETPLACE: (RETRY,),
    Blame.GROUP: (RETRY, "choose_group"),
    Blame.QUOTA: (RETRY, OTHER_TYPE, PICK_ANOTHER_ZONE),
    Blame.PAYMENT: (RETRY,),
    Blame.ACCOUNT: (RETRY,),
    Blame.PERMISSION: (RETRY,),
    Blame.CREDENTIALS: (FAILS,),
    Blame.SOURCE: (FAILS,),
    Blame.NAME: (CONFIRM,),
    Blame.REGION: (FAILS,),
    Blame.REQUEST: (OTHER_TYPE, PICK_ANOTHER_ZONE),
    Blame.UNKNOWN: (FAILS,),
}
"""What a refused launch offers, in any order; the first is recommended."""

BY_HAND = (Blame.GROUP, Blame.QUOTA, Blame.PAYMENT, Blame.ACCOUNT, Blame.MARKETPLACE, Blame.ENCRYPTION)
ELSEWHERE: dict[Call, dict[Blame, tuple[str, ...]]] = {
    "CreateImage": {Blame.NAME: (CONFIRM,)},
    "CreateVSwitch": {
        Blame.BLOCK: (CREATE_VSWITCH,),
        Blame.ZONE: (PICK_ANOTHER_ZONE,),
        Blame.REQUEST: (RETRY, PICK_ANOTHER_ZONE),
    },
    "DescribeDisks": {},
}
"""Beside what is the same for every call: what somebody puts right elsewhere is waited for."""


@dataclass(frozen=True)
class Case:
    row: Row
    call: Call
    code: str

    @property
    def message(self) -> str:
        return f"{WORDS} {self.row.said}".strip()


def _examples(row: Row) -> list[str]:
    return [code.replace("*", "Named") if code[0] != "*" else f"Some{code[1:]}" for code in row.codes]


def _cases() -> list[Case]:
    published: dict[Call, tuple[str, ...]] = {
        "RunInstances": (*TABLES["RunInstances"], *TABLES["Relatives"]),
        "CreateImage": TABLES["CreateImage"],
        "CreateVSwitch": TABLES["CreateVSwitch"],
    }
    found: list[Case] = []
    for row in ROWS:
        before = len(found)
        for call, codes in published.items():
            own = next((code for code in codes if row_of(code, f"{WORDS} {row.said}") is row), None)
            if own is not None:
                found.append(Case(row, call, own))
        if len(found) == before:
            code = next(code for code in _examples(row) if row_of(code, f"{WORDS} {row.said}") is row)
            everywhere = row.blame in {Blame.NOTHING, Blame.PERMISSION, Blame.CREDENTIALS, Blame.ACCOUNT}
            calls: tuple[Call, ...] = ("RunInstances", "CreateImage", "CreateVSwitch") if everywhere else ()
            found += [Case(row, call, code) for call in (*calls, "DescribeDisks")]
    unknown = Row("unknown", row_of("Astonishing").kind, Blame.UNKNOWN)
    return found + [Case(unknown, call, "Astonishing") for call in (*published, "DescribeDisks")]


CASES = _cases()


def test_every_row_has_a_case() -> None:
    assert {case.row for case in CASES} >= set(ROWS)
    assert len(CASES) >= 150


async def at_the_call(call: Call, language: Language) -> tuple[Desk, Answer]:
    """The question whose answer sends it."""
    key, world = {
        "RunInstances": ("launch.confirm", "healthy"),
        "CreateImage": ("image.name", "healthy"),
        "CreateVSwitch": ("vswitch.create", "no-vswitch"),
        "DescribeDisks": ("source.confirm", "healthy"),
    }[call]
    desk = Desk(world, RecoveryOptions(simulated=True, language=language))
    if call == "DescribeDisks":
        return desk, await desk.collect()
    return desk, await until(desk, key)


async def answered(desk: Desk, asked: Answer) -> Answer:
    """What a host gets for it, past the calls that only wait, errors made answers."""
    tool: ToolName = asked.asking or "collect_source"
    spec = next(one for one in TOOLS if one.name == tool)
    boundary = Boundary(desk.recovery)
    answer = await boundary.guard(spec, lambda: desk.answer(asked, values_of(asked)[0]), desk.session_id)
    for _ in range(12):
        if answer.status != "in_progress" or answer.next is None:
            return answer
        name = answer.next.tool
        spec = next(one for one in TOOLS if one.name == name)
        answer = await boundary.guard(spec, lambda name=name: desk.call(name), desk.session_id)  # type: ignore[misc]
    return answer


def expected(case: Case) -> tuple[str, ...]:
    blame, call = case.row.blame, case.call
    if case.row.kind in {"transient", "throttled", "token_busy"}:
        return (BY_ITSELF,)
    if case.row.kind == "dependency":
        return (BY_ITSELF,) if call != "DescribeDisks" else (FAILS,)
    if case.row.option == "tags":
        return (LEFT_OUT,) if call in {"CreateImage", "CreateVSwitch"} else (LEFT_OUT, "leave_out")
    if call == "RunInstances":
        return (FAILS,) if case.row.text in {"token_mismatch", "dry_run_passed"} else AT_THE_LAUNCH[blame]
    if blame in ELSEWHERE[call]:
        return ELSEWHERE[call][blame]
    return (RETRY,) if blame in BY_HAND or case.row.kind == "permission" else (FAILS,)


of_each_row = pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.call} {case.code} {case.row.said or case.row.option}".strip()
)


@of_each_row
async def test_what_the_person_gets_is_what_can_help(case: Case) -> None:
    desk, answer = await refused(case, "en", dry_run=True)
    if answer.question is not None:
        await _leads_on(desk, answer, case)


@pytest.mark.sweep(6)
@of_each_row
async def test_it_does_in_chinese_too_and_when_the_launch_itself_is_refused(case: Case) -> None:
    await refused(case, "zh", dry_run=False)


async def refused(case: Case, language: Language, *, dry_run: bool) -> tuple[Desk, Answer]:
    """What somebody is told whose call meets the row, held against what is to be told."""
    desk, asked = await at_the_call(case.call, language)
    error = refusal(case.code, case.message, 403)
    wanted = expected(case)
    # A read that is refused may be tried in another way, which is to be refused as well.
    times = 5 if case.call == "DescribeDisks" and wanted != (BY_ITSELF,) else 1
    break_line(desk, Fault(case.call, error, times=times, dry_run=dry_run and case.call == "RunInstances"))
    answer = await answered(desk, asked)
    _is_told(answer, case, language, wanted)
    assert desk.mutations["CreateImage"] == (1 if case.call in {"RunInstances", "CreateVSwitch"} else 0) or (
        case.call == "CreateImage" and wanted[0] in {BY_ITSELF, LEFT_OUT}
    )
    return desk, answer


def _is_told(answer: Answer, case: Case, language: Language, wanted: tuple[str, ...]) -> None:
    texts = Texts(language)
    presenter = Presenter(texts, simulated=False)
    if wanted == (FAILS,):
        assert answer.status == "failed", answer.message
        assert answer.problem is not None
        assert answer.problem.actions
        assert all(word in presenter.text(answer) for word in (case.code, WORDS, "REQUEST-OF-THE-TEST"))
        assert not answer.problem.retryable
        assert answer.next is not None, "how to go on once it is resolved"
        return
    if wanted[0] in {BY_ITSELF, LEFT_OUT} and answer.question is None:
        assert answer.status == "done", answer.message
        return
    assert answer.status == "needs_answer", answer.message
    assert answer.question is not None
    offered = values_of(answer)
    if wanted[0] not in {BY_ITSELF, LEFT_OUT}:
        assert offered[0] == wanted[0]
        assert set(wanted) <= set(offered)
    # On all three roads: the text of a tool result, its structured content, and the form.
    shown = answer.question.question.text
    for road in (presenter.text(answer), shown, presenter.form_message(answer, answer.question)):
        assert all(word in road for word in (case.code, WORDS)), road
    assert answer.problem is not None


async def _leads_on(desk: Desk, answer: Answer, case: Case) -> None:
    """Nothing that was just refused is recommended, and the way on ends in one launch with the one image."""
    refusals, question = session_of(desk).refusals, answer.question
    assert question is not None
    recommended = question.question.options[0].value
    assert recommended not in {TYPE, VSWITCH, *refusals.names}
    if case.call == "DescribeDisks":
        return
    end = await desk.settle(answer)
    for _ in range(12):
        if session_of(desk).replica is not None or end.status != "done" or end.next is None:
            break
        end = await desk.settle(await desk.go_on(end))
    assert end.status == "done", (end.message, desk.asked)
    assert (desk.mutations["CreateImage"], desk.mutations["RunInstances"]) == (1, 1)
    launch = session_of(desk).replica
    assert launch is not None
    sent = launch.launch
    if case.row.blame in {Blame.ADDRESSES, Blame.VSWITCH}:
        assert sent.vswitch_id != VSWITCH
    if case.row.blame in {Blame.TYPE, Blame.IMAGE_TYPE, Blame.DISK_COUNT, Blame.REQUEST} and key_of(answer) == (
        "launch.refused"
    ):
        assert sent.instance_type != TYPE
    if case.row.blame is Blame.ZONE and case.call == "RunInstances":
        assert sent.zone_id != "cn-beijing-k"
    assert (
        ABORT in values_of(answer)
        or recommended in {CONFIRM, CREATE_VSWITCH}
        or case.row.blame
        in {
            Blame.DISK_CATEGORY,
            Blame.DISK_LEVEL,
        }
    )
