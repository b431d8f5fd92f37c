"""What the doctor finds, over simulated clouds."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from rich.console import Console

from ecs_dr.cloud.adapter import AlibabaCloud
from ecs_dr.cloud.allowlist import ALLOWED_ACTIONS
from ecs_dr.cloud.retry import RetryPolicy
from ecs_dr.cloud.transport import ApiError, ApiRequest, Json, NoAnswer
from ecs_dr.doctor.checks import Doctor, Place
from ecs_dr.domain.texts import Language, Texts
from ecs_dr.errors import NoCredentials
from ecs_dr.simulator.clock import ManualClock
from ecs_dr.simulator.core import Simulator
from ecs_dr.simulator.transport import SimulatorTransport
from ecs_dr.simulator.world import load_world
from ecs_dr.workflow.clock import SystemClock
from ecs_dr.workflow.ports import Identity

ENDPOINTS = {"ecs": "ecs.{region}.aliyuncs.com", "vpc": "vpc.{region}.aliyuncs.com"}


class IdentifiedTransport:
    """The simulator behind an identity, or behind none."""

    def __init__(self, examination: Examination, identity: Identity | None) -> None:
        self._simulated = SimulatorTransport(examination.simulator)
        self._examination = examination
        self._who = identity

    async def identity(self, patience_seconds: float | None = None) -> Identity:  # noqa: ARG002 - the port
        if self._who is None:
            raise NoCredentials("NoCredentials", "no_credentials")
        return self._who

    async def call(self, request: ApiRequest) -> Mapping[str, Json]:
        assert self._who is not None, "nothing is sent without credentials"
        case, is_trial = self._examination, bool(request.params.get("DryRun"))
        if request.action in case.breaks or case.breaks_all is not None:
            raise case.breaks_all or case.breaks[request.action]
        if is_trial and request.action in case.refuses:
            raise case.refuses[request.action]
        if not is_trial and request.action in case.empty:
            return case.empty[request.action]
        return await self._simulated.call(request)


class Examination:
    """One run of the doctor.

    Attributes:
        refuses: What the dry run of an action is answered with.
        breaks: What an action is answered with, tried or not.
        breaks_all: What every action is answered with.
        empty: Actions whose lists come back empty.
    """

    def __init__(self, world_name: str = "healthy", *, credentials: bool = True, language: Language = "en") -> None:
        world = load_world(world_name)
        self.refuses: dict[str, ApiError | NoAnswer] = {}
        self.breaks: dict[str, ApiError] = {}
        self.breaks_all: ApiError | None = None
        self.empty: dict[str, Mapping[str, Json]] = {}
        self.world = world
        self.simulator = Simulator(world, ManualClock(world.start_time))
        who = Identity(provider="env", identity_type="access_key") if credentials else None
        self._cloud = AlibabaCloud(IdentifiedTransport(self, who), SystemClock(), RetryPolicy(0, 0))
        self._texts = Texts(language)
        self.everywhere = Place(world.default_region, world.source_instance_id)
        self.said = ""

    async def run(self, target: Place) -> int:
        page = io.StringIO()
        doctor = Doctor(self._cloud, self._texts, ENDPOINTS, target, Console(file=page, width=120))
        code = await doctor.run()
        self.said = page.getvalue()
        return code

    def state_of(self, action: str) -> str:
        """What the table says of an action."""
        return next(line for line in self.said.splitlines() if f" {action} " in line)

    def deny(self, action: str) -> None:
        """Take a permission away from the identity."""
        self.world.identities[self.world.default_identity].denied.append(action)

    @property
    def resources(self) -> tuple[set[str], ...]:
        """The ids of what exists."""
        world = self.world
        return set(world.instances), set(world.images), set(world.vswitches), set(world.snapshots)

    @property
    def sent(self) -> set[str]:
        return {entry.action for entry in self.simulator.journal}


async def test_a_healthy_machine_is_called_so_and_every_action_is_listed() -> None:
    examination = Examination()
    assert await examination.run(examination.everywhere) == 0
    assert [action.name for action in ALLOWED_ACTIONS if not examination.state_of(action.name)] == []
    assert "permitted" in examination.state_of("ecs:DescribeDisks")


CREATING = {"CreateImage", "CreateVSwitch", "RunInstances"}


async def test_what_creates_is_sent_as_a_dry_run_alone_and_nothing_is_made() -> None:
    examination = Examination()
    before = examination.resources
    assert await examination.run(examination.everywhere) == 0
    creating = [entry for entry in examination.simulator.journal if entry.action in CREATING]
    assert {entry.action for entry in creating} == {"RunInstances"}
    assert {str(entry.params.get("DryRun")).lower() for entry in creating} == {"true"}
    assert {entry.outcome for entry in creating} == {"DryRunOperation"}
    assert examination.resources == before
    assert "permitted" in examination.state_of("ecs:RunInstances")
    for action in ("ecs:CreateImage", "vpc:CreateVSwitch"):
        assert "not checked" in examination.state_of(action)
    assert "Not checked: ecs:CreateImage, vpc:CreateVSwitch." in examination.said
    assert "no dry run of ecs:CreateImage, vpc:CreateVSwitch" in examination.said


async def test_a_missing_permission_to_create_is_found_by_its_dry_run() -> None:
    action, examination = "ecs:RunInstances", Examination()
    examination.deny(action)
    assert await examination.run(examination.everywhere) == 1
    assert f"not permitted: {action}" in examination.state_of(action)
    assert "is missing" in examination.said


@pytest.mark.parametrize("target", [Place(None, None), Place("cn-beijing", None), Place(None, "i-2zesource0001")])
async def test_without_region_and_instance_it_says_that_creating_was_not_checked_and_how_to(target: Place) -> None:
    examination = Examination()
    examination.deny("ecs:RunInstances")
    assert await examination.run(target) == 0
    said = " ".join(examination.said.split())
    assert "Not checked: ecs:CreateImage, vpc:CreateVSwitch, ecs:RunInstances." in said
    assert "ecs-dr doctor --region-id REGION --instance-id INSTANCE" in said
    assert examination.sent.isdisjoint(CREATING)
    assert "not checked" in examination.state_of("ecs:RunInstances")


async def test_a_launch_is_rehearsed_where_it_could_be_made() -> None:
    examination = Examination()
    await examination.run(examination.everywhere)
    launch = examination.simulator.calls("RunInstances")[0].params
    source = examination.world.instances[examination.world.source_instance_id]
    assert launch["ZoneId"] != source.zone_id
    assert examination.world.vswitches[str(launch["VSwitchId"])].zone_id == launch["ZoneId"]


async def test_where_no_other_zone_has_a_vswitch_the_launch_is_rehearsed_in_the_sources_own_place() -> None:
    examination = Examination("no-vswitch")
    assert await examination.run(examination.everywhere) == 0
    source = examination.world.instances[examination.world.source_instance_id]
    assert examination.simulator.calls("RunInstances")[0].params["ZoneId"] == source.zone_id
    assert "permitted" in examination.state_of("ecs:RunInstances")


@pytest.mark.parametrize(
    ("code", "status", "exit_code", "words"),
    [
        ("Account.Arrearage", 400, 1, "would be refused now: Account.Arrearage"),
        ("QuotaExceeded.ElasticQuota", 400, 1, "would be refused now: QuotaExceeded.ElasticQuota"),
        ("OperationDenied.NoStock", 403, 0, "not known: OperationDenied.NoStock"),
        ("Some.Code.Nobody.Knows", 400, 0, "Some.Code.Nobody.Knows"),
    ],
)
async def test_another_refusal_of_a_dry_run_is_told_with_its_code_and_is_no_permission(
    code: str, status: int, exit_code: int, words: str
) -> None:
    examination = Examination()
    examination.refuses["RunInstances"] = ApiError(code, "injected", http_status=status, request_id="FAULT")
    assert await examination.run(examination.everywhere) == exit_code
    assert words in examination.state_of("ecs:RunInstances")
    assert " permitted" not in examination.state_of("ecs:RunInstances")


async def test_a_dry_run_without_an_answer_is_told_as_such() -> None:
    examination = Examination()
    examination.refuses["RunInstances"] = NoAnswer("ConnectionResetError")
    assert await examination.run(examination.everywhere) == 1
    assert "no answer" in examination.state_of("ecs:RunInstances")


WRONG_KEYS = [
    ("InvalidAccessKeyId.NotFound", 404),
    ("Forbidden.AccessKeyDisabled", 403),
    ("SignatureDoesNotMatch", 400),
    ("InvalidSecurityToken.Expired", 400),
]


@pytest.mark.parametrize(("code", "status"), WRONG_KEYS)
@pytest.mark.parametrize("instance_id", ["i-2zesource0001", None])
async def test_credentials_that_the_cloud_refuses_are_no_health_and_are_told_once(
    code: str, status: int, instance_id: str | None
) -> None:
    examination = Examination()
    examination.breaks_all = ApiError(code, "injected", http_status=status, request_id="FAULT")
    assert await examination.run(Place("cn-beijing", instance_id)) == 1
    said = " ".join(examination.said.split())
    assert f"credentials refused: {code}" in examination.state_of("ecs:DescribeInstances")
    assert "the credentials were refused" in examination.state_of("ecs:RunInstances")
    assert said.count("Alibaba Cloud refused these credentials") == 1
    assert "no such instance" not in said
    assert "permitted" not in said
    assert "is in order" not in said


@pytest.mark.parametrize("action", ["RunInstances", "DescribeImages", "DescribeUserData"])
async def test_credentials_that_end_on_the_way_are_told_whatever_was_tried_with_them(action: str) -> None:
    examination = Examination()
    code = "InvalidSecurityToken.Expired"
    examination.breaks[action] = ApiError(code, "injected", http_status=400, request_id="FAULT")
    assert await examination.run(examination.everywhere) == 1
    assert code in examination.state_of(f"ecs:{action}")
    assert "Alibaba Cloud refused these credentials" in " ".join(examination.said.split())


UNSETTLED = [("Throttling.User", 400), ("ServiceUnavailable", 503), ("Some.Code.Nobody.Knows", 400)]


@pytest.mark.parametrize(("code", "status"), UNSETTLED)
async def test_a_read_that_was_not_decided_on_is_called_unknown_and_no_permission(code: str, status: int) -> None:
    examination = Examination()
    examination.breaks["DescribeDisks"] = ApiError(code, "injected", http_status=status, request_id="FAULT")
    await examination.run(examination.everywhere)
    assert f"not known: {code}" in examination.state_of("ecs:DescribeDisks")
    assert "permitted" in examination.state_of("ecs:DescribeImages")
    assert "ecs:DescribeDisks" in examination.said.partition("Not checked:")[2]


async def test_an_instance_that_could_not_be_asked_about_is_not_called_missing() -> None:
    examination = Examination()
    code = "Throttling.User"
    examination.breaks["DescribeInstances"] = ApiError(code, "injected", http_status=400, request_id="FAULT")
    await examination.run(examination.everywhere)
    assert "no such instance" not in " ".join(examination.said.split())
    assert f"not known: {code}" in examination.state_of("ecs:DescribeInstances")


async def test_a_refusal_of_what_was_asked_for_shows_that_the_identity_may_ask() -> None:
    examination = Examination()
    code = "InvalidVpcId.NotFound"
    examination.breaks["DescribeVSwitches"] = ApiError(code, "injected", http_status=404, request_id="FAULT")
    await examination.run(examination.everywhere)
    assert "permitted" in examination.state_of("vpc:DescribeVSwitches")


async def test_an_instance_that_is_not_there_is_told_and_nothing_is_rehearsed() -> None:
    examination = Examination()
    assert await examination.run(Place("cn-beijing", "i-2zenosuchinstance")) == 1
    assert "no such instance" in examination.state_of("ecs:DescribeDisks")
    assert "no such instance" in examination.state_of("ecs:RunInstances")
    assert examination.sent.isdisjoint(CREATING)


@pytest.mark.parametrize("hidden", [("DescribeImages", "Images", "Image"), ("DescribeDisks", "Disks", "Disk")])
async def test_an_empty_list_that_hides_a_missing_permission_is_looked_behind(hidden: tuple[str, str, str]) -> None:
    action, outer, inner = hidden
    examination = Examination()
    examination.empty[action] = {outer: {inner: []}, "TotalCount": 0, "RequestId": "R"}
    examination.deny(f"ecs:{action}")
    assert await examination.run(examination.everywhere) == 1
    assert "not permitted" in examination.state_of(f"ecs:{action}")


async def test_without_credentials_nothing_is_sent_and_the_way_to_configure_them_is_said() -> None:
    examination = Examination(credentials=False)
    assert await examination.run(examination.everywhere) == 1
    assert examination.sent == set()
    said = " ".join(examination.said.split())
    assert "aliyun configure" in said
    assert said.lower().count("nothing was sent") == 1
    assert "no credentials" in examination.state_of("ecs:DescribeDisks")
    assert "no credentials" in examination.state_of("ecs:RunInstances")


async def test_without_a_region_nothing_is_sent() -> None:
    examination = Examination()
    assert await examination.run(Place(None, None)) == 0
    assert examination.sent == set()
    assert "--region-id" in examination.state_of("ecs:DescribeDisks")
    assert "ecs.{region}.aliyuncs.com" in examination.said


async def test_with_a_region_alone_what_needs_an_instance_is_not_tried() -> None:
    examination = Examination()
    assert await examination.run(Place("cn-beijing", None)) == 0
    assert "permitted" in examination.state_of("ecs:DescribeInstances")
    assert "--instance-id" in examination.state_of("ecs:DescribeDisks")
    assert "ecs.cn-beijing.aliyuncs.com" in examination.said


@pytest.mark.parametrize("action", ["ecs:DescribeDisks", "ecs:DescribeInstances", "vpc:DescribeVSwitches"])
async def test_a_missing_permission_that_is_needed_is_found(action: str) -> None:
    examination = Examination()
    examination.deny(action)
    assert await examination.run(examination.everywhere) == 1
    assert "not permitted" in examination.state_of(action)


async def test_a_missing_optional_permission_is_shown_and_is_no_failure() -> None:
    examination = Examination()
    examination.deny("ecs:DescribeUserData")
    assert await examination.run(examination.everywhere) == 0
    assert "not permitted" in examination.state_of("ecs:DescribeUserData")


async def test_no_part_of_a_key_is_shown() -> None:
    examination = Examination(language="zh")
    await examination.run(examination.everywhere)
    assert "test-access-key" not in examination.said
