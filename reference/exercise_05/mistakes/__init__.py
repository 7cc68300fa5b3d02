"""The mistakes that students are known to make, with what to say about each.

takes: those of each layer.
gives: `MISTAKES`.
must not know: anything of the grader.

A sentence says what was done and why it is wrong; the next step is one thing to do. `grader compile` refuses a
mistake that no case tells from a right answer or from another mistake.
"""

from . import affine_backward, affine_forward, relu, sigmoid

MISTAKES = (*sigmoid.MISTAKES, *relu.MISTAKES, *affine_forward.MISTAKES, *affine_backward.MISTAKES)
