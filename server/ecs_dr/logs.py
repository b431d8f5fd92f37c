"""The log: plain lines on stderr, and nothing that can go wrong in it ends anything.

The MCP SDK sets a handler up that imports what it needs when the first exception is logged; with no file left to open
that import fails inside the event loop, and the server ends. It sets none up where there is one.
"""

from __future__ import annotations

import logging


class PatientHandler(logging.StreamHandler):  # type: ignore[type-arg] # its stream is whatever stderr is
    """Drops what cannot be written."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Say nothing: there is nowhere to say it."""


def log_to_stderr() -> None:
    """Begin: to be called before a server is built."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[PatientHandler()])
