"""What points are given for, in words that a student understands, and why a case is there that catches nothing new.

takes: nothing.
gives: the names of behaviours that several functions share; reasons for cases.
must not know: functions, inputs, points.
"""

VALUES = "right values"
SHAPES = "any number of dimensions"
ORDERED = "images in any order of memory"  # its own point, like `affine.ONE_IMAGE`
EXTREMES = "large, small and zero values"
NUMBERS = "float32, integers and views"
AGAIN = "no memory of other calls"
ZERO = "zero where x is negative"

# Reasons: `grader selftest` asks for one where a case could be left out and nothing wrong would pass.
FIRST = "the first case that students see"
SHOWN = "shown to students; a hidden case catches the same"
STEADY = "tells a student whose function answers equal calls differently"
EQUAL = "code that confuses dout and x must not be right by chance anywhere else"
THRESHOLD = "a threshold a little above zero is a wrong one"
CUT_AT = "tells a student at which size x or dout is cut off"
CUT = "x may be cut off or rounded where dout is not"
NOTHING = "behind a ReLU most of dout is zero: code that divides by it, or mends it, is wrong there"
NOTHING_GOES_ON = "where nothing comes from above, nothing goes on"
AT_ZERO = "at a zero of x, 0/0 is nan, and more than dout is wrong"
MANY = "a loop or a slice may end at a number that all other cases stay below"
