"""`grader review`: a small local page where a TA goes through hand-ins, changes points and writes comments.

takes: the folder that `grader grade` wrote, the key it was graded by, who reviews.
gives: a server on the loopback address; overrides in the gradebook; pages and sheets written anew after each change.
must not know: how a verdict was reached, how a page looks (`report.review_page` draws it).

Nothing is imported here: Flask is an extra, and only this room needs it.
"""
