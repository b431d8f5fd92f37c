"""A source that cannot be read: its witnesses asked, the person asked, and both told."""
