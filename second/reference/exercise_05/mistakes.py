"""The mistakes that students are known to make: what was done and why it is wrong, and one thing to do next."""

from fractions import Fraction

from grader.assignment import Mistake

from . import variants as wrong

HALF = Fraction(1, 2)
SLIP = Fraction(4, 5)  # two of three gradients are right, and the third one nearly

SIGMOID = (
    Mistake(
        "sign of the exponent",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_rising_exponent},
        "The exponent has the wrong sign: this is 1 / (1 + e^x), which falls where the sigmoid rises.",
        "Use 1 / (1 + np.exp(-x)): a large positive x must give a value near 1.",
    ),
    Mistake(
        "no reciprocal",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_no_reciprocal},
        "This is 1 + e^-x; the sigmoid is one divided by that. In `1 / 1 + e` only the first 1 is divided.",
        "Put brackets round the denominator: 1 / (1 + np.exp(-x)).",
    ),
    Mistake(
        "tanh instead of sigmoid",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_tanh},
        "This is tanh, whose values run from -1 to 1; those of the sigmoid run from 0 to 1.",
        "Use 1 / (1 + np.exp(-x)).",
    ),
    Mistake(
        "softmax instead of sigmoid",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.softmax},
        "The entries share one sum: this is softmax. The sigmoid of an entry depends on that entry alone.",
        "Apply 1 / (1 + np.exp(-x)) to each entry, with no sum.",
        also=({"Sigmoid.forward": wrong.softmax_of_all},),
    ),
    Mistake(
        "overflow to nan",
        "Sigmoid.forward",
        {"Sigmoid.forward": wrong.sigmoid_overflow},
        "e^x / (1 + e^x) is right on paper, but above x = 709 e^x is infinite, and inf / inf is nan.",
        "Use 1 / (1 + np.exp(-x)): there an infinite exponential gives 0, not nan.",
    ),
    Mistake(
        "dout forgotten",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_no_dout},
        "The derivative s (1 - s) is right, but dout is not used: the chain rule multiplies the two.",
        "Multiply by dout, entry by entry.",
    ),
    Mistake(
        "derivative from x",
        "Sigmoid.backward",
        {"Sigmoid.forward": wrong.sigmoid_keeping_x, "Sigmoid.backward": wrong.sigmoid_backward_same_formula},
        "The formula s (1 - s) is used with x in the place of s: the cache holds x, not the sigmoid of x.",
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
        "plus instead of minus",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_plus},
        "This is dout * s * (1 + s); the derivative is s (1 - s).",
        "Use a minus in the bracket: where s is near 1, the derivative is near 0.",
    ),
    Mistake(
        "derivative of tanh",
        "Sigmoid.backward",
        {"Sigmoid.backward": wrong.sigmoid_backward_tanh},
        "1 - s^2 is the derivative of tanh; that of the sigmoid is s (1 - s).",
        "Use s * (1 - s).",
    ),
)

RELU = (
    Mistake(
        "absolute value",
        "Relu.forward",
        {"Relu.forward": wrong.relu_absolute},
        "Negative entries change their sign; ReLU makes them zero.",
        "Compare each entry with 0 and keep the larger one: np.maximum(x, 0).",
    ),
    Mistake(
        "minimum instead of maximum",
        "Relu.forward",
        {"Relu.forward": wrong.relu_minimum},
        "Negative entries are kept and positive ones made zero; it must be the other way round.",
        "Use np.maximum(x, 0).",
    ),
    Mistake(
        "np.max for np.maximum",
        "Relu.forward",
        {"Relu.forward": wrong.relu_max_over_axis},
        "np.max(x, 0) returns the largest entry along axis 0; it reads the 0 as an axis.",
        "Use np.maximum(x, 0), which compares every entry with 0.",
    ),
    Mistake(
        "leaky",
        "Relu.forward",
        {"Relu.forward": wrong.relu_leaky},
        "Negative entries become 0.01 x: this is leaky ReLU. ReLU makes them exactly zero.",
        "Put 0 in the place of 0.01 x.",
    ),
    Mistake(
        "nothing done",
        "Relu.forward",
        {"Relu.forward": wrong.relu_identity},
        "The result is x as it was; negative entries must become zero.",
        "Return np.maximum(x, 0) first and the cache second.",
    ),
    Mistake(
        "type of the first entry",
        "Relu.forward",
        {"Relu.forward": wrong.relu_first_entry},
        "np.vectorize takes the type of all results from the first one. "
        "Where x begins with a negative entry, that is the integer 0, and all others are cut to integers.",
        "Give it otypes=[float], or use np.maximum(x, 0), which needs no loop.",
        credit=HALF,
    ),
    Mistake(
        "dout forgotten in Relu.backward",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_no_dout},
        "The result is the mask of ones and zeros; dout, the gradient from above, is not in it.",
        "Multiply dout by the mask.",
    ),
    Mistake(
        "mask on dout",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_mask_on_dout},
        "The gradient is made zero where dout is negative. What counts is where x was negative in forward.",
        "Build the mask from x, which forward must put into the cache.",
    ),
    Mistake(
        "nothing masked",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_is_dout},
        "The result is dout as it was. A mask `>= 0` of the output of forward is true everywhere.",
        "Make dx zero where x was negative; with the output in the cache, use > 0.",
    ),
    Mistake(
        "sign instead of mask",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_sign},
        "Where x is negative the result is -dout; there the derivative of ReLU is 0, not -1.",
        "Multiply by (x > 0), which is 0 or 1, instead of np.sign(x).",
    ),
    Mistake(
        "entries dropped in Relu.backward",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_picked},
        "dout[mask] returns only the entries that pass; the zeros between them are gone, and so is the shape.",
        "Keep all entries: multiply dout by the mask, or use np.where.",
    ),
    Mistake(
        "type of the first entry in Relu.backward",
        "Relu.backward",
        {"Relu.backward": wrong.relu_backward_first_entry},
        "np.vectorize takes the type of all results from the first one. "
        "Where x begins with a negative entry, that is the integer 0, and all others are cut to integers.",
        "Give it otypes=[float], or multiply dout by the mask, which needs no loop.",
        credit=HALF,
    ),
)

