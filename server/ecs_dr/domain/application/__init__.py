"""Several sources recovered together, in waves: which, where to, and what a person decides once for all."""
