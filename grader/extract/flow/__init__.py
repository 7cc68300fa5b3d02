"""How names go through a program, by reading: what statements define, read, write and need, and so which are run.

takes: statements that parse.
gives: names and places; the statements that count.
must not know: which functions are graded, where a statement came from.
"""
