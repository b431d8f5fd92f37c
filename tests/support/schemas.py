"""A client checks and compiles the schema of each tool's answers once: for hundreds of clients of one server, once."""

from __future__ import annotations

import json
import sys


def compile_schemas_once() -> None:
    """Let all clients of this process share what is compiled; what is answered is held against it as before."""
    sessions = sys.modules.get("mcp.client.session")
    if sessions is None:
        return
    compiled: dict[str, object] = {}
    compile_anew = sessions.ClientSession._output_schema_validator

    def compile_once(session: object, name: str, schema: dict[str, object]) -> object:
        key = json.dumps(schema)
        if key not in compiled:
            compiled[key] = compile_anew(session, name, schema)
        return compiled[key]

    sessions.ClientSession._output_schema_validator = compile_once
