"""Benchmarks, printed beside their references; never part of `make test`."""
