"""What people read: one page a student, one page a class, and the terminal.

takes: `Record` values of the gradebook, the key's public arrays, words about the run.
gives: HTML as text; lines on a terminal.
must not know: how anything is run, judged or stored; files (the caller writes what it is given).

Nothing is imported here: `terminal` must start without jinja2 and pygments, and `wording` without all three.
"""
