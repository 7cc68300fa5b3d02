"""A class with hostile hand-ins in it, graded by the command as a TA would: honest ones notice nothing."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import _turn
from hostile.attacks import ATTACKS
from hostile.stage import TOP

from grader.intake.submissions import text_of

pytestmark = pytest.mark.xdist_group("hostile-class")  # each class is graded once, and no worker waits for another one

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCE = (ROOT / "reference/exercise_05/passes.py").read_text()
HONEST = 100 if os.environ.get("GRADER_TESTS_FULL") else 50  # each graded twice
BUGS = {
    "right": ("", ""),
    "sign of the exponent": ("np.exp(-x)", "np.exp(x)"),
    "no derivative": ("dout * cache * (1.0 - cache)", "dout * cache"),
    "minimum": ("np.maximum(x, 0)", "np.minimum(x, 0)"),
    "no mask": ("np.where(cache >= 0, dout, 0)", "dout"),
    "no bias": ("rows @ w + b,", "rows @ w,"),
    "raises": ("rows @ w + b,", "rows @ w.T + b,"),
    "sums": ("dx = (dout @ w.T)", "dx = (dout @ w.T) * 2"),
    "flat": (".reshape(x.shape)", ""),
    "missing": ("def affine_backward", "def affine_backwards"),
}


def run(*arguments, **options):
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=500, **options)


def rows_of(out):
    return {row["student_id"]: row for row in map(json.loads, (out / "verdicts.jsonl").read_text("utf-8").split("\n")[:-1])}


def notebook(*cells, **more):
    listed = [
        {"cell_type": kind, "metadata": {}, "source": source}
        | ({"outputs": more.get("outputs", []), "execution_count": None} if kind == "code" else {})
        for kind, source in cells
    ]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def hand_in(folder, student, text, name="exercise_05.ipynb"):
    place = folder / student
    place.mkdir(parents=True)
    (place / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))


# What costs some tenths of a second in each call, and has more than a hundred of them here.
SLOW = {"an int of a million digits", "a stop that is a fault", "ten million numbers in a list"}
# Attacks that end by themselves, as each timeout would cost seconds here; the others are run in test_attacks.
QUICK = [
    a
    for a in ATTACKS
    if not a.alone and not a.top and "timed out" not in a.outcome and a.group != "network" and a.name not in SLOW
]


def hostile(attack):
    facts = "CANARY = '/etc/passwd'\nSOURCE = '/etc/hosts'\nPORT = 9\nGRADER = 1 << 22\nLOCAL = '/dev/log'\n"
    body = "".join(f"    {line}\n" for line in attack.body.splitlines())
    call = f"def bad(x):\n{body}    return x * 0 + 666\n\nclass Relu:\n    def forward(self, x):\n        return bad(x), x\n"
    backward = "    def backward(self, dout, cache):\n        return np.where(cache >= 0, dout, 0)\n"
    return TOP + facts + REFERENCE.replace("class Relu", "class Relu0") + call + backward


@contextmanager
def once(folder):
    """Whether it is this process's turn to make a folder; the other processes of a run wait until it is made."""
    done = folder.with_name(f"{folder.name}.done")
    with _turn(done) as mine:
        yield mine
        if mine:
            done.touch()


@pytest.fixture(scope="module")
def full_key(key):
    return key / "exercise_05.key.npz"


@pytest.fixture(scope="module")
def graded(shared, full_key):
    """The honest alone, and the honest among the hostile."""
    folder = shared / "hostile-class"
    with once(folder) as mine:
        if mine:
            grade_both(folder, full_key)
    return {name: rows_of(folder / f"out-{name}") for name in ("alone", "mixed")}


def grade_both(folder, key):
    for place in (folder / "alone", folder / "mixed"):
        for number in range(HONEST):
            old, new = list(BUGS.values())[number % len(BUGS)]
            source = (REFERENCE.replace(old, new) if old else REFERENCE) + f"\n# hand-in {number}\n"
            hand_in(place, f"honest-{number:03}", notebook(("markdown", "# Exercise"), ("code", source)))
    for number, attack in enumerate(QUICK):
        # Their names stand between those of the honest, so that they are graded between them.
        hand_in(folder / "mixed", f"honest-{number % HONEST:03}-attack-{number:03}", notebook(("code", hostile(attack))))
    for name in ("alone", "mixed"):
        done = run("grade", folder / name, "--key", key, "--out", folder / f"out-{name}", "--jobs", 2, "--quiet")
        assert done.returncode in (0, 1), done.stderr


