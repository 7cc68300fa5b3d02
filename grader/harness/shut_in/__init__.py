"""How a process shuts itself in before it reads a line of a stranger's: privileges, files, system calls, limits.

takes: a `Job`, and the kernel's own calls.
gives: a process that can do no more than compute, and one above it that ends it.
must not know: programs, questions, what is run in there.
"""
