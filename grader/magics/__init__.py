"""`%check` and `grader.check()` in a notebook: what the kernel has run so far is checked in another process.

`kernel` is in the student's kernel and uses the standard library and IPython only; `checking` is in the other process.
"""
