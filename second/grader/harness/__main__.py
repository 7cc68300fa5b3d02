"""Run the harness as a plain process: requests on standard input, answers on standard output.

What student code prints goes to standard error, so the outside reads that as its output.
"""

import os

from grader.harness.serve import serve

if __name__ == "__main__":
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    serve(requests, answers)
