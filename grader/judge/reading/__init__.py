"""How a wrong result differs from the right one, where no known mistake says it: a factor, a term, a place.

takes: what came back, what is due, the inputs and what surrounds a result.
gives: `Reading` values: names and kinds, never a number of an answer.
must not know: keys, outcomes, verdicts, points, words.
"""
