"""The process that student code lives in: it loads a program, runs drivers on it and describes what comes back.

It runs after the wall is up. Nothing in here is a security boundary, for student code runs in the same process. An
honest program is described faithfully.
"""
