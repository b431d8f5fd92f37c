"""The client itself: follows `next` from tool to tool until the replica is verified."""

from __future__ import annotations

from dataclasses import replace

from mcp import Client
from mcp.client import ClientRequestContext
from mcp_types import ElicitRequestFormParams, ElicitRequestParams, ElicitResult

from ecs_dr.domain.questions import KEEP_WAITING
from ecs_dr.domain.steps import STEP_OF, ToolName
from ecs_dr.domain.texts import Texts
from ecs_dr.protocol.sdk import Server
from ecs_dr.terminal.askers import Asker
from ecs_dr.terminal.forms import Form, FormOption, Reply, form_of
from ecs_dr.terminal.progress import Waiting
from ecs_dr.terminal.screen import Screen
from ecs_dr.terminal.views import ApplicationData, ReceivedAnswer, VerifyData

_OTHER_IMAGES = frozenset({"create_image", "adopt_image"})
"""What gives way to an image from snapshots where the person wants that."""

EXIT_OK = 0
EXIT_INCOMPLETE = 1
EXIT_INTERRUPTED = 130

ROUNDS = 100
"""The server itself limits the forms of one call; this only keeps the SDK's own limit out of the way."""

MAX_RETRIES = 5
"""How often failed steps may be tried again in one run: with `--yes` nobody else would ever stop."""


