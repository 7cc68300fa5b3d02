"""Lone surrogates, NULs, terminal escapes and a forged step mark in everything that is text."""
import sys


class Odd(Exception):
    pass


Odd.__name__ = "\ud800\x1b[2J\u202e"


def good(x):
    print("\ud800\x1b]0;title\x07\0step\0\u202e")
    sys.stderr.write("\udcff" * 10)
    raise Odd("\ud800\x1b[2J</script>\u202e" * 1000)
