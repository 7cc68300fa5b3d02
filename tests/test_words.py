"""Results that are words, and dicts, lists and sets of them: spelt out as numbers, compared, and told as words.

Each hand-in is right in another style, or has one slip. A right one loses nothing by whether it gives a tuple or a
list, a Counter or a dict; of a wrong one the page says what came, and what is right.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_lent import NP
from test_odd_hand_ins import folder_of, write

from grader.answer_key import AnswerKey, save_key
from grader.assignment import Tolerance
from grader.compile_key.compiling import compile_key
from grader.errors import AuthorError
from grader.feedback.take_home import take_home
from grader.feedback.text_wording import after_text, say_text
from grader.judge.compare import Answer, problem_with
from grader.sandbox import Sandbox
from grader.selftest import prove
from grader.wire import Step, Value, follow, read_spelt
from grader.wire.places import how_many
from grader.wire.spelt import Unspelt, spell
from tests.conftest import Graded, changed, run_grader

WORDS = Path(__file__).parent / "assignments" / "words"
RIGHT = (WORDS / "passes.py").read_text(encoding="utf-8").partition('"""\n\n')[2]
SPLIT = "return text.lower().split()"
STYLES = (
    "from collections import Counter\n"
    "def split(text):\n    yield from text.lower().split()\n"
    "def pairs(words):\n    return Counter(zip(words[:-1], words[1:]))\n"
    "def first(words, letter):\n    return next((np.str_(w) for w in words if w.startswith(letter)), None)\n"
    "class Vocabulary:\n    def __init__(self):\n        self.words = frozenset()\n"
    "    def add(self, words):\n        self.words = self.words.union(words)\n"
    "    def of_length(self, number):\n        return {w for w in self.words if number == len(w)}\n"
)
HAND_INS: dict[str, tuple[str, str, str, int]] = {
    # what stands there, of which function what is said, and the points in all
    "as it is meant": (RIGHT, "split", "Right on every check.", 10),
    "in another style": (STYLES, "pairs", "Right on every check.", 10),
    "capitals are kept": (
        changed(RIGHT, {SPLIT: "return text.split()"}),
        "split",
        "`words` is ['The', 'sea', 'and', 'the'], where ['the', 'sea', 'and', 'the'] is right.",
        8,
    ),
    "one text": (
        changed(RIGHT, {SPLIT: "return ' '.join(text.lower().split())"}),
        "split",
        "`words` is 'the sea and the', where ['the', 'sea', 'and', 'the'] is right.",
        8,
    ),
    "no return line": (
        changed(RIGHT, {SPLIT: "words = text.lower().split()"}),
        "split",
        "`words` is None, where ['the', 'sea', 'and', 'the'] is right.",
        8,
    ),
    "keys of another kind": (
        changed(RIGHT, {"pairwise(words)": "map(' '.join, zip(words, words[1:]))"}),
        "pairs",
        "`counts` is {'a sea': 2, 'sea a': 1}, where {('a', 'sea'): 2, ('sea', 'a'): 1} is right.",
        8,
    ),
    "shares": (
        changed(RIGHT, {"    return found\n": "    return {pair: n / 7 for pair, n in found.items()}\n"}),
        "pairs",
        "`counts` cannot be told: something in `found` is neither a word nor a whole number, or it is far too long.",
        8,
    ),
    "an empty text for none": (
        changed(RIGHT, {"    return None\n": "    return ''\n"}),
        "first",
        "Every public case is right. On hidden inputs ('none'): `word` is not what is right.",
        9,
    ),
    "a list in the place of a set": (
        changed(RIGHT, {"self.words |= set(words)": "self.words = [*self.words, *words]"}),
        "Vocabulary.add",
        "`all` is ['sea', 'and', 'sea'], where {'and', 'sea'} is right.",
        8,
    ),
}


