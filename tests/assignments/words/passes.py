"""The reference: a text in words, how often pairs of them stand there, and which begin with a letter.

takes: texts, lists of words.
gives: what the assignment asks for.
must not know: the grader. This file is run in the sandbox as source, so it stands alone with numpy.
"""

from itertools import pairwise


def split(text):
    """The words of a text in small letters, in their order."""
    return text.lower().split()


def pairs(words):
    """How often each pair of neighbours stands there."""
    found = {}
    for pair in pairwise(words):
        found[pair] = found.get(pair, 0) + 1
    return found


def first(words, letter):
    """The first word that begins with a letter; None where none does."""
    for word in words:
        if word[0] == letter:
            return word
    return None


class Vocabulary:
    """All words that were added, and those of one length."""

    def __init__(self):
        self.words = set()

    def add(self, words):
        self.words |= set(words)

    def of_length(self, number):
        return {word for word in self.words if len(word) == number}
