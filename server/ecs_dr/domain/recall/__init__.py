"""A source that cannot be read: what others still tell of it."""
