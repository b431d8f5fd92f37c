"""Which session a call is for: some tools may begin one, the others name it."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from ecs_dr.domain.steps import STEP_OF, ToolName
from ecs_dr.domain.texts import Texts, understood_language
from ecs_dr.errors import EcsDrError, InvalidInput
from ecs_dr.workflow.application.desk import TOOLS as APPLICATION_TOOLS
from ecs_dr.workflow.application.desk import let_in as application
from ecs_dr.workflow.run import RecoveryOptions
from ecs_dr.workflow.session import Arguments, Session
from ecs_dr.workflow.session_store import SessionStore
from ecs_dr.workflow.steps import collect_source, resume_session


@dataclass
class Entry:
    """A call being let in: which tool, and for which session once that is found. An error that leaves it says so."""

    tool: ToolName
    session: Session | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, EcsDrError):
            error.step = error.step or STEP_OF[self.tool]
            error.session_id = self.session.session_id if self.session is not None else None


class Entrance:
    """Finds the session of a call, or begins one where the tool may; a call of somebody else's finds none."""

    def __init__(self, sessions: SessionStore, options: RecoveryOptions) -> None:
        self._sessions = sessions
        self._options = options

    def let_in(self, tool: ToolName, arguments: Arguments) -> Session:
        """The session that a call is for.

        Raises:
            InvalidInput: An argument that names it cannot be right.
            UnknownSession: There is no such session in this process.
        """
        if tool in APPLICATION_TOOLS:
            session = application(self._sessions, tool, arguments, self._options)
        elif tool in {"collect_source", "resume_session"}:
            session = self._open(arguments) if tool == "collect_source" else self._take_up(arguments)
        else:
            return self.named(arguments.get("session_id"))
        self._note_language(session, (arguments.get("language") or "").strip())
        return session

    def named(self, session_id: str | None) -> Session:
        """The session with that id.

        Raises:
            InvalidInput: There is no id.
            UnknownSession: There is no such session in this process.
        """
        wanted = (session_id or "").strip()
        if not wanted:
            raise InvalidInput("MissingSessionId", "missing_session_id", next_tool="get_session")
        return self._sessions.get(wanted)

    def _open(self, arguments: Arguments) -> Session:
        instance_id, region_id = collect_source.checked_arguments(arguments)
        put_off = self._sessions.put_off(instance_id, region_id)
        if put_off is not None:
            return put_off
        return self._sessions.create(instance_id, region_id)

    def _take_up(self, arguments: Arguments) -> Session:
        session_id, instance_id, region_id = resume_session.checked_ids(arguments)
        session = self._sessions.peek(session_id)
        if session is None:
            return self._sessions.create(instance_id, region_id, session_id)
        resume_session.check_same(session, instance_id, region_id)
        return session

    def _note_language(self, session: Session, asked: str) -> None:
        """Kept for the whole session; one that this server does not speak is no reason to fail."""
        language = understood_language(asked)
        if language is not None:
            session.language = language
        elif asked:
            texts = Texts(session.language or self._options.language)
            session.notes.append(texts("note.language_unknown", language=asked[:40]))
