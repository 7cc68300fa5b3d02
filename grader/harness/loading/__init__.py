"""A student's program, run cell by cell so that all of it is there that can be.

takes: the program's statements, and what was handed in beside it.
gives: its names; what could not be run, and why. What raises costs only itself.
must not know: questions, answers.
"""
