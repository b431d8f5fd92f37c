"""The replica held against the source and what was decided: rows, criteria, a verdict."""
