"""What students are known to do wrong in the affine layer's forward pass, with what to say about each.

takes: the functions that make these mistakes.
gives: `MISTAKES`.
must not know: anything of the grader but `grader.assignment`.
"""

from grader.assignment import Mistake

from ..variants import affine_forward as wrong

MISTAKES = (
    Mistake(
        "bias forgotten",
        "affine_forward",
        {"affine_forward": wrong.affine_no_bias},
        "The product of x and w is right, but b is never added.",
        "Add b: it has one entry for each output, and numpy adds it to every row.",
    ),
    Mistake(
        "bias subtracted",
        "affine_forward",
        {"affine_forward": wrong.affine_minus_bias},
        "b is subtracted; it is to be added.",
        "Write + b.",
    ),
    Mistake(
        "bias added twice",
        "affine_forward",
        {"affine_forward": wrong.affine_bias_twice},
        "b is added twice.",
        "Add it once, after the product.",
    ),
    Mistake(
        "sum of the bias added",
        "affine_forward",
        {"affine_forward": wrong.affine_total_bias},
        "The sum of b is added to every entry; each output has a b of its own.",
        "Add b as it is: numpy lines it up with the columns.",
    ),
    Mistake(
        "w transposed",
        "affine_forward",
        {"affine_forward": wrong.affine_w_transposed},
        "x is multiplied by the transpose of w. That runs only where w is square, and is wrong there too.",
        "w has shape (D, M) already: x @ w.",
    ),
    Mistake(
        "flatten lost",
        "affine_forward",
        {"affine_forward": wrong.affine_no_flatten},
        "Only the last axis of x goes into the product. An example with more dimensions must be read as one row first.",
        "Reshape x to (N, D), and multiply what that gives: x.reshape(x.shape[0], -1) leaves x itself as it was.",
    ),
    Mistake(
        "examples mixed up",
        "affine_forward",
        {"affine_forward": wrong.affine_flatten_columns},
        "The reshape to (D, N) and back mixes the entries of different examples.",
        "Keep the first axis: x.reshape(x.shape[0], -1) puts each example in its own row.",
    ),
    Mistake(
        "column order",
        "affine_forward",
        {"affine_forward": wrong.affine_flatten_fortran},
        "The entries of an example are read in column order (order='F'), so they meet the wrong weights.",
        "Leave the order out: numpy's default is the one that is meant.",
    ),
    Mistake(
        "averaged over the batch in affine_forward",
        "affine_forward",
        {"affine_forward": wrong.affine_averaged},
        "The product is divided by the size of the batch; in forward nothing is averaged.",
        "Take the division out.",
    ),
    Mistake(
        "divided by D",
        "affine_forward",
        {"affine_forward": wrong.affine_scaled},
        "The product is divided by D, the number of inputs: a mean where a sum is due.",
        "Use the plain product.",
    ),
    Mistake(
        "ReLU applied as well",
        "affine_forward",
        {"affine_forward": wrong.affine_with_relu},
        "Negative outputs are made zero: there is a ReLU behind the layer. The layer itself has none.",
        "Return the sum as it is.",
    ),
    Mistake(
        "bias added to x",
        "affine_forward",
        {"affine_forward": wrong.affine_bias_inside},
        "The bias is added before the product; it belongs behind it, one entry for each output.",
        "Multiply first, then add b.",
    ),
    Mistake(
        "multiplied by the bias",
        "affine_forward",
        {"affine_forward": wrong.affine_product_of_bias},
        "The product is multiplied by b; b is to be added.",
        "Write + b.",
    ),
)
