"""What students are known to do wrong in ReLU, with what to say about each.

takes: the functions that make these mistakes.
gives: `MISTAKES`.
must not know: anything of the grader but `grader.assignment`.
"""

from fractions import Fraction

from grader.assignment import Mistake

from ..variants import relu as wrong

MISTAKES = (
    Mistake(
        "absolute value",
        "Relu.forward",
        {"Relu.forward": wrong.relu_absolute},
        "Negative entries are mirrored; ReLU makes them zero.",
        "Compare each entry with 0 and keep the larger: np.maximum.",
    ),
    Mistake(
        "minimum instead of maximum",
        "Relu.forward",
        {"Relu.forward": wrong.relu_minimum},
        "The negative entries are kept and the positive ones made zero: the wrong way round.",
        "Use np.maximum(x, 0).",
    ),
    Mistake(
        "np.max for np.maximum",
        "Relu.forward",
        {"Relu.forward": wrong.relu_max_over_axis},
        "np.max(x, 0) takes the largest entry along axis 0; the 0 is read as an axis.",
        "Use np.maximum(x, 0), which compares every entry with 0.",
    ),
    Mistake(
        "leaky",
        "Relu.forward",
        {"Relu.forward": wrong.relu_leaky},
        "Negative entries become 0.01 x: this is leaky ReLU. ReLU makes them exactly zero.",
        "Replace the negative branch by 0.",
    ),
    Mistake(
        "mask instead of values",
        "Relu.forward",
        {"Relu.forward": wrong.relu_mask},
        "The result is 1 where x is positive: that is the mask, which backward needs. Forward returns x there.",
        "Multiply the mask by x, or use np.maximum.",
    ),
    Mistake(
        "sign of x",
        "Relu.forward",
        {"Relu.forward": wrong.relu_mirrored},
        "This is max(-x, 0): the sign of x is turned round.",
        "Take the minus away.",
    ),
    Mistake(
        "softplus",
        "Relu.forward",
        {"Relu.forward": wrong.relu_softplus},
        "This is softplus, log(1 + e^x), a smooth relative of ReLU.",
        "Use np.maximum(x, 0).",
    ),
    Mistake(
        "nothing done",
        "Relu.forward",
        {"Relu.forward": wrong.relu_identity},
        "x comes back as it was; the negative entries must become zero.",
        "Use np.maximum(x, 0) and return that first: are out and cache swapped?",
    ),
    Mistake(
        "negative entries dropped",
        "Relu.forward",
        {"Relu.forward": wrong.relu_picked},
        "x[x > 0] picks out the positive entries, so the others are gone and the shape is lost.",
        "Keep all entries: np.where(x > 0, x, 0).",
    ),
    Mistake(
        "cut off at 1",
        "Relu.forward",
        {"Relu.forward": wrong.relu_clipped},
        "Values above 1 are cut off; ReLU has no upper end.",
        "Use np.maximum(x, 0) instead of a clip to [0, 1].",
    ),
    Mistake(
        "type of the first entry",
        "Relu.forward",
        {"Relu.forward": wrong.relu_first_entry},
        "np.vectorize takes the type of all results from the first: where x begins with a negative, that is an "
        "integer 0, and all others are cut to integers.",
        "Give it otypes=[float], or use np.maximum(x, 0), which needs no loop.",
        credit=Fraction(1, 2),
    ),
    Mistake(
        "dout forgotten in Relu.backward",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_no_dout},
        "This gives the mask of ones and zeros; the gradient from above, dout, is not in it.",
        "Multiply dout by the mask.",
    ),
    Mistake(
        "mask on dout",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_mask_on_dout},
        "The gradient is cut where dout is negative. What counts is where x was negative in forward.",
        "Build the mask from x, which forward must have put in the cache.",
    ),
    Mistake(
        "wrong side of the mask",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_wrong_side},
        "The gradient passes where x was negative and stops where it was positive: the wrong way round.",
        "Turn the comparison round.",
    ),
    Mistake(
        "nothing masked",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_is_dout},
        "dout comes back unchanged. If the mask is taken from forward's output with >= 0, it is true everywhere.",
        "Make dx zero where x was negative; with the output in the cache, use > 0.",
    ),
    Mistake(
        "forward once more",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_returns_x},
        "This is forward's result again; dx is dout where x was positive.",
        "Put dout, not x, where the mask is true.",
    ),
    Mistake(
        "multiplied by the output",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_times_x},
        "dout is multiplied by max(x, 0); the derivative of ReLU is 1 there, not x.",
        "Multiply by the mask (x > 0) instead.",
    ),
    Mistake(
        "sign instead of mask",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_sign},
        "Where x is negative the result is -dout; ReLU's derivative is 0 there, not -1.",
        "Use (x > 0), which is 0 or 1, instead of np.sign.",
    ),
    Mistake(
        "leaky gradient",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_leaky},
        "Where x is negative 0.01 dout passes: this is leaky ReLU's gradient.",
        "Let nothing pass there.",
    ),
    Mistake(
        "averaged over the batch in Relu.backward",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_averaged},
        "All is divided by the size of the batch. A non-linearity has no weights, so there is nothing to average.",
        "Take the division out.",
    ),
    Mistake(
        "negative gradients dropped",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_masks_twice},
        "Negative entries of dout are lost as well. Only the sign of x decides; a gradient may well be negative.",
        "Leave dout out of the condition.",
    ),
    Mistake(
        "entries dropped in Relu.backward",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_picked},
        "dout[mask] picks out what passes, so the zeros in between are gone and the shape is lost.",
        "Keep all entries, and make those zero that do not pass: multiply by the mask, or use np.where.",
        also=({"Relu.backward": wrong.relu_backward_picked_with_zeros},),
    ),
    Mistake(
        "matrix product in Relu.backward",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_matrix_product},
        "dout and the mask are multiplied as matrices; here each entry meets its own entry only.",
        "Use * instead of @ or np.dot.",
        also=(
            {"Relu.backward": wrong.relu_backward_dot},
            {"Relu.backward": wrong.relu_backward_inner},
            {"Relu.backward": wrong.relu_backward_outer},
        ),
    ),
    Mistake(
        "type of the first entry in Relu.backward",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_first_entry},
        "np.vectorize takes the type of all results from the first: where x begins with a negative, that is an "
        "integer 0, and all others are cut to integers.",
        "Give it otypes=[float], or multiply dout by the mask, which needs no loop.",
        credit=Fraction(1, 2),
    ),
    Mistake(
        "integer cast in Relu.backward",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_like_x},
        "Results are written into an array made like x. Where x holds integers, so does it: fractions of dout are cut "
        "off, or cannot be put in at all.",
        "Make the array like dout, with np.zeros_like(dout).",
        also=({"Relu.backward": wrong.relu_backward_times_like_x},),
    ),
)
