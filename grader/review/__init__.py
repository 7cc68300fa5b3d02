"""`grader review`: a small local page where a TA goes through submissions, changes points and writes comments.

`desk` is a class under review, `server` serves it on the loopback address. Nothing is imported here: Flask is an
extra, and only `server` needs it.
"""
