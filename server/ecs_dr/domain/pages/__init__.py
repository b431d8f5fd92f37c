"""The pages that a tired person reads: what is decided, in the words of a console, one fact group a line."""
