"""What to try next: one thing to do, by what was raised, which shapes met, or how a result differs.

takes: a problem, an exception's type and message, a reading.
gives: one sentence, or none where nothing sure can be said.
must not know: pages, points, which case is hidden.
"""
