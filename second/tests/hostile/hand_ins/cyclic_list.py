"""A list that holds itself, and one of ten million numbers."""


def good(x):
    cycle = []
    cycle.append(cycle)
    return cycle if x.size % 2 else [0] * 10**7
