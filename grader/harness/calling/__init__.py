"""A student's functions, called as a question asks, and what came of it in plain values.

takes: a loaded program and the steps of a question.
gives: an `Outcome` a step; what was called within, where that is asked.
must not know: what is right, how the program was loaded.
"""
