"""What the command line says of itself and how it refuses, in the language of the person. Loaded for these alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, cast

from rich.columns import Columns
from rich.console import RenderableType
from rich.style import StyleType
from rich.table import Table
from rich.text import Text
from typer import rich_utils
from typer.exceptions import TyperException

from ecs_dr.domain.telling.words import Words, said
from ecs_dr.domain.texts import Texts
from ecs_dr.domain.texts.wording import worded_value
from ecs_dr.settings import SettingsError, spoken_language
from ecs_dr.terminal.flow import Flowing

_BY_KIND: Mapping[str, str] = {
    "NoSuchOption": "cli.error.no_option",
    "MissingParameter": "cli.error.missing",
    "BadParameter": "cli.error.bad_value",
}
_BY_MESSAGE = (
    (re.compile(r"Option '([^']*)' requires an argument"), "cli.error.no_value"),
    (re.compile(r"No such command '([^']*)'"), "cli.error.no_command"),
    (re.compile(r"unexpected extra arguments?(?:\(s\))? \((.*)\)"), "cli.error.extra"),
)
"""What the library has no class for."""
_BAD_VALUE = (
    (re.compile("valid integer"), "int_parsing", ""),
    (re.compile("valid number"), "float_parsing", ""),
    (re.compile(r"greater than or equal to (\S+)"), "greater_than_equal", "ge"),
    (re.compile(r"less than or equal to (\S+)"), "less_than_equal", "le"),
    (re.compile(r"is not one of (.*)"), "literal_error", "expected"),
)
"""What is wrong with a value, as the library words it, and its kind among those of a setting."""


MOST_OF_A_NAME = 64
_IN_A_FILE = (
    (re.compile(r"cannot be read \((?P<what>.*)\)"), "unreadable"),
    (re.compile(r"it is no regular file"), "no_file"),
    (re.compile(r"not valid TOML: (?P<what>.*)", re.DOTALL), "toml"),
    (re.compile(r"(?P<where>\S+): (?:Unexpected keyword argument|Extra inputs are not permitted)"), "unknown_key"),
    (re.compile(r"(?P<where>\S+): (?:Field required|Missing required argument)"), "missing"),
    (re.compile(r"(?P<where>\S+): Input should be a valid number.*"), "number"),
    (re.compile(r"(?P<where>\S+): Input should be a valid integer.*"), "integer"),
    (re.compile(r"(?P<where>\S+): Input should be a valid boolean.*"), "truth"),
    (re.compile(r"(?P<where>\S+): Input should be (?P<what>'.*')"), "choice"),
    (re.compile(r"(?P<where>fault \d+): unknown effect (?P<what>.*); known are (?P<known>.*)"), "effect"),
    (re.compile(r"(?P<where>fault \d+): calls must be like .*, not (?P<what>.*)"), "calls"),
    (re.compile(r"there is no variant (?P<what>.*)\. There are: (?P<known>.*)"), "variant"),
    (re.compile(r"--variant is NAME=READING.*, not (?P<what>.*)"), "variant_form"),
)
"""What is wrong in a file of the person's own, as the simulator says it, which shares no words with this."""

_TYPE = re.compile(r"<[a-z\[\] ]+>")
"""How the library names a type. What it lists for a choice (`<table|json>`) is what a person may type."""


class _Parameter(Protocol):
    name: str
    opts: Sequence[str]
    help: str | None
    metavar: str | None

    def display_type_rich(self, *, ctx: _Context) -> Text | str | None:
        """What stands for its value."""
        ...


class _Context(Protocol):
    command_path: str


class _Command(Protocol):
    """What is worded of a command. The classes that typer makes are its own affair."""

    help: str | None
    short_help: str | None
    epilog: str | None
    options_metavar: str
    params: list[_Parameter]

    def get_params(self, ctx: _Context) -> Sequence[_Parameter]:
        """Its parameters, with the option for help."""
        ...

    def collect_usage_pieces(self, ctx: _Context) -> Sequence[str]:
        """What stands behind its name in the line of usage."""
        ...


def texts() -> Texts:
    """The catalogue for what is said before the settings are read, or where they cannot be."""
    return Texts(spoken_language())


def word_help(command: object) -> None:
    """Give a program and all its commands their help."""
    say = texts()
    _word_frame(say)
    for name, one in _commands(command, ()):
        _word(one, name, say)


def _commands(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, _Command]]:
    yield ".".join(path), cast("_Command", command)
    for name, below in getattr(command, "commands", {}).items():
        yield from _commands(below, (*path, name))


def _word(command: _Command, name: str, say: Texts) -> None:
    command.help = str(say(f"cli.command.{name}" if name else "cli.program"))
    command.short_help = None
    if not name:
        command.epilog = str(say("cli.epilog"))
    for parameter in command.params:
        special = f"cli.option.{name}.{parameter.name}"
        parameter.help = str(say(special if say.has(special) else f"cli.option.{parameter.name}"))
        _name_value(parameter)
    command.options_metavar = str(say("cli.usage.options"))
    with_help = command.get_params

    def get_params(ctx: _Context) -> Sequence[_Parameter]:
        found = with_help(ctx)
        for parameter in found:
            if parameter.name == "help":
                parameter.help = str(say("cli.option.help"))
                _name_value(parameter)
        return found

    def get_usage(ctx: _Context) -> str:
        return str(say("cli.usage", line=Words(" ".join([ctx.command_path, *command.collect_usage_pieces(ctx)]))))

    own: Mapping[str, object] = {
        "get_params": get_params,
        "get_usage": get_usage,
        **({"subcommand_metavar": str(say("cli.usage.command"))} if hasattr(command, "subcommand_metavar") else {}),
    }
    for attribute, value in own.items():
        setattr(command, attribute, value)


