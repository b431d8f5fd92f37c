"""The same workflow for a person in a terminal: a small MCP client over the same server, in memory."""
