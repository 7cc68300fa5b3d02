"""What students are known to do wrong in the affine layer's backward pass, with what to say about each.

takes: the functions that make these mistakes.
gives: `MISTAKES`.
must not know: anything of the grader but `grader.assignment`.
"""

from fractions import Fraction

from grader.assignment import Mistake

from ..variants import affine_backward as averaged
from ..variants import summed

MISTAKES = (
    Mistake(
        "dx averaged too",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_averages_dx},
        "dx is divided by N as well. Each example has its own row of dx, so there is nothing to average there.",
        "Divide dw and db by N, and leave dx alone.",
    ),
    Mistake(
        "dw not averaged",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_sums_dw},
        "dw is summed over the batch but db is averaged. Either convention is right; mixing the two is not.",
        "Treat both alike: divide dw by N too, or leave the sum in db as well.",
    ),
    Mistake(
        "db not averaged",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_sums_db},
        "db is summed over the batch but dw is averaged. Either convention is right; mixing the two is not.",
        "Treat both alike: divide db by N too, or leave the sum in dw as well.",
    ),
    Mistake(
        "no reshape back",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_flat_dx},
        "dx has one row for each example; where x has more dimensions, it must get the shape of x back.",
        "Reshape dx to x.shape, and keep what that gives: the call alone leaves dx as it was. Where that is done, see "
        "which x the cache holds: affine_forward must keep it as it came, and not as rows.",
        also=({"affine_backward": summed.sums_flat_dx},),
    ),
    Mistake(
        "dw transposed",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_dw_transposed},
        "dw comes transposed, as (M, D); it must have the shape of w, (D, M).",
        "Turn the product round: rows.T @ dout.",
        also=({"affine_backward": summed.sums_dw_transposed},),
    ),
    Mistake(
        "db keeps its axis",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_keepdims},
        "db has shape (1, M); it must be (M,), like b.",
        "Leave keepdims out, or what else adds the axis: a comma at the end of the line does, too.",
        also=({"affine_backward": summed.sums_keepdims},),
    ),
    Mistake(
        "db over the wrong axis",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_db_other_axis},
        "db goes over axis 1, the outputs; it must go over axis 0, the examples.",
        "Use axis=0: one number for each output is left.",
        also=({"affine_backward": summed.sums_db_other_axis},),
    ),
    Mistake(
        "db as one number",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_db_total},
        "db is one number, made of all of dout; it needs one entry for each output.",
        "Give the sum or the mean an axis: axis=0.",
        also=(
            {"affine_backward": summed.sums_db_total},
            {"affine_backward": summed.averages_db_total_by_count},
            {"affine_backward": summed.averages_db_total_sum},
            {"affine_backward": summed.sums_db_mean},
        ),
    ),
    Mistake(
        "db not reduced",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_db_not_reduced},
        "db still has a row for each example, as dout has; the rows must be summed or averaged.",
        "Take the mean (or the sum) over axis 0.",
        also=({"affine_backward": summed.sums_db_not_reduced}, {"affine_backward": summed.averages_db_rows}),
    ),
    Mistake(
        "dw divided by M",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_dw_by_outputs},
        "dw is divided by M, the number of outputs; it is averaged over the N examples.",
        "Divide by x.shape[0].",
    ),
    Mistake(
        "dw divided by D",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_dw_by_inputs},
        "dw is divided by D, the number of inputs; it is averaged over the N examples.",
        "Divide by x.shape[0].",
    ),
    Mistake(
        "divided by all of dout",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_by_size},
        "dw and db are divided by dout.size, which is N times M; only the N examples are averaged.",
        "Divide by dout.shape[0].",
    ),
    Mistake(
        "averaged twice",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_twice},
        "dw and db are divided by N twice.",
        "Divide once: either take the mean or divide the sum, not both.",
    ),
    Mistake(
        "w not transposed in dx",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_dx_untransposed},
        "dx uses w where its transpose is due. That runs only where w is square, and is wrong there too.",
        "Write dout @ w.T: (N, M) times (M, D) gives (N, D).",
        also=({"affine_backward": summed.sums_dx_untransposed},),
    ),
    Mistake(
        "dx and dw in the wrong order",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_swapped},
        "All three gradients are there, but dw comes before dx.",
        "Return dx, dw, db in this order.",
        credit=Fraction(1, 2),
        also=({"affine_backward": summed.sums_swapped},),
    ),
    Mistake(
        "dw and db in the wrong order",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_swapped_db},
        "All three gradients are there, but db comes before dw.",
        "Return dx, dw, db in this order.",
        credit=Fraction(1, 2),
        also=({"affine_backward": summed.sums_swapped_db},),
    ),
    Mistake(
        "dx, dw and db in another order",
        "affine_backward",
        {"affine_backward": summed.averages_dx_last},
        "All three gradients are there, but dx does not come first, then dw, and db last.",
        "Return dx, dw, db in this order.",
        credit=Fraction(1, 2),
        also=(
            {"affine_backward": summed.sums_dx_last},
            {"affine_backward": summed.averages_db_first},
            {"affine_backward": summed.sums_db_first},
            {"affine_backward": summed.averages_turned_round},
            {"affine_backward": summed.sums_turned_round},
        ),
    ),
    Mistake(
        "dout forgotten in dw",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_dw_no_dout},
        "dw does not depend on dout: it is made of x alone, the same in every column.",
        "Multiply rows.T by dout.",
        also=({"affine_backward": summed.sums_dw_no_dout},),
    ),
    Mistake(
        "flatten lost in dw",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_dw_no_flatten},
        "dw is made of x as it is. An example with more dimensions must be read as one row here too, as in forward.",
        "Reshape x to (N, D) before it is transposed.",
        also=({"affine_backward": summed.sums_dw_no_flatten},),
    ),
    Mistake(
        "b instead of its gradient",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_db_is_b},
        "db is b itself, not its gradient.",
        "db is the mean (or the sum) of dout over the examples.",
        also=({"affine_backward": summed.sums_db_is_b},),
    ),
    Mistake(
        "w forgotten in dx",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_dx_no_w},
        "dx does not depend on w: every entry of a row is the same.",
        "Multiply dout by w.T.",
        also=({"affine_backward": summed.sums_dx_no_w},),
    ),
    Mistake(
        "all signs turned",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_minus},
        "All three gradients have the wrong sign. Gradient descent subtracts them later; backward does not.",
        "Take the minus away.",
        also=({"affine_backward": summed.sums_minus},),
    ),
    Mistake(
        "column order in dx",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_dx_fortran},
        "dx is put back into the shape of x in column order (order='F'), so its entries land in the wrong places.",
        "Leave the order out.",
        also=({"affine_backward": summed.sums_dx_fortran},),
    ),
    Mistake(
        "the last example alone",
        "affine_backward",
        {"affine_backward": summed.sums_last_example},
        "dw holds what the last example gives alone: each one takes the place of the one before.",
        "Add them up over the batch: dw += in the loop, or x.T @ dout without one; db likewise.",
        also=(
            {"affine_backward": summed.averages_last_example},
            {"affine_backward": summed.sums_last_example_dw},
            {"affine_backward": summed.averages_last_example_dw},
        ),
    ),
    Mistake(
        "dx averaged instead of dw and db",
        "affine_backward",
        {"affine_backward": averaged.affine_backward_averages_all_sums},
        "dx is divided by N and the others are not: the wrong way round.",
        "Divide dw and db by N, and leave dx alone.",
    ),
)
