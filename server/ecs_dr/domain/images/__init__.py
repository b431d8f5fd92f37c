"""Images: what one is, where it comes from, and whether it fits the source."""
