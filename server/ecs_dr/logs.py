"""The log: plain lines on stderr, and nothing that can go wrong in it ends anything.

The MCP SDK sets a handler up that imports what it needs when the first exception is logged; with no file left to open
that import fails inside the event loop, and the server ends. It sets none up where there is one.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path


class PatientHandler(logging.StreamHandler):  # type: ignore[type-arg] # its stream is whatever stderr is
    """Drops what cannot be written."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; of an exception its type and where it was, and not its words: they may quote what somebody said."""
        text = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        return text if error is None else f"{text} ({whereabouts(error)})"

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Say nothing: there is nowhere to say it."""


def log_to_stderr() -> None:
    """Begin: to be called before a server is built."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[PatientHandler()])


def whereabouts(error: BaseException) -> str:
    """The type of an exception and the places it passed, innermost last; none of its words."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    inner = "".join(f" [{whereabouts(one)}]" for one in getattr(error, "exceptions", ()))
    return f"{type(error).__name__} at {places}{inner}"
