"""Who knows what is true, from the simulator's own state, and judges each answer by it.

The oracle asks none of the product's books. It reads what a person reads, the message as it leaves the protocol, and
holds every claim of it against the simulated cloud: what exists, what was created, what is untouched, what matches.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ecs_dr.domain.steps import Answer
from ecs_dr.errors import EcsDrError, RecoveryFailed
from ecs_dr.protocol.boundary import Boundary
from ecs_dr.protocol.catalogue import TOOLS
from ecs_dr.simulator.lifecycle import image_state, image_visible, instance_status, instance_visible
from ecs_dr.simulator.vswitches import vswitch_visible
from ecs_dr.workflow.recovery import Recovery
from tests.faults.line import MUTATING
from tests.faults.rig import Outcome, Rig
from tests.faults.somebody import Somebody, carries

_MOMENT = r"(?:[-\d]+ )?[\d:]{8}(?: UTC(?![+-]))?"
SPAN = rf"({_MOMENT}(?: ?– ?{_MOMENT})?)"
"""A moment, or from when to when: reads over a slow line take a while, and each tells of its own moment."""
UNTOUCHED = re.compile(rf"is untouched: at {SPAN} it was as read at {SPAN}\.")
COMPARED = re.compile(rf"(?:compared|is untouched:) at {SPAN},? it was as (?:it had been )?read at {SPAN}\.")
MATCHES = re.compile(r"\| Replica \| [^|;]*?\b(i-[\w-]+);")
REPLICA_TAKEN_UP = re.compile(r"Replica i-[\w-]+ was found at ([-\d]+ [:\d]+) UTC")
RECALLED = "The source could not be read: the replica was compared with what was known of it"
"""A source that is gone and was put together from witnesses: a verdict says what it rests on instead."""
STRIPPED = "does not carry the tags of this recovery any more"
IN_PART = "its disks being listed in one resource group alone"
"""Not all of the source can be read: nothing is said of the rest."""
READ_BEFORE = re.compile(r"(?:was|were) read at ([-\d]+ [:\d]+) UTC, in an earlier call")
"""How an answer says that not all of it was read just now."""
NOTHING = re.compile(r"(?:nothing was created|this recovery created nothing)\.", re.IGNORECASE)
"""How an answer says that its session made nothing."""
ENTRY = re.compile(r"\b(image|VSwitch|replica) ((?:m|vsw|i)-[\w-]+) (?:existed before; )?\(?([^()]*)\)")
READ_AT = re.compile(r"^(\w+), read at (?:([-\d]+) )?([:\d]+)(?: UTC)?$")
BUILDING = re.compile(r"Image: \w+, \d+%")
"""An image whose progress is told has been read."""
SETTLED = frozenset({"Running", "Available", "Stopped", "CreateFailed", "UnAvailable"})
"""Statuses that do not pass by themselves."""
LATEST_NEWS = timedelta(seconds=160)
"""A poll may have just been, the next is a minute away, and then the absence is looked at twice more."""
LONGEST_WAIT = 40
"""Answers in a row that only wait for the same thing."""
SETTLES = frozenset(
    {"create_image", "image_from_snapshots", "prepare_vswitch", "create_instance", "resume_session", "verify_instance"}
)
"""What settles a request without a clear answer; `verify_instance` where the replica is there after all."""
TAKEN_UP = "found on the cloud"
"""What `resume_session` says of what it found, also of nothing."""
DOUBT = "may exist: "
"""How an answer says that a request got no clear one."""
MAY_END = frozenset(
    {"InstanceNotFound", "SourceBlocked", "SourceVanished", "SourceChanged", "UnknownSession", "InvalidSessionId"}
)
"""Failures that may leave no way on: there is no source to recover any more."""


@dataclass
class Oracle:
    """Judges the answers of one schedule."""

    rig: Rig
    somebody: Somebody
    made_by: dict[tuple[int, str], set[str]] = field(default_factory=dict)
    """What was made while each server was at work on each session, by the server's identity and the session's id."""
    servers: dict[int, Recovery] = field(default_factory=dict)
    """Kept, so that no later server has the identity of one that was killed."""
    seen: set[str] = field(default_factory=set)
    at_work: tuple[int, str] = (0, "")
    sent_by: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Who sent a ClientToken first."""
    looked_at: int = 0
    """How many of the requests were looked at."""
    read: set[tuple[int, str]] = field(default_factory=set)
    """What an answer of which server has said that it was read."""
    waits: tuple[str, int] = ("", 0)
    judged: int = 0
    others_named: int = 0
    """How often a session that made nothing was ended where another had made something."""

    async def judge(self, outcome: Outcome, began_at: datetime) -> None:
        """Hold an answer against the world.

        Raises:
            AssertionError: It says what is not so, or leaves out what is.
        """
        self._attribute()
        answer = await self._presented(outcome)
        if answer is None:
            return
        self.judged += 1
        self._untouched(answer.message)
        self._nothing(answer)
        if BUILDING.search(answer.message):
            self.read.add((id(self.rig.recovery), str(answer.data.get("image_id"))))
        self._entries(answer.message, began_at)
        self._names_what_exists(answer, began_at)
        self._match(answer)
        self._next(answer)
        self._wait(answer)
        self._told_in_time(answer)
        self._one_replica()

    async def _presented(self, outcome: Outcome) -> Answer | None:
        """As it leaves the protocol; None for a process that died, which says nothing."""
        if isinstance(outcome, Answer):
            return outcome
        if isinstance(outcome, RecoveryFailed) and outcome.code == "ProcessDied":
            return None

        async def raise_again() -> Answer:
            raise outcome

        return await Boundary(self.rig.recovery).guard(TOOLS[0], raise_again, outcome.session_id)

    def _attribute(self) -> None:
        """Whatever is new was made by the server that sent its request first: it may have ended meanwhile."""
        for request in self.rig.line.sent[self.looked_at :]:
            self.sent_by.setdefault(str(request.params.get("ClientToken")), self.at_work)
        self.looked_at = len(self.rig.line.sent)
        now = {one for action in MUTATING for one in self.rig.made(action)}
        for one in now - self.seen:
            self.made_by.setdefault(self._sender(one), set()).add(one)
        self.seen |= now

    def _sender(self, resource_id: str) -> tuple[int, str]:
        answered = ((key[-1], known.answer) for key, known in self.rig.simulator._tokens.seen.items())
        token = next((token for token, answer in answered if resource_id in repr(answer)), "")
        return self.sent_by.get(token, self.at_work)

    def begins(self) -> None:
        """A call begins: what it makes is made by the server that it is made to, also if that does not survive it."""
        server = id(self.rig.recovery)
        self.at_work = (server, self.rig.session_id)
        self.servers[server] = self.rig.recovery

    def _mine(self, session_id: str | None) -> set[str]:
        """What the server that answers has made in that session."""
        return self.made_by.get((id(self.rig.recovery), session_id or ""), set())

    def _untouched(self, text: str) -> None:
        found = UNTOUCHED.search(text)
        assert found or "is untouched" not in text, f"untouched without a comparison: {text!r}"
        if found:
            assert self._was_so(self.rig.source_state(), _span(found[2], found[1])), (
                f"{found[0]}, but {self.somebody.done}"
            )
        compared = COMPARED.search(text)
        if compared:
            at, since = (_span(one, compared[1]) for one in compared.groups())
            states = self.somebody.sources_between(*at)
            assert any(self._was_so(one, since) for one in states), f"{compared[0]}, but {self.somebody.done}"

    def _was_so(self, state: list[str], span: tuple[datetime, datetime]) -> bool:
        """Whether instance, disks and groups were each like that at some moment of the span."""
        found = self.somebody.sources_between(*span)
        parts = ((one[0], one[1:-1], one[-1]) for one in found)
        wanted = (state[0], state[1:-1], state[-1])
        return all(part in seen for part, seen in zip(wanted, zip(*parts, strict=True), strict=True))

    def _nothing(self, answer: Answer) -> None:
        if NOTHING.search(answer.message):
            mine = [one for one in self._mine(answer.session_id) if self._exists(one)]
            assert not mine, f"{answer.message!r}, but there is {mine}"
            if answer.status in {"stopped", "failed"} and answer.session_id:
                self._names_the_other_recovery(answer)

    def _names_the_other_recovery(self, answer: Answer) -> None:
        """Who began anew on a server that has made something for this source is told so, not only that this is new."""
        server = id(self.rig.recovery)
        made = (one for (at, session), ids in self.made_by.items() if at == server and session for one in ids)
        others = [one for one in made if self._exists(one)]
        self.others_named += bool(others)
        assert not others or any(one in answer.message for one in others), f"{others} not named: {answer.message!r}"

    def _entries(self, text: str, began_at: datetime) -> None:
        for kind, resource_id, told in ENTRY.findall(text):
            if told.startswith("gone"):
                assert not self._exists(resource_id), f"{kind} {resource_id} is there, but {told!r}"
            read = READ_AT.match(told)
            if read is None:
                continue
            day = read[2] or f"{self.rig.clock.now():%Y-%m-%d}"
            if _moment(f"{day} {read[3]}") < began_at:
                continue
            self.read.add((id(self.rig.recovery), resource_id))
            assert self._exists(resource_id), f"{kind} {resource_id} is not there, but {told!r}"
            if read[1] in SETTLED and kind != "VSwitch":
                assert self._status(resource_id) == read[1], (
                    f"{kind} {resource_id}: {self._status(resource_id)}, {told!r}"
                )

    def _names_what_exists(self, answer: Answer, began_at: datetime) -> None:
        """An ending names what its server made; a verification and a session taken up all that carries its tags."""
        is_end = answer.status in {"stopped", "failed"} or (
            answer.step in {"verify", "session"} and answer.status == "done"
        )
        if not is_end or answer.session_id != self.rig.session_id or not self.rig.session_id:
            return
        wanted = {one for one in self._mine(answer.session_id) if self._exists(one)}
        knows_all = answer.step == "verify" or TAKEN_UP in answer.message
        if knows_all and answer.status == "done":
            before = READ_BEFORE.search(answer.message)
            wanted |= self._recognisable(began_at if before is None else _moment(before[1]))
        doubt = DOUBT in answer.message
        missing = sorted(one for one in wanted if one not in answer.message)
        assert not missing or doubt, f"{missing} not named in {answer.status} {answer.step}: {answer.message!r}"

    def _match(self, answer: Answer) -> None:
        """The replica that is named is as it was launched, or as it was when this server took it up."""
        if answer.data.get("verdict") != "match" or answer.step != "verify":
            return
        compared, named = COMPARED.search(answer.message), MATCHES.search(answer.message)
        is_told = compared is not None or RECALLED in answer.message or IN_PART in answer.message
        assert is_told, f"a match without a comparison of the source: {answer.message!r}"
        assert named, f"a match of what? {answer.message!r}"
        before = READ_BEFORE.search(answer.message)
        told_at = before or compared
        at = self.rig.clock.now() if told_at is None else _span(told_at[1])[0]
        taken_up = REPLICA_TAKEN_UP.search(answer.message)
        assert not (taken_up and named[1] in self._mine(answer.session_id)), "it launched that one"
        reference = _moment(taken_up[1]) + timedelta(seconds=1) if taken_up else self.rig.world.start_time
        now, then = self.somebody.copy_at(named[1], at), self.somebody.copy_at(named[1], reference)
        assert now is not None, f"a match over a replica that was gone: {answer.message!r}"
        assert now == then, f"a match since {reference}, then {then}, at {at} {now}: {self.somebody.done}"
        if before is None:
            self._complete(named[1])
            is_said = STRIPPED in answer.message
            assert is_said or named[1] not in self.somebody.stripped, f"its tags are gone: {answer.message!r}"

    def _complete(self, instance_id: str) -> None:
        """What is said of now can be looked at now."""
        assert self._status(instance_id) == "Running"
        image = self.rig.world.images.get(self.rig.world.instances[instance_id].image_id)
        assert image is not None, "a match over an image that is not there"
        disks = [disk for disk in self.rig.world.disks.values() if disk.instance_id == instance_id]
        assert len(disks) == len(image.mappings), f"a match over {len(disks)} of {len(image.mappings)} disks"

    def _next(self, answer: Answer) -> None:
        tool = answer.next.tool if answer.next is not None else None
        session = self.rig.recovery.sessions.peek(answer.session_id or "")
        if session is not None and session.resumed:
            assert tool != "collect_source", f"a session that was taken up is led to a new one: {answer.message!r}"
        if answer.status == "failed" and session is not None and session.verification is None:  # else it is complete
            code = answer.problem.code if answer.problem is not None else ""
            assert tool is not None or code in MAY_END, f"no way on after {code}: {answer.message!r}"
        if (answer.step, answer.status) == ("session", "done") and DOUBT in answer.message:
            assert tool in SETTLES, f"{tool} is next, and something is in doubt: {answer.message!r}"

    def _wait(self, answer: Answer) -> None:
        step = answer.step if answer.status == "in_progress" else ""
        self.waits = (step, self.waits[1] + 1 if step and step == self.waits[0] else 0)
        assert self.waits[1] < LONGEST_WAIT, f"waiting without an end: {answer.message!r}"

    def _told_in_time(self, answer: Answer) -> None:
        """Who waits for an image that was there and is not any more is told so within a minute and a half."""
        deleted = [when for when, name in self.somebody.done if name == "image deleted"]
        if answer.step != "image_wait" or answer.status == "failed" or not deleted:
            return
        image_id = str(answer.data.get("image_id"))
        waited = self.rig.clock.now() - max(deleted)
        told = self._exists(image_id) or (id(self.rig.recovery), image_id) not in self.read or waited < LATEST_NEWS
        # Not read often enough yet to be gone for certain; or no poll was answered, and the last is told with its time.
        told = told or "not found at" in answer.message or ", read at " in answer.message
        assert told, f"{image_id} has been gone for {waited}: {answer.message!r}"

    def _one_replica(self) -> None:
        """Two servers cannot see each other's launch before the cloud lists it; later launches find it."""
        launched = sorted(
            one.launched_at
            for one in (self.rig.world.instances[one] for one in self.rig.made("RunInstances"))
            if one.launched_at is not None and carries(one.tags, self.rig.session_id)
        )
        blind = timedelta(seconds=self.rig.world.behaviour.visibility_delay_seconds + 2)
        late = [two for one, two in itertools.pairwise(launched) if two - one > blind]
        assert not late, f"a second replica at {late}"

    # -- what is true ------------------------------------------------------------------------------------------

    def _exists(self, resource_id: str) -> bool:
        world = self.rig.world
        return any(resource_id in table for table in (world.images, world.vswitches, world.instances))

    def _status(self, resource_id: str) -> str:
        world, now = self.rig.world, self.rig.clock.now()
        if resource_id in world.images:
            return image_state(world.images[resource_id], now).status
        return instance_status(world, world.instances[resource_id], now)

    def _recognisable(self, now: datetime) -> set[str]:
        """What exists, carries the tags of this session and was listed by then."""
        rig = self.rig
        if not rig.tags:
            return set()
        found: set[str] = set()
        for image_id in rig.made("CreateImage"):
            image = rig.world.images[image_id]
            if carries(image.tags, rig.session_id) and image_visible(rig.world, image, now):
                found.add(image_id)
        for instance_id in rig.made("RunInstances"):
            instance = rig.world.instances[instance_id]
            if carries(instance.tags, rig.session_id) and instance_visible(rig.world, instance, now):
                found.add(instance_id)
        for vswitch_id in rig.made("CreateVSwitch"):
            vswitch = rig.world.vswitches[vswitch_id]
            if carries(vswitch.tags, rig.session_id) and vswitch_visible(rig.world, vswitch, now):
                found.add(vswitch_id)
        return found


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def _span(text: str, dated: str = "") -> tuple[datetime, datetime]:
    """From when to when; of whole seconds, so a second later: a deed takes two, and lies on one side of it.

    Args:
        text: As the answer tells it; without a date where that is the one of `dated`.
        dated: What stands before it in the same sentence.
    """
    first, _, last = (one.strip() for one in text.replace(" UTC", "").partition("–"))
    day = (first if " " in first else dated).partition(" ")[0]
    began = _moment(first if " " in first else f"{day} {first}")
    last = last or first
    ended = _moment(last if " " in last else f"{day} {last}")
    return began + timedelta(seconds=1), ended + timedelta(seconds=1)


def is_failure(outcome: Outcome) -> bool:
    """Whether the call ended in an error."""
    return isinstance(outcome, EcsDrError)
