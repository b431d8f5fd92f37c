"""The only reader of the environment (`ECS_DR_*`, see README, Configuration)."""

from __future__ import annotations

import locale
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from ecs_dr.environment import is_loopback, is_unexpanded, zone_named

Language = Literal["en", "zh"]


PREFIX = "ECS_DR_"
ENDPOINT_HOST = re.compile(r"[a-z0-9.:-]+")

LOCALE_NAME = re.compile(r"(en|zh)([_-][a-z0-9]+)*(\.[a-z0-9_-]+)?(@[a-z0-9]+)?")
"""A language as systems and hosts name it, in lower case: `zh`, `zh-cn`, `zh_hans_cn`, `en_us.utf-8`, `en_ie@euro`."""


class SettingsError(Exception):
    """A setting that cannot be used, told in one line.

    Attributes:
        name: The variable.
        kind: The trouble: the library's word (`less_than_equal`), or one of ours (`endpoint_bare`).
        takes: What it takes, by the library's names (`le`, `expected`).
    """

    def __init__(self, name: str, kind: str, takes: Mapping[str, object] | None = None, message: str = "") -> None:
        super().__init__(f"{name}: {message or kind}")
        self.name = name
        self.kind = kind
        self.takes = {
            key: f"{value:g}" if isinstance(value, float) else str(value) for key, value in (takes or {}).items()
        }


def _default_language() -> Language:
    """Chinese in a Chinese locale, English otherwise."""
    try:
        name = locale.setlocale(locale.LC_MESSAGES) or ""
    except (locale.Error, AttributeError):
        name = ""
    if name in {"", "C", "POSIX"}:
        name = (locale.getlocale()[0] or "") if name == "" else name
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def spoken_language() -> Language:
    """The language of what is said before the settings are read, or where they cannot be: never refused."""
    return _named_language(os.environ.get("ECS_DR_LANGUAGE", "")) or _default_language()


def _named_language(value: str) -> Language | None:
    named = LOCALE_NAME.fullmatch(value.strip().lower())
    if named is None:
        return None
    return "zh" if named[1] == "zh" else "en"


def _trouble(kind: str) -> PydanticCustomError:
    """What is wrong with a value, in a word; it is told by `cli.setting.*`."""
    return PydanticCustomError(kind, kind)


SHORTEST = 0.01
"""Seconds: enough for a test or a drill. Anything shorter would only keep the machine busy."""


