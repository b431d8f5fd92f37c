"""The simulator itself: one request in, one answer or one refusal out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator import ram
from ecs_dr.simulator.actions import Action, Call, find_action
from ecs_dr.simulator.clock import RealClock, SimulatorClock
from ecs_dr.simulator.errors import Fault, dry_run_passed, missing_parameter, not_simulated
from ecs_dr.simulator.journal import JournalEntry, session_of, without_secrets
from ecs_dr.simulator.lifecycle import observed, settle
from ecs_dr.simulator.model_catalogue import Identity
from ecs_dr.simulator.outage import check_control_plane
from ecs_dr.simulator.params import boolean
from ecs_dr.simulator.presenting import check_group, check_tags, present
from ecs_dr.simulator.tokens import TokenBook
from ecs_dr.simulator.world import World

PermissionCheck: TypeAlias = Callable[[World, Identity, str, str], None]


class Simulator:
    """A small Alibaba Cloud.

    Attributes:
        world: Its state, open to tests and to people.
        clock: Its time; whatever moves on is worked out from it when somebody asks.
        check_permission: Raises a `Fault` when an identity may not do an action of a product.
        journal: Every request so far.
    """

    def __init__(self, world: World, clock: SimulatorClock | None = None) -> None:
        self.world = world
        self.clock: SimulatorClock = clock or RealClock()
        self.world.begin(self.clock.now())
        self.check_permission: PermissionCheck = ram.check
        self.journal: list[JournalEntry] = []
        self._tokens = TokenBook()

    def handle(
        self,
        product: str,
        version: str,
        action: str,
        params: Mapping[str, str],
        identity: str | None = None,
        user_agent: str = "",
    ) -> dict[str, Json]:
        """Carry out one request and write it down.

        Args:
            product: `ecs` or `vpc`.
            version: The API version, e.g. `2014-05-26`.
            action: The action's name.
            params: Flattened parameters.
            identity: The name of an identity of the world; without it, the default one.
            user_agent: The request's `User-Agent`.

        Raises:
            Fault: The refusal, with its `request_id`.
        """
        settle(self.world, self.clock.now())
        request_id = self.world.ids.request()
        who = self.world.identities[identity or self.world.default_identity]
        outcome, status, replayed = "OK", 200, False
        try:
            check_control_plane(self.world, len(self.journal) + 1, self.clock.now())
            answer, replayed = self._answer(product, version, action, params, who, request_id)
        except Fault as fault:
            fault.request_id = request_id
            outcome, status = fault.code, fault.http_status
            raise
        finally:
            self.journal.append(
                JournalEntry(
                    time=self.clock.now(),
                    product=product,
                    action=action,
                    params=without_secrets(params),
                    identity=who.name,
                    user_agent=user_agent,
                    session_id=session_of(user_agent),
                    outcome=outcome,
                    http_status=status,
                    request_id=request_id,
                    replayed=replayed,
                )
            )
        return {**answer, "RequestId": request_id}

    def calls(self, action: str) -> list[JournalEntry]:
        """The journal's entries of one action."""
        return [entry for entry in self.journal if entry.action == action]

    def reset(self) -> None:
        """Everything as in the beginning: world, journal, tokens. The clock keeps running."""
        self.world.reset()
        self.world.begin(self.clock.now())
        self.journal.clear()
        self._tokens = TokenBook()

    def state(self) -> dict[str, Json]:
        """The whole state of the world as JSON, as it is now."""
        return observed(self.world, self.clock.now())

    def _answer(
        self, product: str, version: str, name: str, params: Mapping[str, str], who: Identity, request_id: str
    ) -> tuple[Mapping[str, Json], bool]:
        found = find_action(product, name)
        if found is None:
            raise not_simulated(product, name)
        _check_version(found, version)
        if found.needs_region:
            self._check_region(params)
        readings = self.world.variants
        check_group(name, params, who, self.world)
        if found.mutating:
            check_tags(product, params, who, self.world)
        if name == "CreateImage" and readings["create_image_dry_run"] == "ignored":
            params = {key: value for key, value in params.items() if key != "DryRun"}
        dry_run = boolean(params, "DryRun")
        hidden = self._denied_silently(found, who, dry_run=dry_run)
        call = Call(
            world=self.world,
            now=self.clock.now(),
            params=params,
            identity=who,
            request_id=request_id,
            region=params.get("RegionId", ""),
            allowed=lambda other: self._allowed(who, other),
            hidden=hidden,
        )
        if dry_run and found.dry_run:
            found.handler(call)
            raise dry_run_passed()
        answer, replayed = self._once(found, call)
        return present(name, params, answer, readings, len(self.journal)), replayed

    def _once(self, found: Action, call: Call) -> tuple[Mapping[str, Json], bool]:
        """Carry out, or repeat the answer that this ClientToken got before."""
        token = call.params.get("ClientToken", "")
        if not found.mutating or not token:
            return found.handler(call), False
        key = (call.region, found.product, found.name, token)
        known = self._tokens.recall(key, call.params, found.token_mismatch)
        if known is not None and known.answer is not None:
            return known.answer, True
        if known is not None and known.fault is not None:
            raise Fault(known.fault.code, known.fault.message, known.fault.http_status)
        try:
            answer = found.handler(call)
        except Fault as fault:
            if fault.remembered:
                self._tokens.remember(key, call.params, fault=fault)
            raise
        self._tokens.remember(key, call.params, answer=answer)
        return answer, False

    def _check_region(self, params: Mapping[str, str]) -> None:
        region = params.get("RegionId", "")
        if not region:
            raise missing_parameter("RegionId")
        if region not in self.world.regions:
            raise Fault("InvalidRegionId.NotFound", "The specified RegionId does not exist.", 404)

    def _denied_silently(self, found: Action, who: Identity, *, dry_run: bool) -> bool:
        try:
            self.check_permission(self.world, who, found.product, found.name)
        except Fault:
            if found.empty_when_denied and not dry_run:
                return True
            raise
        return False

    def _allowed(self, who: Identity, ram_action: str) -> bool:
        product, _, name = ram_action.partition(":")
        try:
            self.check_permission(self.world, who, product, name)
        except Fault:
            return False
        return True


def _check_version(found: Action, version: str) -> None:
    expected = {"ecs": "2014-05-26", "vpc": "2016-04-28"}.get(found.product, version)
    if version != expected:
        raise Fault("InvalidVersion", f"Specified parameter Version is not valid; {found.product} has {expected}.")
