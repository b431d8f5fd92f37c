"""An application through a real client over stdio whose server is killed at random moments, and taken up again."""

from __future__ import annotations

from collections import Counter

from tests.faults.killing import CloudProcess, Killed
from tests.support.host import REGION, Heard, Host

WORLD = "shop"
MEMBERS = ("i-2zeshopdb01", "i-2zeshopapp01", "i-2zesource0001")
WAVES = f"{MEMBERS[0]}|{MEMBERS[1]},{MEMBERS[2]}"
MOST_CALLS = 120
LONGEST_LIFE_SECONDS = 10.0
"""It takes a few times as long as one recovery."""


async def go_on(host: Host, story: Killed) -> Heard:
    """Begin it, or take it up by its id; every question is answered as recommended."""
    begun = {"region_id": REGION, "waves": WAVES}
    if host.session_id:
        story.resumes += 1
        heard = await host.call("recover_application", **begun)
    else:
        heard = await host.call("plan_application", **begun)
    for _ in range(MOST_CALLS):
        if heard.question is not None:
            reply = host.person.reply(heard.question.form())
            assert reply.choice is not None
            heard = await host.answer(heard, reply.choice, reply.text)
        elif heard.next is not None and heard.status in {"done", "in_progress"}:
            tool = heard.next.tool
            heard = await host.call(tool, **(begun if tool == "plan_application" else {}))
        else:
            return heard
    raise AssertionError("the application does not end")


def check(cloud: CloudProcess, before: dict[str, set[str]], story: Killed) -> None:
    """One image and one replica of each member, and every one of them verified."""
    assert story.last is not None
    assert (story.last.step, story.last.status) == ("application", "done"), story.last.text
    state = cloud.read("state")
    assert isinstance(state, dict)
    for name in ("images", "instances"):
        made = [state[name][one] for one in sorted(cloud.ids()[name] - before[name])]
        sources = Counter(one["tags"]["ecs-dr:source"] for one in made)
        assert sources == dict.fromkeys(MEMBERS, 1), f"{name}: {sources} after {story.kills} kills at {story.steps}"
