"""Which of a hand-in's files is graded, and what is taken out of the others.

takes: the files of a hand-in.
gives: one of them, read; what it lacks and another has; a sentence about the choice.
must not know: how a file is read.
"""
