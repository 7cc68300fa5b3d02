"""What is asked."""


def averages(student, x, width):
    """One series and one width."""
    averages = student.moving_average(x, width)
    yield "moving_average", {"averages": averages}


def shares(student, scores):
    """One table of scores."""
    shares = student.softmax(scores)
    yield "softmax", {"shares": shares}
