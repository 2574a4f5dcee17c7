"""The queue itself: standard library only; `now` is always an argument."""
