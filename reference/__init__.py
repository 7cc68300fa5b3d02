"""Assignments, one folder each. Never packaged: what students install cannot contain an answer."""