AFFINE = (
    Mistake(
        "bias forgotten",
        "affine_forward",
        {"affine_forward": wrong.affine_no_bias},
        "The product of x and w is right, but b is never added.",
        "Add b: it has one entry for each output, and numpy adds it to every row.",
    ),
    Mistake(
        "flatten lost",
        "affine_forward",
        {"affine_forward": wrong.affine_no_flatten},
        "Only the last axis of x is used in the product. An example with more dimensions must become one row first.",
        "Multiply the result of x.reshape(x.shape[0], -1); the call alone leaves x as it was.",
    ),
    Mistake(
        "dx averaged too",
        "affine_backward",
        {"affine_backward": wrong.averages_dx},
        "dx is divided by N as well. Each example has its own row of dx, so there is nothing to average.",
        "Divide dw and db by N, and leave dx alone.",
        credit=SLIP,
    ),
    Mistake(
        "dw not averaged",
        "affine_backward",
        {"affine_backward": wrong.sums_dw},
        "dw is summed over the batch but db is averaged. Either is right, but both must be treated alike.",
        "Divide dw by N too, or leave the sum in db as well.",
        credit=SLIP,
    ),
    Mistake(
        "db not averaged",
        "affine_backward",
        {"affine_backward": wrong.sums_db},
        "db is summed over the batch but dw is averaged. Either is right, but both must be treated alike.",
        "Divide db by N too, or leave the sum in dw as well.",
        credit=SLIP,
    ),
    Mistake(
        "no reshape back",
        "affine_backward",
        {"affine_backward": wrong.flat_dx},
        "dx has one row for each example; where x has more dimensions, dx must have the shape of x.",
        "Return dx.reshape(x.shape), where x is as it came into affine_forward.",
        also=({"affine_backward": wrong.flat_dx_and_sums},),
    ),
    Mistake(
        "dw transposed",
        "affine_backward",
        {"affine_backward": wrong.dw_transposed},
        "dw has the shape (M, D); it must have the shape of w, (D, M).",
        "Swap the factors and transpose the other one: rows.T @ dout.",
        credit=SLIP,
    ),
    Mistake(
        "db keeps its axis",
        "affine_backward",
        {"affine_backward": wrong.db_keeps_axis},
        "db has shape (1, M); it must be (M,), like b.",
        "Leave out keepdims, or a comma at the end of the line, which adds an axis too.",
        credit=SLIP,
        also=({"affine_backward": wrong.db_keeps_axis_and_sums},),
    ),
    Mistake(
        "db as one number",
        "affine_backward",
        {"affine_backward": wrong.db_mean_of_all},
        "db is one number made of all of dout; it needs one entry for each output.",
        "Give the sum or the mean an axis: axis=0.",
        also=({"affine_backward": wrong.db_sum_of_all}, {"affine_backward": wrong.db_sum_of_all_by_count}),
    ),
    Mistake(
        "dx and dw in the wrong order",
        "affine_backward",
        {"affine_backward": wrong.dw_first},
        "All three gradients are right, but dw comes before dx.",
        "Return dx, dw, db in this order.",
        credit=HALF,
        also=({"affine_backward": wrong.dw_first_and_sums},),
    ),
    Mistake(
        "flatten lost in dw",
        "affine_backward",
        {"affine_backward": wrong.dw_of_images},
        "dw is made of x as it is. As in forward, an example with more dimensions must become one row.",
        "Reshape x to (N, D) before it is transposed.",
    ),
    Mistake(
        "the last example alone",
        "affine_backward",
        {"affine_backward": wrong.last_example},
        "dw holds the last example's part only: each example overwrites the one before.",
        "Add the parts up: dw += in the loop, or x.T @ dout without a loop; db likewise.",
        also=({"affine_backward": wrong.last_example_by_count}, {"affine_backward": wrong.last_example_in_dw}),
    ),
)

MISTAKES = (*SIGMOID, *RELU, *AFFINE)
