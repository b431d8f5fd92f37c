"""The cloud adapter, from the code table to the wire."""
