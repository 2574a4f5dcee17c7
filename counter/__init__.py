"""The officer's terminal: its page and the calls of an officer's commands."""
