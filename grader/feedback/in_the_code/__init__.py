"""What the text of a function shows of why it is not right, told with its cell and line.

takes: a function's source, and how its cases failed.
gives: a sentence where the text and the failure agree, and none otherwise.
must not know: points, pages; nothing is run.
"""
