"""The touchscreen: its page and the call that issues a ticket."""
