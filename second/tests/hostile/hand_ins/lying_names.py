"""A metaclass, a `__str__` and a `__repr__` that raise, loop and return megabytes."""


class Meta(type):
    @property
    def __name__(cls):
        raise KeyboardInterrupt

    def __getattribute__(cls, name):
        raise RuntimeError(name)


class Text(str):
    def __getitem__(self, key):
        while True:
            pass


class Trap(Exception, metaclass=Meta):
    def __str__(self):
        return Text("x" * 10**8)

    def __repr__(self):
        raise SystemExit


def good(x):
    raise Trap(Trap())
