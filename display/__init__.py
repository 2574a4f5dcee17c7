"""The hall board: its page and its snapshot."""
