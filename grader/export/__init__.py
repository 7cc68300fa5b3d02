"""Results for other places: the class's own sheets, the TA's sheet filled in, zips of feedback.

`sheets` and `overrides` are of the out folder, `filling` and `platforms` fill in a TA's sheet, `feedback` makes zips of
pages, and `systems` has the formats of other systems.
"""
