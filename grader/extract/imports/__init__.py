"""Modules of a hand-in's own: files beside it, files that came with the exercise, files that its cells write.

takes: a module's name, and where to look.
gives: its source.
must not know: what a graded function is.
"""
