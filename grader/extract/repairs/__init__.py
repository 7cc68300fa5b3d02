"""Source that Python cannot read, made into source that it can, line for line, with a remark for all that was left out.

takes: the source of a cell.
gives: source that parses; what had to be done to it, and what was lost.
must not know: which functions are graded, what the source is for.
"""
