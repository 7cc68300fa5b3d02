"""Functions that are called as their hand-out says: by name."""