@pytest.fixture(scope="module")
def graded(grade_folder: Callable[..., Graded], tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """All of them, graded as one class."""
    hand_ins = tmp_path_factory.mktemp("words")
    for name, (source, _, _, _) in HAND_INS.items():
        write(hand_ins / folder_of(name), {"words.ipynb": [NP, source]})
    return grade_folder(hand_ins, WORDS, "words")


@pytest.fixture(scope="module")
def key(sandbox: Sandbox) -> AnswerKey:
    return compile_key(WORDS, sandbox)


@pytest.mark.parametrize("name", HAND_INS)
def test_words_are_compared_and_told(graded: Graded, name: str) -> None:
    """What came is told beside what is right, of public cases; of hidden ones no word of either."""
    _, function, said, points = HAND_INS[name]
    told = graded[folder_of(name)]
    [criterion] = [one for one in told["criteria"] if one["name"] == function]
    assert criterion["headline"].startswith(said)
    assert told["points"] == points
    assert "harbour" not in told["page"]


def test_words_of_hidden_cases_are_shown_to_who_answers_an_appeal(graded: Graded, shared: Path) -> None:
    """As words, too, and not as the numbers of their letters."""
    student = folder_of("an empty text for none")
    done = run_grader("explain", shared / "graded-words", student, "--criterion", "first")
    assert f"{student}/" in done.stdout, (done.stderr, graded.keys())
    assert "word came back: ''\n      word is right:  None\n" in done.stdout


def test_wrong_words_are_caught(key: AnswerKey, sandbox: Sandbox) -> None:
    """Mutants of the reference, and functions that give other words in a second call, or where they remember one."""
    proof = prove(WORDS, key, sandbox)
    assert [(row.kind, row.survivors) for row in proof.rows if row.survivors] == []
    assert not proof.idle_excuses
    tried = {row.kind: row.tried for row in proof.rows}
    assert tried["mutants of the reference"] > 100
    assert tried["blind spots"] > 5


def test_the_lines_to_take_home_have_the_words(key: AnswerKey) -> None:
    """They print what the function gave, beside what is right in words."""
    lines = "\n".join(take_home(key, key.rubric.criteria[1], ["four words"]))
    assert "counts = found" in lines
    assert "print(counts)  # right: counts: {('a', 'sea'): 2, ('sea', 'a'): 1}" in lines


def test_check_tells_words_in_a_terminal(key: AnswerKey, tmp_path: Path) -> None:
    """A student reads there what the page says."""
    save_key(key, tmp_path / "words.key.npz")
    write(tmp_path, {"words.ipynb": [NP, HAND_INS["capitals are kept"][0]]})
    done = run_grader("check", tmp_path / "words.ipynb", "--key", tmp_path / "words.key.npz")
    assert done.returncode == 1
    assert "['The', 'sea', 'and', 'the']" in " ".join(done.stdout.split())


SPELT: dict[str, tuple[object, str]] = {
    "a word": ("sea", "'sea'"),
    "nothing": (None, "None"),
    "a whole number": (np.float64(2.0), "2"),
    "true, as it equals one": (True, "1"),
    "a tuple as a list": (("a", ["b", 1]), "['a', ['b', 1]]"),
    "an array": (np.array([[1, 2]]), "[[1, 2]]"),
    "a row": (deque(["a"]), "['a']"),
    "a dict by its keys": (OrderedDict(b=1, a=2), "{'a': 2, 'b': 1}"),
    "a Counter": (Counter("aab"), "{'a': 2, 'b': 1}"),
    "tuples that are keys": ({("a", "b"): 1, ("a",): 2}, "{('a', 'b'): 1, ('a',): 2}"),
    "a set": ({"b", "a"}, "{'a', 'b'}"),
    "an empty set": (frozenset(), "set()"),
    "other letters": ("naïve ☃", "'naïve ☃'"),
}


@pytest.mark.parametrize(("value", "text"), SPELT.values(), ids=SPELT)
def test_what_is_equal_is_spelt_alike(value: object, text: str) -> None:
    """It crosses the wall as numbers, and is read again as the same text."""
    array = spell(value)
    assert isinstance(array, np.ndarray)
    assert read_spelt(array) == text


CYCLE: list[object] = []
CYCLE.append(CYCLE)
MANY = [["a" * 60_000] * 60_000] * 60_000


@pytest.mark.parametrize(
    "value",
    [0.5, ["a", 0.5], {"a": object()}, float("nan"), CYCLE, ["a" * 70_000], b"a", MANY, {"a": MANY}],
)
def test_what_is_more_than_words_and_whole_numbers_is_not_spelt(value: object) -> None:
    """Nor what has no end, or is far too long."""
    assert isinstance(spell(value), Unspelt)


def test_bytes_that_are_no_text_are_read_all_the_same() -> None:
    """A program may send whatever it likes in the place of a text."""
    assert read_spelt(np.array([39, 255, 10, 27, 39], np.uint8)) == "'\ufffd??'"
    assert read_spelt(np.array([0.5])) == ""


def test_a_way_to_words_ends_at_what_is_there() -> None:
    """None is a result where it is given itself; in a place it is nothing. An iterator is read to its end."""
    assert read_spelt(follow(None, ".text()")) == "None"
    assert follow({}, "['a'].text()") is None
    assert read_spelt(follow({"a": ("b",)}, "['a'].text()")) == "['b']"
    assert how_many(".text()") == -1
    assert Step("f", (), ("=p",), leaves=(("w", "=p", ".text()"),)).gone_through == {"=p": -1}


TRY = {
    "small letters": ("['The']", "['the']", "capital"),
    "blanks": ("'a b '", "'a b'", "blanks"),
    "another kind": ("'a b'", "['a', 'b']", "a list or tuple is due"),
    "another order": ("['b', 'a']", "['a', 'b']", "in another order"),
    "nothing": ("None", "['a']", "return line"),
    "anything else": ("['a']", "['a', 'b']", "up to the first part that differs"),
}


@pytest.mark.parametrize(("got", "want", "said"), TRY.values(), ids=TRY)
def test_what_to_try_is_about_how_they_differ(got: str, want: str, said: str) -> None:
    """Only of a public case; of a hidden one nothing is known."""
    assert said in after_text("w", {"got": got, "want": want})
    assert "of your own" in after_text("w", {})


def test_long_texts_are_shown_from_where_they_differ() -> None:
    """A hundred words alike tell nothing."""
    alike = "'a', " * 100
    said = say_text("`w`", {"got": f"[{alike}'b']", "want": f"[{alike}'c']"})
    assert len(said) < 300
    assert "'b']" in said
    assert "'c']" in said
    assert say_text("`w`", {}) == "`w` is not what is right."


PASSES = (
    RIGHT,
    RIGHT,
    RIGHT.replace("+ 1", "+ 0.5"),
    RIGHT.replace("        if word[0]", "        if word in 's':\n            return words\n        if word[0]"),
)


def test_an_author_is_told_how_words_are_graded(tmp_path: Path, sandbox: Sandbox) -> None:
    """Where a list of words is named as a result itself; a number with a fraction stands in it; it is an input."""
    text = (WORDS / "assignment.py").read_text(encoding="utf-8")
    for n, (old, new, said) in enumerate(
        (
            ('(own("parts"),), leaves={"words": "text(parts)"}', '("words",)', 'leaves={"words": "text(words)"}'),
            ('(own("found"),), leaves={"counts": "text(found)"}', '("counts",)', 'leaves={"words": "text(counts)"}'),
            ('"text(found)"', '"text(found)"', "grade numbers with a fraction by themselves"),
            (
                'words=["sea", "and", "ship"], letter="s"',
                'words="sea", letter="s"',
                "the answer 'word' equals the input",
            ),
        )
    ):
        folder = tmp_path / str(n) / "words"
        folder.mkdir(parents=True)
        (folder / "words.ipynb").write_bytes((WORDS / "words.ipynb").read_bytes())
        (folder / "__init__.py").write_text("")
        (folder / "assignment.py").write_text(text.replace(old, new))
        (folder / "passes.py").write_text(PASSES[n])
        with pytest.raises(AuthorError) as error:
            compile_key(folder, sandbox)
        assert said in f"{error.value} {error.value.hint}"


def test_words_are_exact_whatever_the_tolerance() -> None:
    """A letter is not near the next one."""
    answer = Answer(*[np.array([39, 97, 39], np.uint8)] * 2, is_text=True)
    wide = Tolerance(relative=0.1)
    near = Value("array", "ndarray", np.array([39, 98, 39], np.uint8))
    assert problem_with("w", near, answer, wide, loose=True) is not None
    assert problem_with("w", replace(near, array=answer.low), answer, wide, loose=True) is None
