"""The verbs of the queue, one transaction each. Each takes the transaction and the hall it runs in."""