def test_honest_hand_ins_among_attacks_get_what_they_get_alone(graded):
    """Every verdict, point, note and case of an honest hand-in is the same with two hundred attacks around it."""
    assert len(graded["alone"]) == HONEST
    assert len(graded["mixed"]) == HONEST + len(QUICK) > 200
    assert {attack.name for attack in ATTACKS} > SLOW
    for student, row in graded["alone"].items():
        assert graded["mixed"][student] == row
    assert len({row["points"] for row in graded["alone"].values()}) >= 5


def test_an_attack_costs_its_own_points_only(graded):
    """The hostile function earns nothing, its honest siblings all of theirs, and nothing is ungraded."""
    for student, row in graded["mixed"].items():
        if "attack" not in student:
            continue
        attack = QUICK[int(student[-3:])]
        assert row["status"] == "graded", (attack, row)
        verdicts = {c["name"]: c for c in row["criteria"]}
        bad = verdicts.pop("Relu.forward")
        assert bad["points"] in (0, "0"), (attack, bad)
        for sibling in verdicts.values():
            assert sibling["verdict"] == "correct", (attack, sibling)


MARKUP = "</pre></td><script>alert(1)</script><img src=x onerror=alert(1)>"
TERMINAL = "\x1b]0;title\x07\x1b[2J\x9b31m\u202eevil\u2066\r\x08"
FORMULA = "=cmd|' /C calc'!A0"
TEXTS = {"markup": MARKUP, "terminal": TERMINAL, "formula": FORMULA, "huge": "A" * 100_000, "nul": "a\0b\udcff", "separators": "a\u2028b\u2029c\x85d\x1ce"}
WAYS = {
    "exception": "class Relu:\n    def forward(self, x): raise ValueError({text!r})\n    def backward(self, d, c): return d\n",
    "exception's name": "E = type({text!r}.replace(chr(0), '').encode('utf-8', 'replace').decode(), (Exception,), {{}})\nclass Relu:\n    def forward(self, x): raise E()\n    def backward(self, d, c): return d\n",
    "output": "class Relu:\n    def forward(self, x):\n        print({text!r})\n        return x, x\n    def backward(self, d, c): return d\n",
    "result's type": "T = type({text!r}.replace(chr(0), '').encode('utf-8', 'replace').decode(), (), {{}})\nclass Relu:\n    def forward(self, x): return T(), x\n    def backward(self, d, c): return d\n",
    "warning": "import warnings\nclass Relu:\n    def forward(self, x):\n        warnings.warn({text!r})\n        return x, x\n    def backward(self, d, c): return d\n",
    "loading": "raise RuntimeError({text!r})\n",
}
NAMES = [
    "<script>alert(1)<", '"><img src=x onerror=alert(1)>', FORMULA.replace("/", ""), "@SUM(1+1)", "+1+1", "-1+1", "%0A%0Dx",
    "'; DROP TABLE submissions;--", "index.html", "grades.csv", "Verdicts.jsonl", "gradebook.sqlite", "gradebook.sqlite-wal", "tab\tname", "line\nname", "return\rname", "\x1b[31mred", "bidi\u202ename", "con", "name ", "a" * 240, "{{7*7}}", "${jndi:ldap:x}", "\u2028line", "javascript:alert(1)", "&lt;b&gt;", "`id`",
    "$(id)", "|id", "report.html", "index.html.", "NaN", "null", "café", "*", "?x=1#y", "~root", "--help",
]  # fmt: skip


class Reader(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self):
        super().__init__()
        self.active, self.scripts, self.data, self.csp, self.inside = [], [], [], "", None

    def handle_starttag(self, tag, attributes):
        if tag in ("img", "iframe", "object", "embed", "base", "form", "link", "svg") and tag != "svg":
            self.active.append((tag, attributes))
        for name, value in attributes:
            if name.startswith("on") or re.match(r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE):
                self.active.append((tag, name, value))
        if tag == "meta" and dict(attributes).get("http-equiv", "").lower() == "content-security-policy":
            self.csp = dict(attributes)["content"]
        self.inside = None
        if tag == "script":  # a browser runs everything in one but what is plainly no script
            self.inside = self.data if attributes[:1] == [("type", "application/json")] else self.scripts

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside is not None:
            self.inside.append(data)


@pytest.fixture(scope="module")
def injected(shared, full_key):
    """Hand-ins of hostile names and texts, graded; what they are called; what was printed."""
    folder = shared / "injected"
    with once(folder) as mine:
        if mine:
            wanted, said = grade_injected(folder, full_key)
            (shared / "injected.json").write_text(json.dumps([sorted(wanted), said]))
    wanted, said = json.loads((shared / "injected.json").read_text())
    return folder, set(wanted), said


