"""Several sources recovered together: every member is an ordinary session, driven by the same steps as any other."""
