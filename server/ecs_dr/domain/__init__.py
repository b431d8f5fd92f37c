"""Pure models and functions: no I/O, no async, no protocol, no SDK."""
