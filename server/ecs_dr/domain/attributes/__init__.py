"""The fidelity ledger: what becomes of every attribute of the source on the replica."""
