"""The files that pages are made of. Light: the server's start needs one of them."""

from __future__ import annotations

from importlib.resources import files


def source(name: str) -> str:
    """A file of the templates as it is, without the template engine."""
    return files("ecs_dr.report").joinpath("templates", name).read_text(encoding="utf-8")


def app_page() -> str:
    """The page that shows a report inside a host (MCP Apps): the same for every session."""
    return source("app.html")
