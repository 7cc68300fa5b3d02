"""A result whose every hook raises or returns something endless."""


class Endless:
    def __getattr__(self, name):
        raise KeyboardInterrupt

    def __array__(self, *a, **k):
        while True:
            pass

    def __len__(self):
        return 1 << 62

    def __iter__(self):
        while True:
            yield 1


def good(x):
    return [Endless()] * 3
