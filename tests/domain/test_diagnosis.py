"""Every error is told with its cause, what to do, what was not done, and where to look."""

from __future__ import annotations

import json

import pytest

from ecs_dr.domain import diagnosis, links
from ecs_dr.domain.diagnosis import DiagnosisContext, explain, policy_statement
from ecs_dr.domain.refusals import ROWS
from ecs_dr.domain.texts import Language, Texts, catalogue
from ecs_dr.errors import (
    CloudError,
    CloudRefused,
    EcsDrError,
    ErrorKind,
    InvalidInput,
    NoCredentials,
    OutcomeUnknown,
    RecoveryFailed,
    SourceUnusable,
    UserError,
)
from ecs_dr.workflow.needs import hidden_by_permission

CONTEXT = DiagnosisContext(region_id="cn-beijing", source_id="i-2zesource0001")
LANGUAGES: tuple[Language, ...] = ("en", "zh")
SPECIAL_CODES = sorted(
    {
        next(code for code in row.codes if "*" not in code)
        for row in ROWS
        if row.text.startswith("code.") and not row.said and any("*" not in code for code in row.codes)
    }
)


def refused(
    kind: ErrorKind = ErrorKind.UNKNOWN,
    code: str = "Some.Code",
    action: str = "ecs:RunInstances",
    message: str = "the words of the cloud",
    missing: str | None = None,
) -> CloudRefused:
    return CloudRefused(action, kind, code, message, http_status=403, request_id="REQ-1", missing_permission=missing)


def unanswered(action: str) -> OutcomeUnknown:
    return OutcomeUnknown(action, ErrorKind.TRANSIENT, "NoAnswer", "read timed out")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(ErrorKind))
def test_every_kind_of_refusal_has_message_cause_and_actions(kind: ErrorKind, language: Language) -> None:
    problem = explain(refused(kind), Texts(language), CONTEXT)
    assert problem.message
    assert problem.actions
    assert "the words of the cloud" in problem.cause
    assert "Some.Code" in problem.cause
    assert "REQ-1" in problem.cause
    assert (problem.code, problem.http_status, problem.request_id) == ("Some.Code", 403, "REQ-1")
    assert problem.retryable is (kind in {ErrorKind.TRANSIENT, ErrorKind.THROTTLED, ErrorKind.TOKEN_BUSY})


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_that_mean_something_more_exact_have_their_own_words(language: Language) -> None:
    texts = Texts(language)
    usual = explain(refused(ErrorKind.PARAMETER), texts, CONTEXT).message
    codes = (*SPECIAL_CODES, "InvalidTimeStamp.Expired", "InvalidSystemDiskSize.LessThanMinSize")
    told = {code: explain(refused(ErrorKind.PARAMETER, code), texts, CONTEXT).message for code in codes}
    assert {code: said for code, said in told.items() if said == usual or code not in said} == {}


def test_no_text_about_a_code_is_without_its_code() -> None:
    told = {key.split(".")[2] for key in catalogue("en") if key.startswith("diagnosis.code.")}
    used = {row.text.removeprefix("code.") for row in ROWS if row.text.startswith("code.")}
    assert told == used | {"explicit_deny", "implicit_deny"}


@pytest.mark.parametrize("action", sorted(diagnosis.CREATING_ACTIONS))
def test_a_refused_creation_says_that_nothing_was_created(action: str) -> None:
    for kind in set(ErrorKind) - {ErrorKind.TOKEN_BUSY}:
        assert "created nothing" in explain(refused(kind, action=action), Texts("en"), CONTEXT).message


