"""Whole recoveries on the simulated cloud through mcpdo, the command-line client of the MCP Inspector.

On both protocol eras, with forms and without; every question gets its recommended (first) option. Used by
scripts/try-with-inspector; the one argument is the ecs-dr program.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field

SOURCE = ("instance_id:=i-2zesource0001", "region_id:=cn-beijing")
MOST_CALLS = 100
RECOVERIES = (
    ("modern", "--era", "modern"),
    ("legacy", "--era", "legacy"),
    ("modern-no-forms", "--era", "modern", "--elicit", "off"),
    ("legacy-no-forms", "--era", "legacy", "--elicit", "off"),
)


def mcpdo(*arguments: str) -> dict:
    """Run it once; its answer is the JSON that it prints."""
    run = subprocess.run(  # noqa: S603 - the program that the script beside this one has just put on the PATH
        ["mcpdo", *arguments],  # noqa: S607 - as above
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    start = run.stdout.find("{")
    if start < 0:
        sys.exit(f"mcpdo {' '.join(arguments)}: {run.stderr or run.stdout}")
    return json.loads(run.stdout[start:])


@dataclass
class Recovery:
    """One connection to the server, and what was counted on it."""

    name: str
    forms: int = 0
    answers: int = 0
    calls: int = 0
    roads: set[str] = field(default_factory=set)

    def call(self, tool: str, *arguments: str) -> dict:
        """Call a tool; the answer once every form on the way is filled in."""
        self.calls += 1
        if self.calls > MOST_CALLS:
            sys.exit(f"{self.name}: no end after {MOST_CALLS} calls")
        reply = mcpdo(f"@{self.name}", "--format", "json", "tools/call", tool, *arguments)
        while pending := reply.get("elicitationPending"):
            self.forms += 1
            self.roads.add(pending["origin"])
            choice = pending["requestedSchema"]["properties"]["choice"]["oneOf"][0]["const"]
            reply = mcpdo("--format", "json", "elicitation/respond", pending["elicitationId"], f"choice:={choice}")
        return reply.get("result", reply).get("structuredContent", reply)

    def run(self) -> dict:
        """From the source to the verdict, along `next`; the last answer."""
        answer = self.call("collect_source", *SOURCE)
        while answer.get("question") or answer.get("next"):
            session = f"session_id:={answer['session_id']}"
            question = answer.get("question")
            if question:
                self.answers += 1
                chosen = question["options"][0]["value"]
                answer = self.call(
                    "answer_question", session, f"question_id:={question['question_id']}", f"choice:={chosen}"
                )
            elif answer["status"] in {"done", "in_progress"}:
                answer = self.call(answer["next"]["tool"], session)
            else:
                break
        return answer


def recovered(program: str, name: str, *options: str) -> bool:
    """Whether one recovery ended as it should; says how it went."""
    recovery = Recovery(name)
    mcpdo("connect", "--format", "json", *options, f"@{name}", "--", program, "serve", "--simulate")
    answer = recovery.run()
    mcpdo("disconnect", "--format", "json", f"@{name}")
    data = answer.get("data") or {}
    held = sum(1 for one in data.get("criteria") or [] if one["passed"])
    road = ", ".join(sorted(recovery.roads)) or "answer_question"
    print(
        f"{name}: {answer['step']} {answer['status']}, verdict {data.get('verdict')}, {held} of 6 criteria; "
        f"{recovery.calls} calls, {recovery.forms + recovery.answers} questions by {road}"
    )
    return data.get("verdict") == "match" and held == 6


if __name__ == "__main__":
    outcomes = [recovered(sys.argv[1], name, *options) for name, *options in RECOVERIES]
    sys.exit(0 if all(outcomes) else 1)