class TerminalClient:
    """One recovery of one instance.

    Args:
        server: The server, connected to in memory.
        screen: Where things are shown.
        asker: Who decides.
        texts: The words of this client.
        from_snapshots: The image is made of snapshots that exist, whatever state the source is in.
        report: The name of an earlier report that tells what the source was; empty: none.
    """

    def __init__(
        self,
        server: Server,
        screen: Screen,
        asker: Asker,
        texts: Texts,
        *,
        from_snapshots: bool = False,
        report: str = "",
    ) -> None:
        self._screen = screen
        self._asker = asker
        self._texts = texts
        self._from_snapshots = from_snapshots
        self._report = report
        self._waiting = Waiting(screen.console)
        self._server = server
        self._left: int | None = None
        self._retries_left = MAX_RETRIES
        self._tool: ToolName = "check_credentials"
        self._begin: dict[str, str] = {}
        self._launch_waits = False
        self._client = Client(server, elicitation_callback=self._on_question, input_required_max_rounds=ROUNDS)

    async def run(self, instance_id: str, region_id: str, waves: str = "") -> int:
        """The whole recovery; returns the exit code: 0 when all criteria hold, 1 when not, 130 after Ctrl-C.

        Args:
            instance_id: The source.
            region_id: Its region.
            waves: Several sources instead of one: an application.
        """
        self._begin = {"region_id": region_id, **({"waves": waves} if waves else {"instance_id": instance_id})}
        async with self._client:
            answer = await self._call("check_credentials", {})
            if answer.status == "done":
                self._screen.answer(answer)
                answer = await self._call("plan_application" if waves else "collect_source", self._begin)
                if self._report and not waves and answer.status in {"done", "failed"}:
                    answer = await self._call("resume_session", self._with_report(answer.session_id or ""))
            while self._left is None:
                self._screen.answer(answer)
                following = await self._following(answer)
                if following is None:
                    break
                answer = await self._call(following, self._arguments(following, answer.session_id or ""))
            return self._exit_code(answer) if self._left is None else await self._leave(self._left)

    def _with_report(self, session_id: str) -> dict[str, str]:
        """The same recovery, with what an earlier report tells."""
        return {**self._begin, "session_id": session_id, "report": self._report}

    def _arguments(self, tool: ToolName, session_id: str) -> dict[str, str]:
        if tool == "plan_application":
            return self._begin
        return {"application_id" if tool == "recover_application" else "session_id": session_id}

    async def interrupted(self) -> None:
        """After Ctrl-C ended the calls: say what the recovery created, and that the source is untouched."""
        self._waiting.close()
        async with Client(self._server) as client:
            await self._say_what_exists(client, "terminal.interrupted")

    async def _leave(self, exit_code: int) -> int:
        """A question was left without an answer: the server was told, the person gets it in this client's words."""
        key = "terminal.interrupted" if exit_code == EXIT_INTERRUPTED else "terminal.unanswered"
        await self._say_what_exists(self._client, key)
        return exit_code

    async def _say_what_exists(self, client: Client, key: str) -> None:
        self._screen.note(f"\n{self._texts(key)}")
        standing = await _how_things_stand(client)
        if standing is None:
            self._screen.note(self._texts("terminal.nothing_exists"))
        else:
            self._screen.markdown(standing)

    async def _following(self, answer: ReceivedAnswer) -> ToolName | None:
        """The tool to call now; None when this is the end."""
        if answer.status == "stopped":
            return None
        following = answer.next.tool if answer.next is not None else None
        if self._from_snapshots and following in _OTHER_IMAGES:
            self._from_snapshots = following != "adopt_image"  # once: a refused set may leave an existing image alone
            return "image_from_snapshots"
        if answer.status == "failed" and answer.step == "source" and following == "image_from_snapshots":
            return following  # nothing can be made of the source as it is: which snapshots, is asked
        if answer.status == "failed":
            return await self._retried(answer)
        if answer.step == "verify" and answer.status == "done":
            return None
        return following

    async def _retried(self, answer: ReceivedAnswer) -> ToolName | None:
        """The same tool once more, where that may succeed and the person wants it: leaving would lose the session.

        What passes by itself is recommended to be tried again. What the cloud refused may be put right by the person,
        a quota for example: they can say so, and it is nothing that `--yes` would do.
        """
        if answer.session_id is None or answer.problem is None or self._retries_left == 0:
            return None
        passes = answer.problem.retryable and answer.next is not None
        if not passes and answer.problem.request_id is None and answer.step in {"credentials", "source"}:
            return None
        if not passes and answer.problem.request_id is None and answer.next is None:
            return None
        self._retries_left -= 1
        self._launch_waits = False
        say = self._texts
        again = FormOption("again", say("terminal.retry_again"), say("terminal.retry_again_description"))
        stop = FormOption("stop", say("terminal.retry_stop"), say("terminal.retry_stop_description"))
        if passes:
            recommended = replace(again, label=again.label + say("option.recommended"))
            form = Form(say("terminal.retry"), (recommended, stop))
        else:
            form = Form(say("terminal.retry_mended"), (stop, again))
        reply = await self._ask(form)
        if reply is None or reply.choice != "again":
            return None
        return answer.next.tool if answer.next is not None else self._tool

    async def _call(self, tool: ToolName, arguments: dict[str, str]) -> ReceivedAnswer:
        """Call a tool, and answer the question that it could not put by a form."""
        self._tool = tool
        step = STEP_OF[tool]
        if step != "session" and not (step == "instance" and self._launch_waits):
            self._screen.heading(step)
        answer = await self._call_once(tool, arguments)
        while answer.status == "needs_answer" and answer.question is not None and self._left is None:
            reply = await self._ask(answer.question.form())
            if reply is None:
                return answer
            given = {
                "session_id": answer.session_id or "",
                "question_id": answer.question.question_id,
                "choice": reply.choice,
            }
            answer = await self._call_once("answer_question", given | ({"text": reply.text} if reply.text else {}))
        return answer

    async def _call_once(self, tool: ToolName, arguments: dict[str, str]) -> ReceivedAnswer:
        try:
            result = await self._client.call_tool(tool, dict(arguments), progress_callback=self._on_progress)
        finally:
            self._waiting.close()
        answer = ReceivedAnswer.model_validate(result.structured_content)
        refused_later = answer.problem is not None and answer.problem.request_id is not None
        if answer.step == "instance" and (answer.status != "failed" or refused_later):
            self._launch_goes_on()
        return answer

    async def _on_progress(self, progress: float, total: float | None, message: str | None) -> None:
        """Show it; the image alone has a percentage, and when the launch waits for it, that is Step 3."""
        if total is not None and self._screen.step == "instance":
            self._launch_waits = True
            self._screen.heading("image_wait")
        await self._waiting(progress, total, message)

    def _launch_goes_on(self) -> None:
        """The wait for the image within Step 5 is over."""
        if self._launch_waits:
            self._launch_waits = False
            self._screen.heading("launch")

    async def _ask(self, form: Form) -> Reply | None:
        """Put a decision. Without a reply, also after Ctrl-C at the prompt, the recovery ends here."""
        self._waiting.close()
        if all(choice.value != KEEP_WAITING for choice in form.choices):
            self._launch_goes_on()
        self._screen.question(form)
        try:
            reply = await self._asker.choose(form)
        except KeyboardInterrupt:
            self._left = EXIT_INTERRUPTED
            return None
        if reply is None:
            self._left = EXIT_INCOMPLETE
        return reply

    async def _on_question(
        self,
        context: ClientRequestContext,  # noqa: ARG002 - the SDK's signature
        params: ElicitRequestParams,
    ) -> ElicitResult:
        if not isinstance(params, ElicitRequestFormParams):
            return ElicitResult(action="decline")
        reply = await self._ask(form_of(params))
        if reply is None:
            return ElicitResult(action="cancel")
        content: dict[str, str | int | float | bool | list[str] | None] = {"choice": reply.choice}
        if reply.text is not None:
            content["text"] = reply.text
        return ElicitResult(action="accept", content=content)

    def _exit_code(self, answer: ReceivedAnswer) -> int:
        if answer.step == "application" and answer.status == "done":
            whole = ApplicationData.model_validate(answer.data)
            keys = {"match": "terminal.application_done", "differs": "terminal.application_incomplete"}
            self._screen.verdict(holds=whole.holds, **keys)
            self._screen.report(whole.report_files, whole.report_digest)
            return EXIT_OK if whole.holds else EXIT_INCOMPLETE
        if answer.step != "verify" or answer.status != "done":
            return EXIT_INCOMPLETE
        data = VerifyData.model_validate(answer.data)
        self._screen.verdict(holds=data.holds)
        self._screen.report(data.report_files, data.report_digest)
        return EXIT_OK if data.holds else EXIT_INCOMPLETE


async def _how_things_stand(client: Client) -> str | None:
    """What the server says of the newest recovery; None when there is none."""
    listing = ReceivedAnswer.model_validate((await client.call_tool("get_session", {})).structured_content)
    sessions = listing.data.get("sessions")
    newest = sessions[0] if isinstance(sessions, list) and sessions else None
    if not isinstance(newest, dict):
        return None
    result = await client.call_tool("get_session", {"session_id": str(newest.get("session_id"))})
    return ReceivedAnswer.model_validate(result.structured_content).message
