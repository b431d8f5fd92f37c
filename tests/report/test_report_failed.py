"""The report of a recovery that failed says so first: what ended it, its code and RequestId, and what is billed."""

from __future__ import annotations

import pytest

from ecs_dr.cloud.transport import ApiRequest, NoAnswer
from ecs_dr.domain.report.model import RecoveryReport
from ecs_dr.domain.report.seal import seal
from ecs_dr.domain.texts import Language
from ecs_dr.errors import OutcomeUnknown, RecoveryFailed
from ecs_dr.report.render import render_html, render_markdown
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import Desk
from tests.workflow.bench import world_with


def report_of(desk: Desk) -> RecoveryReport:
    return desk.recovery.report(desk.session_id)


@pytest.mark.parametrize(("language", "said"), [("en", "its status is CreateFailed"), ("zh", "创建失败")])
async def test_a_failed_image_is_the_headline_of_its_report(language: Language, said: str) -> None:
    desk = Desk("image-fails", RecoveryOptions(simulated=True, language=language))
    with pytest.raises(RecoveryFailed):
        await desk.recover()
    report = report_of(desk)
    made = next(one for one in report.requests if one.action == "ecs:CreateImage" and one.mutating)
    assert said in report.headline
    assert made.request_id
    assert made.request_id in report.headline
    assert report.todo[0].text != report.todo[-1].text
    for page in (render_markdown(seal(report)), render_html(seal(report))):
        assert said in page


@pytest.mark.parametrize(("language", "said"), [("en", "was refused: Forbidden.RAM"), ("zh", "被拒绝：Forbidden.RAM")])
async def test_a_refused_launch_is_named_with_its_code_and_request(language: Language, said: str) -> None:
    desk = Desk(world_with(denied=("ecs:RunInstances",)), RecoveryOptions(simulated=True, language=language))
    await desk.settle(await desk.collect())
    assert (await desk.call("plan_recovery")).status == "needs_answer"
    report = report_of(desk)
    refused = next(one for one in reversed(report.requests) if one.action == "ecs:RunInstances")
    assert f"ecs:RunInstances {said}" in report.headline
    assert refused.request_id
    assert refused.request_id in report.headline


@pytest.mark.parametrize(("language", "said"), [("en", "got no answer"), ("zh", "没有得到响应")])
async def test_a_recovery_whose_last_request_got_no_answer_says_so(language: Language, said: str) -> None:
    desk = Desk(options=RecoveryOptions(simulated=True, language=language))
    await desk.settle(await desk.collect())

    def silent(request: ApiRequest) -> None:
        if request.action == "DescribeAvailableResource":
            raise NoAnswer("nothing came back")

    desk.transport.before.append(silent)
    with pytest.raises(OutcomeUnknown):
        await desk.call("choose_target")
    last = report_of(desk).requests[-1]
    assert f"{last.action} {said}" in report_of(desk).headline.replace(",", "")
