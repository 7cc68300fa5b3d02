"""Checking oneself where one works: `%check` and `grader.check()` in a notebook.

takes: what the kernel has run so far.
gives: a card in the cell, and the same as text. The check itself is a process of its own, with none of the notebook's
variables, folders or half-replaced modules in it.
must not know: how a verdict is reached.

`cells` and `kernel` stand in the student's kernel and use the standard library and IPython only; `checking` stands in
the process beside it.
"""
