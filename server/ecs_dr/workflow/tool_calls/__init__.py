"""One call of a tool: whose it is, which session it is for, and how it pauses or ends early."""
