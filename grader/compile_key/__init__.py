"""An assignment -> its answer key: what an author declares is read, sits its own exam, and is refused or noted.

takes: an assignment's folder and a sandbox.
gives: `AnswerKey`; `AuthorError` with the place and the next step where it would grade unfairly.
must not know: submissions.

Nothing is imported here: whether a key is of today's files is asked before each class, and compiling needs much more.
"""