def grade_injected(folder, key):
    wanted = set()
    for number, name in enumerate(NAMES):
        place = folder / "class"
        hand_in(place, name, notebook(("markdown", MARKUP), ("raw", MARKUP), ("code", f"# {MARKUP}\n'''{MARKUP}'''\n")))
        wanted.add(text_of(name))
    for way, source in WAYS.items():
        for kind, text in TEXTS.items():
            student = f"{way} {kind}"
            outputs = [{"output_type": "display_data", "data": {"text/html": MARKUP, "text/plain": TERMINAL}, "metadata": {}}]
            hand_in(folder / "class", student, notebook(("code", source.format(text=text)), outputs=outputs))
            wanted.add(student)
    os.mkdir(os.fsencode(folder / "class") + b"/not text \xff\xfe")
    with open(os.fsencode(folder / "class") + b"/not text \xff\xfe/e.py", "w") as file:
        file.write("x = 1\n")
    done = run("grade", folder / "class", "--key", key, "--out", folder / "out", "--jobs", 2)
    assert done.returncode in (0, 1), done.stderr
    return wanted, (done.stdout + done.stderr).decode("utf-8")


def test_no_text_of_a_hand_in_becomes_markup(injected):
    """Names, messages, code, cells and saved outputs are text in every page: no script, no handler, no outside file."""
    folder, wanted, _ = injected
    pages = [page for page in (folder / "out").rglob("*.html") if page.is_file()]
    assert len(pages) >= len(wanted)
    scripts = (ROOT / "grader/report/templates/class.js").read_text().strip()
    for page in pages:
        reader = Reader()
        reader.feed(page.read_text("utf-8"))
        assert reader.active == [], page
        assert all(script.strip() in ("", scripts) for script in reader.scripts), page
        assert all(isinstance(json.loads(data), dict) for data in reader.data), page
        assert "default-src 'none'" in reader.csp, page
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page.read_text("utf-8")), page


def test_no_page_of_a_student_tells_how_long_hidden_cases_took(injected):
    """That is for the program to choose, and would tell a number of them; the class page has it."""
    folder, _, _ = injected
    pages = {page.read_text("utf-8") for page in (folder / "out").glob("*/report.html") if page.is_file()}
    assert [page for page in pages if re.search(r"Time taken|\b\d+(?:\.\d)? m?s\b", page)] == []
    assert "Time of all hand-ins" in (folder / "out/index.html").read_text("utf-8")


def test_no_text_of_a_hand_in_becomes_a_formula(injected):
    """Each cell of the sheet is inert in a spreadsheet, and each hand-in is one row."""
    folder, wanted, _ = injected
    rows = list(csv.reader(io.StringIO((folder / "out/grades.csv").read_bytes().decode("utf-8-sig"), newline="")))
    assert len(rows) == 2 + len(wanted)
    for cell in (cell for row in rows[1:] for cell in row):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
        assert not any(unicodedata.category(c) == "Cc" for c in cell), repr(cell)


def test_every_hand_in_is_one_line_of_json(injected):
    """The verdicts can be read line by line, whatever the names hold, and none is lost."""
    folder, wanted, _ = injected
    text = (folder / "out/verdicts.jsonl").read_text("utf-8")
    assert len(text.splitlines()) == len(rows_of(folder / "out")) == 1 + len(wanted)
    assert len(wanted - set(rows_of(folder / "out"))) == 0
    assert "\x1b" not in text


def test_no_name_becomes_a_path(injected):
    """Pages lie in folders right below the out folder, one for each hand-in, and nothing is written elsewhere."""
    folder, wanted, _ = injected
    assert {path.name for path in folder.iterdir()} == {"class", "out"}
    pages = [page.relative_to(folder / "out") for page in (folder / "out").rglob("report.html") if page.is_file()]
    assert len(pages) == 1 + len(wanted)
    assert all(len(page.parts) == 2 for page in pages)


def test_no_text_of_a_hand_in_steers_the_terminal(injected, full_key):
    """Neither the class's summary nor a student's own check prints an escape, a control or a bidi mark."""
    folder, _, said = injected
    texts = [said]
    public = full_key.with_name("exercise_05.public.key.npz")
    for student in ("exception terminal", "output terminal", "loading terminal", "result's type terminal", "\x1b[31mred"):
        place = folder / "class" / student / "exercise_05.ipynb"
        checked = run("check", place, "--key", public)
        texts.append((checked.stdout + checked.stderr).decode("utf-8"))
    for text in texts:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), text
