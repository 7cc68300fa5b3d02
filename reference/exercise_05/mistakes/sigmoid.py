"""What students are known to do wrong in the sigmoid, with what to say about each.

takes: the functions that make these mistakes.
gives: `MISTAKES`.
must not know: anything of the grader but `grader.assignment`.
"""

from grader.assignment import Mistake

from ..variants import sigmoid as wrong

MISTAKES = (
    Mistake(
        "sign of the exponent",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_sign_of_exponent},
        "The exponent has the wrong sign, or it is 1 - s: this is 1/(1 + e^x), which falls where the sigmoid rises.",
        "Use 1 / (1 + np.exp(-x)): a large positive x must give a value near 1.",
    ),
    Mistake(
        "no reciprocal",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_no_reciprocal},
        "This is 1 + e^-x itself; the sigmoid is one divided by that. In `1 / 1 + e` only the first 1 is divided.",
        "Put brackets round the denominator: 1 / (1 + np.exp(-x)). All values must lie between 0 and 1.",
    ),
    Mistake(
        "minus in the denominator",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_minus},
        "The denominator is 1 - e^-x; the sigmoid has a plus there. With a minus, it has no value at x = 0.",
        "Write 1 + np.exp(-x) below the line, and check that x = 0 gives 0.5.",
    ),
    Mistake(
        "tanh instead of sigmoid",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_tanh},
        "This is tanh, which runs from -1 to 1; the sigmoid runs from 0 to 1.",
        "Use 1 / (1 + e^-x), or (1 + np.tanh(x / 2)) / 2, which is the same.",
    ),
    Mistake(
        "stretched to -1 and 1",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_centred},
        "The values run from -1 to 1: this is 2 s - 1.",
        "Leave out the factor 2 and the -1.",
    ),
    Mistake(
        "exponential alone",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_exponential},
        "This is e^-x alone; the sigmoid is 1 / (1 + e^-x).",
        "Add 1, then take the reciprocal.",
    ),
    Mistake(
        "softmax instead of sigmoid",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_softmax},
        "The entries share one sum: this is softmax. The sigmoid treats every entry by itself.",
        "Apply 1 / (1 + e^-x) to each entry, with no sum.",
        also=(
            {"Sigmoid.forward": wrong.sigmoid_softmax_of_all},
            {"Sigmoid.forward": wrong.sigmoid_softmax_of_columns},
            {"Sigmoid.forward": wrong.sigmoid_softmax_plain},
            {"Sigmoid.forward": wrong.sigmoid_softmax_of_all_shifted},
            {"Sigmoid.forward": wrong.sigmoid_softmax_of_columns_shifted},
        ),
    ),
    Mistake(
        "overflow to nan",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_overflow},
        "The formula e^x/(1 + e^x) is right on paper, but for x above 709 e^x is infinite, and inf/inf or inf * 0 "
        "is nan.",
        "Use 1 / (1 + np.exp(-x)): there a large exponent ends in 0, not in nan.",
    ),
    Mistake(
        "no half for negative x",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_absolute},
        "Negative x gives the value of |x|: all results are at least 0.5.",
        "Take the sign of x into account: s(-x) = 1 - s(x).",
    ),
    Mistake(
        "derivative instead of value",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_derivative},
        "This is the derivative s(1 - s); forward returns the value s.",
        "Return s itself, and keep the derivative for backward.",
    ),
    Mistake(
        "one too many",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_complement},
        "Every value is 1 too large.",
        "Take the 1 that stands outside the fraction away.",
    ),
    Mistake(
        "integer cast",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_integer_cast},
        "The results have the type of x, by an array made like it or by a cast. Where x holds integers, fractions are "
        "cut off.",
        "Make the array with np.zeros(x.shape), which holds floats, and cast nothing to the type of x.",
    ),
    Mistake(
        "flattened",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_flattened},
        "The numbers are right, but they come in one long row; out must have the shape of x.",
        "Leave the reshape or flatten out: np.exp works on any shape.",
    ),
    Mistake(
        "results in the wrong order",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_swapped},
        "The first thing returned is x itself: either nothing is computed, or out and cache are swapped.",
        "Return out first, then cache.",
    ),
    Mistake(
        "dout forgotten",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_no_dout},
        "The derivative s(1 - s) is right, but dout is not used: the chain rule multiplies the two.",
        "Multiply by dout, entry by entry.",
    ),
    Mistake(
        "sum instead of product",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_sum},
        "dout is added to the derivative; the chain rule multiplies them.",
        "Write dout * s * (1 - s).",
    ),
    Mistake(
        "derivative from x",
        "Sigmoid.backward",
        {"Sigmoid.forward": wrong.sigmoid_keeping_x, "Sigmoid.backward": wrong.sigmoid_backward_from_x},
        "The formula s(1 - s) is used with x in the place of s: the cache holds x, not the sigmoid of x.",
        "Keep the output of forward in the cache, or compute s from x first.",
    ),
    Mistake(
        "factor 1 - s missing",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_only_s},
        "This is dout * s; the factor (1 - s) is missing.",
        "Multiply by (1 - s) too.",
    ),
    Mistake(
        "factor s missing",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_only_rest},
        "This is dout * (1 - s); the factor s is missing.",
        "Multiply by s too.",
    ),
    Mistake(
        "sign of the derivative",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_sign},
        "Every entry has the wrong sign: s(s - 1) instead of s(1 - s).",
        "Turn the bracket round. The sigmoid rises everywhere, so its derivative is positive.",
    ),
    Mistake(
        "plus instead of minus",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_plus},
        "This is dout * s * (1 + s); the derivative is s(1 - s).",
        "Use a minus in the bracket: where s is near 1, the derivative is near 0.",
    ),
    Mistake(
        "derivative of tanh",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_tanh},
        "1 - s^2 is the derivative of tanh; that of the sigmoid is s(1 - s).",
        "Use s * (1 - s).",
    ),
    Mistake(
        "sigmoid taken twice",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_twice},
        "The sigmoid is taken of what the cache holds, but that is the sigmoid's output already.",
        "Use the cache as it is, or keep x in it.",
    ),
    Mistake(
        "1 - dout instead of 1 - s",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_one_minus_dout},
        "The bracket holds 1 - dout; it must hold 1 - s.",
        "Take s from the cache in both factors.",
    ),
    Mistake(
        "averaged over the batch",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_averaged},
        "All is divided by the size of the batch. A non-linearity has no weights, so there is nothing to average.",
        "Take the division out.",
    ),
    Mistake(
        "summed to one number",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_total},
        "The entries are added up to one number; dx needs one for each entry of x.",
        "Leave np.sum out.",
    ),
    Mistake(
        "matrix product",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_matrix_product},
        "dout and the derivative are multiplied as matrices; here each entry meets its own entry only.",
        "Use * instead of @ or np.dot.",
        also=(
            {"Sigmoid.backward": wrong.sigmoid_backward_dot},
            {"Sigmoid.backward": wrong.sigmoid_backward_inner},
            {"Sigmoid.backward": wrong.sigmoid_backward_outer},
        ),
    ),
    Mistake(
        "brackets missing",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_no_brackets},
        "This is (dout * s * 1) - s: a product is taken before a difference, so s is subtracted at the end.",
        "Put brackets round 1 - s.",
    ),
    Mistake(
        "overflow to nan in backward",
        "Sigmoid.backward",
        {"Sigmoid.forward": wrong.sigmoid_keeping_x, "Sigmoid.backward": wrong.sigmoid_backward_overflow},
        "The form e^-x/(1 + e^-x)^2 is right on paper, but for x below -709 e^-x is infinite, and inf/inf or inf * 0 "
        "is nan.",
        "Use s * (1 - s) with the output of forward: nothing there can overflow.",
    ),
    Mistake(
        "dout handed back",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_is_dout},
        "dout comes back unchanged: the derivative of the sigmoid is not in it.",
        "Multiply by s * (1 - s).",
    ),
)
