"""`ecs-dr policy` prints a policy, and refuses what cannot be meant."""

from __future__ import annotations

import json

import pytest

from tests.cli.test_cli_flags import run

ARGUMENTS = ("policy", "--instance-id", "i-2zesource0001", "--region-id", "cn-beijing")


def test_it_prints_the_policy_of_the_instance(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*ARGUMENTS) == 0
    policy = json.loads(capsys.readouterr().out)
    assert policy["Version"] == "1"
    assert "acs:ecs:cn-beijing:*:instance/i-2zesource0001" in json.dumps(policy)


@pytest.mark.parametrize(
    "wrong",
    [
        ("policy", "--instance-id", "web", "--region-id", "cn-beijing"),
        ("policy", "--instance-id", "i-2zesource0001", "--region-id", "nowhere"),
        (*ARGUMENTS, "--account-id", "me"),
        (*ARGUMENTS, "--ram-role-name", 'a"b'),
        ("policy", "--region-id", "cn-beijing"),
    ],
)
def test_what_is_no_id_is_refused(wrong: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*wrong) == 2
    assert capsys.readouterr().out == ""
