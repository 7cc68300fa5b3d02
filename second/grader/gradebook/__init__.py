"""The gradebook of a class: records, overrides and runs in one SQLite file."""
