"""A whole class: who is new in it, a crew that grades these, and the out folder that is written of all.

takes: submissions, a key, and where reports go.
gives: a gradebook, pages and sheets; after a kill at any moment the next run goes on.
must not know: how one hand-in is graded.

Nothing is imported here: a verb that only looks up a class needs no sandbox.
"""
