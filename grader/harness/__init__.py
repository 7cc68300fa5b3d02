"""The process that student code lives in: it loads a program, runs drivers on it and describes what comes back.

It runs after the wall is up, and is no boundary itself: it describes an honest program faithfully.
"""
