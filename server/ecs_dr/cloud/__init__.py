"""The one real adapter behind the workflow's cloud port."""
