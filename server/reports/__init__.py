"""Figures from the log of spans."""
