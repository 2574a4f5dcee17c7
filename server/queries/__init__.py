"""Snapshots for screens, a file a screen: each is one reading transaction, its `seq` included."""