def _name_value(parameter: _Parameter) -> None:
    """A value is called what its option is called, a switch takes none: the library would say `<str>` and `<bool>`."""
    if getattr(parameter, "is_flag", False):
        parameter.metavar = ""
    shown = parameter.display_type_rich

    def display_type_rich(*, ctx: _Context) -> Text | str | None:
        told = shown(ctx=ctx)
        if told is None or not _TYPE.fullmatch(str(told)):
            return told
        return parameter.name.upper() if any(name.startswith("-") for name in parameter.opts) else None

    parameter.display_type_rich = display_type_rich  # type: ignore[method-assign]


def _word_frame(say: Texts) -> None:
    for name, key in _FRAME.items():
        setattr(rich_utils, name, str(say(key, value=Words("{}")) if key == "cli.default" else say(key)))
    setattr(rich_utils, "Table", _HelpTable)  # noqa: B010 - as above: names of another module


class _HelpTable(Table):
    """A table of the help whose cells break between Chinese characters: the library would cut such a line short."""

    def add_row(
        self, *renderables: RenderableType | None, style: StyleType | None = None, end_section: bool = False
    ) -> None:
        """As the library's, with cells that flow."""
        super().add_row(*map(_flowing, renderables), style=style, end_section=end_section)


def _flowing(cell: RenderableType | None) -> RenderableType | None:
    if isinstance(cell, Columns):
        cell.renderables = [one for one in map(_flowing, cell.renderables) if one is not None]
    return Flowing(Text(cell) if isinstance(cell, str) else cell) if isinstance(cell, str | Text) else cell


_FRAME: Mapping[str, str] = {
    "OPTIONS_PANEL_TITLE": "cli.panel.options",
    "COMMANDS_PANEL_TITLE": "cli.panel.commands",
    "ARGUMENTS_PANEL_TITLE": "cli.panel.arguments",
    "DEFAULT_STRING": "cli.default",
    "REQUIRED_LONG_STRING": "cli.required",
}


def refusal(error: TyperException, program: str) -> str:
    """A call that cannot be understood, in one line: what is wrong, what did not happen, where to read on."""
    say = texts()
    context = getattr(error, "ctx", None)
    what = _what(error, say)
    near = getattr(error, "possibilities", None)
    if near:
        what = say("fact.sentences", first=what, second=say("cli.error.near", near=Words(", ".join(sorted(near)))))
    return str(say("cli.error", what=what, command=Words(getattr(context, "command_path", program))))


def _what(error: TyperException, say: Texts) -> Words:
    kind, message = type(error).__name__, error.format_message()
    option = str(getattr(error, "option_name", "") or "") or _hint(error)
    if kind in _BY_KIND:
        return say(_BY_KIND[kind], option=option, why=_why(error, say))
    for pattern, key in _BY_MESSAGE:
        found = pattern.search(message)
        if found is not None:
            return say(key, what=found[1])
    return say("cli.error.other", why=message.removesuffix("."))


def _why(error: TyperException, say: Texts) -> Words:
    """Why a value cannot be used, in the words that a bad setting gets."""
    for pattern, kind, value in _BAD_VALUE:
        found = pattern.search(error.message)
        if found is not None:
            limits = {value: Words(_listed(found[1], say))} if value else {}
            return say(f"cli.setting.{kind}", **limits)
    return Words(error.message.removesuffix("."))


def _listed(values: str, say: Texts) -> str:
    """Values that a library lists, as the language does."""
    values = values.removesuffix(".")
    if say.language == "en":
        return values
    return values.replace(" or ", say("list.separator")).replace(", ", say("list.separator"))


def _parameter(error: TyperException) -> object:
    """The option or argument that is wrong, where the library names no more than its words."""
    known = getattr(getattr(getattr(error, "ctx", None), "command", None), "params", [])
    named = str(getattr(error, "param_hint", "") or "").strip("'")
    return getattr(error, "param", None) or next((one for one in known if named in one.opts), None)


def file_trouble(why: str) -> Words:
    """What the simulator says of a file of the person's own; as it says it, where that has no words here."""
    say = texts()
    for pattern, key in _IN_A_FILE:
        found = pattern.fullmatch(why)
        if found is not None:
            named = {name: Words(_listed(value, say)) for name, value in found.groupdict().items()}
            if key == "unreadable":
                named["what"] = worded_value(named["what"], say)
            return say(f"cli.file.{key}", **named)
    return Words(why)


def setting_refusal(error: SettingsError) -> str:
    """A setting that cannot be used, in one line: which, what it takes, what did not happen."""
    say = texts()
    key = f"cli.setting.{error.kind}"
    if not say.has(key):
        return str(say("cli.error.setting", why=Words(str(error).removesuffix("."))))
    why = say(key, **{name: Words(_listed(value, say)) for name, value in error.takes.items()})
    return str(say("cli.error.setting", why=say("fact.named", name=Words(error.name), value=why)))


def settings_ignored(names: Sequence[tuple[str, str]]) -> str:
    """Variables named like settings that are none, in one line: which, and which may be meant."""
    say = texts()
    told = (
        say("cli.ignored.near", name=name[:MOST_OF_A_NAME], near=near) if near else said(name[:MOST_OF_A_NAME])
        for name, near in names
    )
    return str(say("cli.ignored", names=say("list.separator").join(told)))


def _hint(error: TyperException) -> str:
    """The option, or the argument, as a person writes it."""
    named = getattr(_parameter(error), "opts", None) or [str(getattr(error, "param_hint", "") or "?")]
    return str(named[0] if str(named[0]).startswith("-") else named[0].upper())