class Settings(BaseModel):
    """What can be set from outside. Nothing here is needed for normal use, and nothing is ever a key."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    ecs_endpoint: str = "ecs.{region}.aliyuncs.com"
    vpc_endpoint: str = "vpc.{region}.aliyuncs.com"
    poll_seconds: float = Field(default=60, ge=SHORTEST, le=3600)
    ask_after_seconds: float = Field(default=300, ge=SHORTEST, le=86_400)
    retry_wait_seconds: float = Field(default=15, ge=0, le=3600)
    retry_attempts: int = Field(default=3, ge=0, le=10)
    call_budget_seconds: float = Field(default=45, ge=SHORTEST, le=3600)
    credential_seconds: float = Field(default=60, ge=SHORTEST, le=3600)
    language: Language = Field(default_factory=_default_language)
    elicitation: Literal["auto", "off"] = "auto"
    timezone: str | None = None
    profile_tags: Literal["on", "off"] = "on"
    report_dir: Path | None = None
    http_token: SecretStr | None = None
    http_token_file: Path | None = None

    @field_validator("*", mode="before")
    @classmethod
    def _unexpanded_placeholder_is_unset(cls, value: object, info: object) -> object:
        if isinstance(value, str) and is_unexpanded(value):
            name = getattr(info, "field_name", "")
            field = cls.model_fields[name]
            return field.get_default(call_default_factory=True, validated_data={})
        return value

    @field_validator("elicitation", "profile_tags", mode="before")
    @classmethod
    def _capitals_make_no_difference(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("language", mode="before")
    @classmethod
    def _a_locale_names_its_language(cls, value: object) -> object:
        return (_named_language(value) or value) if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _timezone_exists(cls, value: str | None) -> str | None:
        if value is not None and zone_named(value) is None:
            raise _trouble("timezone")
        return value

    @field_validator("ecs_endpoint", "vpc_endpoint")
    @classmethod
    def _endpoint_is_a_host_or_a_safe_url(cls, value: str) -> str:
        try:
            parts = urlsplit(value if "//" in value else f"https://{value}")
            port = parts.port
        except ValueError:
            raise _trouble("endpoint") from None
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise _trouble("endpoint")
        if not ENDPOINT_HOST.fullmatch(parts.hostname.replace("{region}", "region")) or port == 0:
            raise _trouble("endpoint")
        if parts.username or parts.password or parts.query or parts.fragment or parts.path not in {"", "/"}:
            raise _trouble("endpoint_bare")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise _trouble("endpoint_plain")
        return value


MIN_TOKEN_CHARACTERS = 16
MOST_TOKEN_BYTES = 4096


def http_token(settings: Settings) -> str | None:
    """The token that HTTP clients must send: from the file, else from the environment; None where none is set.

    Raises:
        SettingsError: The file cannot be read, others can, or the token is too short to keep anybody out.
    """
    if settings.http_token_file is not None:
        name, token = "ECS_DR_HTTP_TOKEN_FILE", _token_of_file(settings.http_token_file).strip()
    elif settings.http_token is not None:
        name, token = "ECS_DR_HTTP_TOKEN", settings.http_token.get_secret_value().strip()
    else:
        return None
    if len(token) < MIN_TOKEN_CHARACTERS or not token.isascii() or " " in token:
        raise SettingsError(name, "token_short", {"least": MIN_TOKEN_CHARACTERS})
    return token


def _token_of_file(file: Path) -> str:
    name = "ECS_DR_HTTP_TOKEN_FILE"
    try:
        found = file.stat()  # before it is opened: opening a pipe would wait for its other end
        if not stat.S_ISREG(found.st_mode):
            raise SettingsError(name, "token_no_file")
        trouble = _loose_rights(found) if os.name == "posix" else None
        if trouble is not None:
            raise SettingsError(name, trouble)
        with file.open("rb") as opened:
            read = opened.read(MOST_TOKEN_BYTES + 1)
        if len(read) > MOST_TOKEN_BYTES:
            raise SettingsError(name, "token_large", {"most": MOST_TOKEN_BYTES})
        return read.decode("ascii")
    except (OSError, ValueError):
        raise SettingsError(name, "token_unreadable") from None


def _loose_rights(found: os.stat_result) -> str | None:
    """What is wrong with a token file's rights, as ssh sees those of a private key; None where they will do.

    Nobody else may write it. Reading is the owner's affair: of a file of this user's own, others are kept out; where
    it is somebody else's, this user can read it only because its owner let more than one in. Containers mount secrets
    so: owned by root, 0444 or with the pod's group.
    """
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "token_writable"
    if found.st_uid == os.geteuid() and found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return "token_readable"
    return None


def ignored_names() -> tuple[tuple[str, str], ...]:
    """Variables named like settings that are none, each with the setting whose name is nearest; empty: none is near."""
    known = {name.upper() for name in Settings.model_fields}
    named = {name: name.upper().removeprefix(PREFIX) for name in os.environ if name.upper().startswith(PREFIX)}
    ignored = {name: rest for name, rest in sorted(named.items()) if rest not in known}
    if not ignored:
        return ()
    from difflib import get_close_matches

    near = {name: get_close_matches(rest, known, n=1) for name, rest in ignored.items()}
    return tuple((name, f"{PREFIX}{found[0]}" if found else "") for name, found in near.items())


def load_settings() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: One clear line naming the variable, what is wrong with it, and never its value.
    """
    named = {name.upper(): value for name, value in os.environ.items()}
    set_ones = {field: value for field in Settings.model_fields if (value := named.get(f"{PREFIX}{field.upper()}"))}
    try:
        return Settings.model_validate(set_ones)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = f"{PREFIX}{str(first['loc'][0]).upper()}" if first["loc"] else "ECS_DR_*"
        raise SettingsError(name, first["type"], first.get("ctx"), first["msg"]) from None
