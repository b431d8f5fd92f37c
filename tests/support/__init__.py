"""Test support: a stepped clock, counted ids, and a bench that joins recovery and simulator."""
