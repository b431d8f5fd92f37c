"""The pages that a person or a model sees on the way through every world, each distinct one once.

A page is one answer's text, one form, or what a terminal shows between two headings. Ids that are made anew and
digests are replaced; times are the stepped clock's and stay.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from mcp.client import ClientRequestContext
from mcp_types import ElicitRequestFormParams, ElicitRequestParams, ElicitResult
from pydantic import BaseModel, Field
from rich.console import Console

from ecs_dr.domain.report.seal import seal
from ecs_dr.domain.texts import Language, Texts
from ecs_dr.protocol.app import build_server
from ecs_dr.report.render import render_markdown
from ecs_dr.simulator.world_files import builtin_worlds
from ecs_dr.terminal.askers import RecommendedAsker
from ecs_dr.terminal.client import TerminalClient
from ecs_dr.terminal.screen import Heading, Screen
from ecs_dr.workflow.run import RecoveryOptions
from tests.support.desk import REGION, SOURCE, Desk
from tests.support.host import Heard, Host
from tests.support.person import Form, Person
from tests.support.ways import MODERN, Stage, Way, in_memory

MADE_ANEW = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<digest>"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<id>"),
    (re.compile(r"\b(i|m|s|d|eni|vsw|sg)-2ze[0-9a-z]{17}\b"), r"\1-<new>"),
    (re.compile(r"\b[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\b"), "<request>"),
)

WORLDS = ("healthy", *sorted(set(builtin_worlds()) - {"healthy"}))
OTHER_ROADS = ("healthy", "denied", "disk-unsupported", "image-fails", "local-disk", "no-vswitch", "prepaid")
"""The worlds that are also walked by forms and on a terminal: together they show every kind of page."""


@dataclass
class Album:
    """Pages by name. The same text in another walk is the same page; another text under that name gets the walk's.

    What one walk says again with other numbers alone (a wait's minutes and percents) is one page.
    """

    pages: dict[str, str] = field(default_factory=dict)
    walks: dict[str, list[str]] = field(default_factory=dict)
    _named: dict[tuple[str, str], str] = field(default_factory=dict)
    _told: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def add(self, walk: str, name: str, text: str) -> None:
        """One page of a walk."""
        for pattern, instead in MADE_ANEW:
            text = pattern.sub(instead, text)
        text = "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"
        again = (walk, name, re.sub(r"\d+", "0", text))
        known = self._told.get(again) or self._named.get((name, text))
        if known is None:
            # What a terminal shows is no Markdown.
            ending = "txt" if name.startswith("terminal/") else "md"
            known = next(one for one in _names(name, walk) if f"{one}.{ending}" not in self.pages)
            self._named[name, text] = known
            self.pages[f"{known}.{ending}"] = text
        self._told[again] = known
        walked = self.walks.setdefault(walk, [])
        if known not in walked[-1:]:
            walked.append(known)

    def files(self) -> dict[str, str]:
        """Every page, and which walk comes by which."""
        lines = (f"{walk}: {', '.join(names)}" for walk, names in self.walks.items())
        return {**self.pages, "walks.txt": "\n".join(lines) + "\n"}


def _names(name: str, walk: str) -> Iterator[str]:
    yield name
    yield f"{name}@{walk}"
    yield from (f"{name}@{walk}-{number}" for number in count(2))


class Onlooker(Person):
    """Takes what is recommended, gives up where a permission is missing, and keeps every form as it is shown."""

    def __init__(self, album: Album, walk: str) -> None:
        super().__init__()
        self.album, self.walk = album, walk
        self.tool = "form"
        self.on_form = self._give_up_without_permission

    def _give_up_without_permission(self, form: Form) -> None:
        self.prefers = ("abort",) if set(form.options) == {"retry", "abort"} else ()

    async def __call__(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        assert isinstance(params, ElicitRequestFormParams)
        offered = _Offered.model_validate(params.requested_schema).properties.choice.titled
        titles = [f"( ) {option.title}" for option in offered]
        kind = offered[0].const if re.fullmatch(r"[a-z_]+", offered[0].const) else "pick"
        self.album.add(self.walk, f"form/{self.tool}.{kind}", "\n".join([params.message, "", *titles]))
        return await super().__call__(context, params)


class _Titled(BaseModel):
    const: str
    title: str


class _Choice(BaseModel):
    titled: tuple[_Titled, ...] = Field(alias="oneOf")


class _Properties(BaseModel):
    choice: _Choice


class _Offered(BaseModel):
    properties: _Properties


@dataclass
class Recorder(Host):
    """Keeps every answer as a page, named after the tool and what it did."""

    person: Onlooker
    stage: Stage | None = None

    async def call(self, tool: str, **arguments: str) -> Heard:
        self.person.tool = tool
        heard = await super().call(tool, **arguments)
        self.person.album.add(self.person.walk, self._name(heard), heard.text)
        return heard

    def _name(self, heard: Heard) -> str:
        if heard.problem is not None:
            return f"{heard.step}.{heard.problem.code}"
        if heard.question is None:
            return f"{heard.step}.{heard.status}"
        assert self.stage is not None
        session = self.stage.recovery.sessions.get(heard.session_id or "")
        asked = heard.question.question_id
        return next(f"ask.{one.key}" for one in session.book.open_questions() if one.question_id == asked)


async def album_of(language: Language) -> Album:
    """Every world on the road of answers, some by forms and on a terminal too; and what goes wrong on the way."""
    album = Album()
    for world in WORLDS:
        for forms in (False, True) if world in OTHER_ROADS else (False,):
            person = Onlooker(album, f"{world}{'.forms' if forms else ''}")
            random.seed(world)  # the waits before retries are spread by chance: here they are the same each time
            async with in_memory(Way(MODERN, forms=forms, language=language), world, person) as stage:
                host = Recorder(stage.host.client, person, stage=stage)
                await host.recover()
                if world == "healthy" and not forms:
                    album.add(world, "report", render_markdown(seal(stage.recovery.report(host.session_id))))
        if world in OTHER_ROADS:
            random.seed(world)
            await _on_a_terminal(album, world, language)
    await _errands(album, language)
    return album


class KeptScreen(Screen):
    """What is shown between two headings is a page."""

    def __init__(self, album: Album, walk: str, texts: Texts) -> None:
        self._page = io.StringIO()
        super().__init__(Console(file=self._page, width=110), texts)
        self._album, self._walk = album, walk

    def heading(self, step: Heading) -> None:
        if step != self.step:
            self.turn()
        super().heading(step)

    def turn(self) -> None:
        """The page is full."""
        if self.step is not None:
            self._album.add(self._walk, f"terminal/{self.step}", self._page.getvalue())
        self._page.seek(0)
        self._page.truncate()


async def _on_a_terminal(album: Album, world: str, language: Language) -> None:
    options = RecoveryOptions(simulated=True, language=language, for_people=True)
    async with Desk(world, options).open() as desk:
        texts = desk.recovery.texts
        server = build_server(desk.recovery, elicitation="auto", simulated=True, own_client=True)
        screen = KeptScreen(album, f"{world}.terminal", texts)
        await TerminalClient(server, screen, RecommendedAsker(screen.console), texts).run(SOURCE, REGION)
        screen.turn()


async def _errands(album: Album, language: Language) -> None:
    """What a person does beside the straight road: wrong input, another order, stopping, coming back, another image."""
    person = Onlooker(album, "errands")
    async with in_memory(Way(MODERN, forms=False, language=language), "healthy", person) as stage:
        host = Recorder(stage.host.client, person, stage=stage)
        await host.call("get_session")
        for instance_id, region_id in (("web-1", REGION), (SOURCE, "Beijing"), ("i-2zenotthere0001", REGION)):
            await host.settle(await host.call("collect_source", instance_id=instance_id, region_id=region_id))
        host.session_id = ""
        await host.collect()
        for tool in ("wait_for_image", "prepare_vswitch", "create_instance", "verify_instance"):
            await host.call(tool)
        asked = await host.call("create_image", image_name="x")
        asked = await host.call("create_image", image_name="drill-2026")
        await host.call("get_session")
        await host.answer(asked, "nonsense")
        await host.answer(asked, "custom")
        await host.answer(asked, "abort")
        await host.answer(asked, "confirm")
        await host.settle(await host.call("adopt_image", image_id="m-2zenotthere"))
        for arguments in (
            {"target_zone_id": "cn-beijing-h"},
            {"target_zone_id": "nowhere"},
            {"instance_type": "ecs.x9"},
        ):
            await host.call("choose_target", **arguments)
        await host.follow(await host.settle(await host.call("create_image")))
        first = host.session_id
        await host.call("choose_target", target_zone_id="cn-beijing-i")
        await host.call("resume_session", session_id=first, instance_id=SOURCE, region_id=REGION)
