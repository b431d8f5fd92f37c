"""What the protocol layer needs of the workflow, so that a script can stand in for it in a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, Protocol

from ecs_dr.domain.questions import Road
from ecs_dr.domain.steps import Answer, ToolName
from ecs_dr.domain.telling import Words
from ecs_dr.domain.texts import Texts

if TYPE_CHECKING:
    # What these rest on is imported with the workflow, at the first call.
    from ecs_dr.domain.diagnosis import DiagnosisContext
    from ecs_dr.domain.report.seal import Sealed
    from ecs_dr.workflow.ports import Progress

Dismissal = Literal["decline", "cancel"]


class ShelfService(Protocol):
    """What was written for others to read, by the session that it is of."""

    def runbook(self, session_id: str, name: str) -> str | None:
        """A template that `export_runbook` wrote; None where there is none of that name."""
        ...

    async def report(self, session_id: str) -> Sealed:
        """The report as far as it has come, of a recovery or of an application.

        Raises:
            UnknownSession: There is no such session in this process.
        """
        ...


class RecoveryService(Protocol):
    """The six steps and their questions (`workflow.recovery.Recovery`).

    The asynchronous methods raise `EcsDrError` with `session_id` and `step` set where they are known.
    """

    @property
    def texts(self) -> Texts:
        """The text catalogue in the language of this process."""
        ...

    def texts_for(self, session: str | None, asked: str | None = None) -> Texts:
        """The words in a session's language; without one, in the language that was asked for, else the server's."""
        ...

    def diagnosis_context(self, session_id: str | None) -> DiagnosisContext:
        """What an explanation of an error may name and link to; never raises, also for an unknown session."""
        ...

    def standing(self, session_id: str | None) -> Words:
        """What exists and is billed of a session, as it was last read; empty where there is no such session."""
        ...

    def way_on(self, session_id: str | None) -> ToolName | None:
        """The tool that brings a session forward once what it failed for is resolved; None where there is none."""
        ...

    @property
    def shelf(self) -> ShelfService:
        """What was written for others to read."""
        ...

    def zone_ids(self, region_id: str | None) -> tuple[str, ...]:
        """The zones that this process has seen, of one region or of all: suggestions while somebody types."""
        ...

    async def call(
        self, tool: ToolName, arguments: Mapping[str, str | None], on_progress: Progress | None, road: Road
    ) -> Answer:
        """Carry out a tool up to its end, its next question, or the end of the call budget."""
        ...

    async def answer(
        self,
        session_id: str,
        question_id: str,
        choice: str,
        text: str | None,
        on_progress: Progress | None,
        *,
        road: Road,
        called: ToolName,
    ) -> Answer:
        """Record the person's choice and go on with the step that asked, as far as the tool that was called may."""
        ...

    def propose(self, session_id: str, question_id: str, choice: str) -> Answer:
        """The open question once more, with that choice recommended."""
        ...

    async def dismiss(self, session_id: str, question_id: str, how: Dismissal, road: Road, *, key: str) -> Answer:
        """Withdraw a question that the person declined or closed; nothing further is done. `key`: the text of why."""
        ...
