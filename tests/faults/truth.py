"""What must be true at any moment of any schedule."""

from __future__ import annotations

from collections import defaultdict

from ecs_dr.cloud.allowlist import ALLOWED_ACTIONS
from ecs_dr.domain.steps import Answer
from ecs_dr.errors import CloudRefused
from tests.faults.line import MUTATING
from tests.faults.rig import Outcome, Rig

ALLOWED = frozenset((allowed.product, allowed.action) for allowed in ALLOWED_ACTIONS)
DENIES_EVERYTHING = "nothing was created."
"""How it would say that nothing exists at all; of itself alone, a recovery says that it created nothing."""


def check_always(rig: Rig) -> None:
    """At most one of each per decision, none without one, the source as it was, and nothing but the allowed actions."""
    for action in MUTATING:
        rig.made(action)
        made, agreed = rig.ever[action], rig.consents[action]
        assert len(made) <= len(agreed), f"{action}: {sorted(made)} for {len(agreed)} decisions"
        if not agreed:
            assert not _sends(rig, action), f"{action} was sent without a decision"
    assert rig.source_is_untouched
    assert {(entry.product, entry.action) for entry in rig.simulator.journal} <= ALLOWED
    _check_tokens(rig)
    _check_launches_were_shown(rig)


def check_said(rig: Rig, outcome: Outcome | None) -> None:
    """Nobody is told that nothing exists while something does."""
    existing = [made for action in MUTATING for made in sorted(rig.made(action))]
    if isinstance(outcome, Answer) and DENIES_EVERYTHING in outcome.message:
        assert not existing, f"{outcome.message!r}, but there is {existing}"
    if isinstance(outcome, CloudRefused) and outcome.action.partition(":")[2] in MUTATING:
        action = outcome.action.partition(":")[2]
        last = [request for request in rig.line.sent if request.action == action][-1]
        token = last.params.get("ClientToken")
        done = [entry for entry in rig.simulator.calls(action) if entry.params.get("ClientToken") == token]
        assert not any(entry.outcome == "OK" for entry in done if token), f"{outcome} after {action} was carried out"


def check_final(rig: Rig) -> None:
    """When it is over, the last answer names everything that exists."""
    assert rig.finished, f"not finished: {rig.outcomes[-3:]}"
    last = rig.outcomes[-1]
    assert isinstance(last, Answer)
    if rig.crashes and not rig.tags:
        return  # without lineage tags a new process cannot know what the old one made, and says so
    for action in MUTATING:
        for made in rig.made(action):
            assert made in last.message, f"{action}: {made} exists and is not named in {last.message!r}"


def _sends(rig: Rig, action: str) -> list[object]:
    return [one for one in rig.line.sent if one.action == action and not one.params.get("DryRun")]


def _check_tokens(rig: Rig) -> None:
    """Under one token one set of parameters is carried out at most, and each other is refused; it is ASCII and fits.

    Two sets come of two servers on one session alone, and of a launch alone: the second is refused for its token.
    """
    seen: dict[object, set[str]] = defaultdict(set)
    for request in rig.line.sent:
        if request.action in MUTATING and not request.params.get("DryRun"):
            token = request.params.get("ClientToken")
            assert isinstance(token, str), f"{request.action} without a ClientToken"
            assert token.isascii()
            assert 0 < len(token) <= 64
            seen[token].add(repr(sorted((key, repr(value)) for key, value in request.params.items())))
    several = {sent for sent, forms in seen.items() if len(forms) > 1}
    outcomes = defaultdict(set)
    for entry in rig.simulator.journal:
        if entry.params.get("ClientToken") in several and not entry.params.get("DryRun"):
            assert entry.action == "RunInstances", f"{entry.action}: one token, several sets of parameters"
            outcomes[entry.params["ClientToken"], entry.outcome].add(repr(sorted(entry.params.items())))
    for (sent, outcome), forms in outcomes.items():
        assert outcome != "OK" or len(forms) == 1, f"{sent} was carried out with {len(forms)} sets of parameters"


def _check_launches_were_shown(rig: Rig) -> None:
    """Whatever was launched stood in a question that the person said yes to."""
    for request in rig.line.sent:
        if request.action == "RunInstances" and not request.params.get("DryRun"):
            wanted = [str(request.params[name]) for name in ("ZoneId", "VSwitchId", "InstanceType", "ImageId")]
            assert any(all(value in text for value in wanted) for text in rig.shown), f"never shown: {wanted}"