def test_a_refused_read_says_that_nothing_was_changed() -> None:
    problem = explain(refused(action="ecs:DescribeDisks"), Texts("en"), CONTEXT)
    assert "nothing was changed" in problem.message


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_permission_comes_with_the_policy_that_grants_it(language: Language) -> None:
    error = refused(ErrorKind.PERMISSION, "Forbidden.RAM", missing="ecs:RunInstances")
    problem = explain(error, Texts(language), CONTEXT)
    told = "\n".join(problem.actions)
    assert problem.missing_permission == "ecs:RunInstances"
    assert "ecs:RunInstances" in problem.message
    assert policy_statement("ecs:RunInstances") in told
    for mention in (
        "ecs-dr policy",
        " ram-permission-diagnose",
        "alibabacloud-ram-permission-diagnose",
        "retry",
        "abort",
    ):
        assert mention in told
    assert problem.links == (links.ram_policies(),)


def test_without_a_detail_the_refused_action_is_the_missing_permission() -> None:
    error = refused(ErrorKind.PERMISSION, "NoPermission", action="vpc:CreateVSwitch")
    assert explain(error, Texts("en"), CONTEXT).missing_permission == "vpc:CreateVSwitch"


@pytest.mark.parametrize("code", ["UserNotInTheWhiteList", "Forbidden.NotSupportRAM", "RegionUnauthorized"])
def test_a_refusal_that_no_policy_lifts_does_not_offer_one(code: str) -> None:
    problem = explain(refused(ErrorKind.PERMISSION, code), Texts("en"), CONTEXT)
    assert problem.missing_permission is None
    assert "Statement" not in "\n".join(problem.actions)


def test_the_policy_grants_one_action_and_nothing_else() -> None:
    policy = json.loads(policy_statement("vpc:CreateVSwitch"))
    assert policy == {
        "Version": "1",
        "Statement": [{"Effect": "Allow", "Action": "vpc:CreateVSwitch", "Resource": "*"}],
    }


def test_passing_a_role_is_granted_to_ecs_alone() -> None:
    statement = json.loads(policy_statement("ram:PassRole"))["Statement"][0]
    assert statement["Condition"] == {"StringEquals": {"acs:Service": "ecs.aliyuncs.com"}}


@pytest.mark.parametrize(
    ("error", "link"),
    [
        (refused(ErrorKind.QUOTA, "QuotaExceed.ElasticQuota"), links.quota_center("ecs")),
        (refused(ErrorKind.QUOTA, "QuotaExceeded.VSwitch", "vpc:CreateVSwitch"), links.quota_center("vpc")),
        (refused(ErrorKind.BILLING, "Account.Arrearage"), links.billing()),
        (refused(ErrorKind.ENCRYPTION), links.kms()),
        (refused(ErrorKind.CREDENTIALS), links.access_keys()),
        (refused(ErrorKind.UNKNOWN), links.ticket()),
        (refused(ErrorKind.NAME_TAKEN), links.image_list("cn-beijing")),
        (refused(ErrorKind.CIDR), links.vswitch_list("cn-beijing")),
        (refused(ErrorKind.ADDRESSES_EXHAUSTED), links.vswitch_list("cn-beijing")),
        (refused(ErrorKind.SOURCE_STATE), links.instance("cn-beijing", "i-2zesource0001")),
        (unanswered("ecs:CreateImage"), links.image_list("cn-beijing")),
        (unanswered("ecs:RunInstances"), links.instance_list("cn-beijing")),
        (unanswered("vpc:CreateVSwitch"), links.vswitch_list("cn-beijing")),
    ],
)
def test_the_link_leads_to_where_it_can_be_settled(error: CloudError, link: str) -> None:
    assert explain(error, Texts("en"), CONTEXT).links == (link,)


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_without_a_region_no_link_has_a_hole(kind: ErrorKind) -> None:
    for error in (refused(kind), unanswered("ecs:CreateImage")):
        problem = explain(error, Texts("en"), DiagnosisContext())
        assert not any("None" in link for link in problem.links)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", sorted(diagnosis.CREATING_ACTIONS))
