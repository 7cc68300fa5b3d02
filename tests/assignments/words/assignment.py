"""Words: results that are spelt out, of functions and on objects.

takes: the reference beside this file.
gives: `ASSIGNMENT`.
must not know: anything of the grader but `grader.assignment`.
"""

from grader.assignment import HIDDEN, Assignment, Behaviour, Call, Case, Criterion, own

from . import passes

RIGHT, NONE = "right words", "what is not there"
SEEN = "shown to students"


def given(**values):
    """The same each time: of words nothing is drawn."""
    return lambda rng: values


ADD = Call("Vocabulary.add", ("words",), (own("nothing"),), leaves={"all": "text(self.words)"})
FILL = Call("Vocabulary.add", ("words",), (own("nothing"),))
MORE = Call("Vocabulary.add", ("other",), (own("nothing"),))
FEW = Call("Vocabulary.of_length", ("number",), (own("few"),), leaves={"of that length": "text(few)"})

CRITERIA = (
    Criterion(
        "split",
        (Call("split", ("text",), (own("parts"),), leaves={"words": "text(parts)"}),),
        ("words",),
        (Behaviour(RIGHT, 2),),
        (
            Case("four words", given(text="The sea  and the"), RIGHT, feedback=SEEN),
            Case("others", given(text=" One\nharbour or Two "), RIGHT, HIDDEN),
        ),
    ),
    Criterion(
        "pairs",
        (Call("pairs", ("words",), (own("found"),), leaves={"counts": "text(found)"}),),
        ("counts",),
        (Behaviour(RIGHT, 2),),
        (
            Case("four words", given(words=["a", "sea", "a", "sea"]), RIGHT, feedback=SEEN),
            Case("others", given(words=["no", "no", "no", "harbour"]), RIGHT, HIDDEN),
        ),
    ),
    Criterion(
        "first",
        (Call("first", ("words", "letter"), (own("one"),), leaves={"word": "text(one)"}),),
        ("word",),
        (Behaviour(RIGHT, 2), Behaviour(NONE, 1, needs=(RIGHT,))),
        (
            Case("a word", given(words=["sea", "and", "ship", "air"], letter="a"), RIGHT),
            Case("another", given(words=["sea", "and", "ship"], letter="s"), RIGHT, HIDDEN),
            Case("none", given(words=["sea", "and", "ship"], letter="x"), NONE, HIDDEN),
        ),
    ),
    Criterion(
        "Vocabulary.add",
        (ADD,),
        ("all",),
        (Behaviour(RIGHT, 2),),
        (
            Case("three words", given(words=["sea", "and", "sea"]), RIGHT, feedback=SEEN),
            Case("others", given(words=["ship", "or", "air"], other=["one"]), RIGHT, HIDDEN, (FILL, MORE, ADD)),
        ),
    ),
    Criterion(
        "Vocabulary.of_length",
        (FILL, FEW),
        ("of that length",),
        (Behaviour(RIGHT, 1),),
        (
            Case("two of three", given(words=["sea", "and", "sea", "ship"], number=3), RIGHT, feedback=SEEN),
            Case(
                "others",
                given(words=["ship", "or", "air", "of"], number=3, other=["sea"]),
                RIGHT,
                HIDDEN,
                (FILL, MORE, FEW, FEW),
            ),
        ),
        builds_on=("Vocabulary.add",),
    ),
)

EQUIVALENTS = {
    "first: word -> word * 2 (2)": "a word begins as it does when it is written twice",
    "first: words -> words * 2": "the first word is found before the second half begins",
    "Vocabulary.add: words -> words * 2": "a set has each word once",
}

ASSIGNMENT = Assignment("words", "Words", "words.ipynb", 5, passes, CRITERIA, equivalents=EQUIVALENTS)
