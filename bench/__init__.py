"""Benchmarks: what is promised, measured beside the bare thing it is built on, in one run on one machine."""
