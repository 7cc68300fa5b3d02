"""Right numbers put where a hand-in's own forward has left wrong ones, so that its backward is judged by itself.

takes: what a forward keeps, and the right values for it.
gives: the same, with these in it.
must not know: points, what backward makes of it.
"""