def test_a_creation_without_an_answer_is_not_called_a_failure(action: str, language: Language) -> None:
    problem = explain(unanswered(action), Texts(language), CONTEXT)
    assert problem.retryable
    assert "ClientToken" in "\n".join(problem.actions)
    assert Texts(language)("diagnosis.effect.created_nothing") not in problem.message


def test_a_read_without_an_answer_changed_nothing() -> None:
    problem = explain(unanswered("ecs:DescribeImages"), Texts("en"), CONTEXT)
    assert "created and changed nothing" in problem.message
    assert problem.links == ()


def test_the_clouds_words_cannot_pose_as_markup_or_as_a_template() -> None:
    problem = explain(refused(message="[click](http://evil.example) {policy}\n# now <b>"), Texts("en"), CONTEXT)
    assert "[click]" not in problem.cause
    assert "<b>" not in problem.cause
    assert "\n" not in problem.cause
    assert "{policy}" in problem.cause


def test_silence_of_the_cloud_leaves_no_empty_quotation() -> None:
    assert "says: - (" in explain(refused(message=""), Texts("en"), CONTEXT).cause


def test_in_a_simulation_the_last_action_says_so() -> None:
    simulated = CONTEXT.model_copy(update={"simulated": True})
    assert "simulated" in explain(refused(), Texts("en"), simulated).actions[-1]
    assert "模拟" in explain(refused(), Texts("zh"), simulated).actions[-1]
    assert "simulated" not in "\n".join(explain(refused(), Texts("en"), CONTEXT).actions)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_of_ours_is_told_by_its_own_texts(language: Language) -> None:
    texts = Texts(language)
    error = InvalidInput("InvalidRegionId", "invalid_region_id")
    problem = explain(error, texts, CONTEXT)
    assert problem.code == "InvalidRegionId"
    assert problem.message == texts("error.invalid_region_id.message")
    assert problem.cause == texts("error.invalid_region_id.cause")
    assert problem.actions == tuple(texts("error.invalid_region_id.actions").splitlines())
    assert (problem.retryable, problem.http_status, problem.links) == (False, None, ())


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NoCredentials("NoCredentials", "no_credentials"), (links.access_keys(),)),
        (
            SourceUnusable("SourceBlocked", "source_blocked", {"instance": "i-1"}),
            (links.instance("cn-beijing", "i-2zesource0001"),),
        ),
        (
            RecoveryFailed(
                "ImageMappingMismatch", "image_mapping", {"missing": "-", "unexpected": "-", "different": "-"}
            ),
            (links.image_list("cn-beijing"), links.instance_list("cn-beijing")),
        ),
    ],
)
def test_errors_of_ours_lead_to_the_console_where_it_helps(error: UserError, expected: tuple[str, ...]) -> None:
    assert explain(error, Texts("en"), CONTEXT).links == expected


def test_an_error_outside_the_tree_is_a_bug() -> None:
    with pytest.raises(TypeError):
        explain(EcsDrError(), Texts("en"), CONTEXT)


def test_the_image_link_is_the_one_of_the_workflow() -> None:
    assert links.image_list("cn-beijing") == "https://ecs.console.aliyun.com/image/cn-beijing/images"


def test_what_nobody_said_is_told_in_the_readers_language_and_quoted_from_nobody() -> None:
    error = hidden_by_permission("ecs:DescribeImages")
    told = {language: explain(error, Texts(language), DiagnosisContext()) for language in ("en", "zh")}
    assert "empty list" in told["en"].cause
    assert "空列表" in told["zh"].cause
    assert "empty_list" not in told["zh"].cause
    assert "Alibaba Cloud says" not in told["en"].cause
    assert "阿里云返回" not in told["zh"].cause


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_is_told_to_begin_again_is_told_that_the_image_stays(language: Language) -> None:
    advice = {key for key, text in catalogue(language).items() if key.endswith(".actions") and "collect_source" in text}
    assert {key.removesuffix(".actions") for key in advice if key.startswith("diagnosis.")} == diagnosis.STARTS_ANEW
