"""What a program finds around it: names and ways of other versions, packages that are not installed, all of it warm.

takes: the modules that are here.
gives: the same, with what a notebook written elsewhere asks of them.
must not know: programs, questions.
"""
