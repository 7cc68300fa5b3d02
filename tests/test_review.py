"""The review page as a server: who is let in, what is kept, and what happens when things go wrong."""

from __future__ import annotations

import csv
import http.client
import json
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from tests.command import COMMAND, NEAR, TRIAL, class_of, environment, full_key, invoke, notebook, run

ODD = '<img src=x onerror=alert(1)>"'
MARKDOWN = {"cell_type": "markdown", "metadata": {}, "source": "# half \ud800"}


class Server:
    """`grader review` at work, used as a context manager; `address` ends with a slash."""

    def __init__(self, reports: Path, *more: str) -> None:
        self.reports, self.said = reports, ""
        words = [*COMMAND, "review", str(reports), "--no-browser", "--by", "Kim", *more]
        env = environment(PYTHONUNBUFFERED="1")
        self.process = subprocess.Popen(words, cwd=reports.parent, env=env, stdout=-1, stderr=-1, text=True)
        assert self.process.stdout
        line = self.process.stdout.readline()
        found = re.search(r"http://127.0.0.1:(\d+)/(\S+)/", line)
        assert found, line + self.process.communicate(timeout=60)[1]
        self.port, self.token = int(found[1]), found[2]

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.said = "".join(self.process.communicate(timeout=60))

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
        """One request; `path` is behind the token, which `Token` replaces. Gives status, headers and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        whole = f"/{headers.pop('Token', self.token)}/{path}"
        kind = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
        body = None if form is None else urlencode(form)
        connection.request("GET" if form is None else "POST", whole, body, {**kind, **headers})
        with closing(connection):
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode("utf-8", "replace")

    def form(self, folder: str, **typed: str) -> dict[str, str]:
        """The form of a submission, with what is typed into it."""
        text = self.ask(f"submission/{folder}")[2]
        hidden = re.findall(r'name="(token|version)" value="([^"]*)"', text)
        return {**dict(hidden), **{name.replace("_", "-"): text for name, text in typed.items()}}

    def save(self, folder: str, **typed: str) -> tuple[int, dict[str, str], str]:
        """Send the form of a submission as a browser does."""
        return self.ask(f"submission/{folder}", self.form(folder, **typed), Origin=f"http://127.0.0.1:{self.port}")

    def points(self, column: str = "points") -> dict[str, str]:
        with (self.reports / "grades.csv").open(encoding="utf-8") as file:
            return {row["student_id"]: row[column] for row in csv.DictReader(file)}

    def overrides(self) -> list[tuple[object, ...]]:
        query = "SELECT student_id, criterion, points, reason, made_by FROM overrides ORDER BY place"
        with closing(sqlite3.connect(self.reports / "gradebook.sqlite")) as book:
            return book.execute(query).fetchall()

    def change(self, query: str) -> None:
        """What another program does to the gradebook meanwhile."""
        with closing(sqlite3.connect(self.reports / "gradebook.sqlite")) as book, book:
            book.execute(query)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports of a class: two that lose points, one that cannot be read, one in a notebook, one with a hostile name."""
    folder = tmp_path_factory.mktemp("course")
    book = json.loads(notebook(TRIAL))
    book["cells"].append(MARKDOWN)
    class_of(folder / "class", ada=TRIAL, bob=NEAR, eve=json.dumps(book), fay=NEAR.replace("-5", "-4"))
    class_of(folder / "class", **{ODD: TRIAL})
    (folder / "class" / "zoe").mkdir()
    done = run("grade", "class", "--key", full_key("trial"), "--out", "out", "--layout", "folders", cwd=folder)
    assert done.returncode == 1, done.stderr  # zoe
    return folder / "out"


@pytest.fixture
def server(graded: Path, tmp_path: Path) -> Iterator[Server]:
    with Server(shutil.copytree(graded, tmp_path / "out"), "--submissions", str(graded.parent / "class")) as started:
        yield started


@pytest.fixture(scope="module")
def looked_at(graded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that no test changes anything by."""
    with Server(shutil.copytree(graded, tmp_path_factory.mktemp("looked") / "out")) as started:
        yield started


# ---- who is let in ---------------------------------------------------------------------------------------------------


def test_it_is_bound_to_the_loopback_address(looked_at: Server) -> None:
    """Nobody on the network reaches it: the port is open on 127.0.0.1 and on no other address."""
    net = Path(f"/proc/{looked_at.process.pid}/net")
    lines = [line for name in ("tcp", "tcp6") for line in (net / name).read_text().splitlines()[1:]]
    listening = [line.split()[1] for line in lines if line.split()[3] == "0A"]
    assert [one for one in listening if one.endswith(f":{looked_at.port:04X}")] == [f"0100007F:{looked_at.port:04X}"]


HOSTS = ["evil.example", "evil.example:{}", "127.0.0.1.evil.example:{}", "127.0.0.1", "127.0.0.1:1", "", "[::1]:{}"]
TOKENS = ["", "x", "../", "%00", "0" * 43, "ä", "{}x", "{:.42}"]


def test_without_the_whole_address_nothing_is_shown(looked_at: Server) -> None:
    """No page, no style sheet, no hint of what is here; the token has 256 bits."""
    assert len(looked_at.token) >= 43
    for path, token in product(("", "review.css", "submission/ada", "submission/ada/page"), TOKENS):
        status, _, text = looked_at.ask(path, Token=quote(token.format(looked_at.token)))
        assert status in (403, 404)
        assert not [words for words in ("ada", "The list of submissions") if words in text]
    # A site whose name was made to point here (DNS rebinding) gets nothing; localhost is this machine.
    for host in HOSTS:
        status, _, text = looked_at.ask("", Host=host.format(looked_at.port))
        assert (status in (400, 403), "ada" in text) == (True, False), host
    assert looked_at.ask("", Host=f"localhost:{looked_at.port}")[0] == 200


FORGED = [
    ({"token": "no"}, "http://127.0.0.1:{}"),
    ({"token": ""}, "http://127.0.0.1:{}"),
    ({}, "http://evil.example"),
    ({}, "null"),
    ({}, "https://127.0.0.1:{}"),
    ({}, "http://127.0.0.1:1"),
]


def test_a_form_from_elsewhere_changes_nothing(server: Server) -> None:
    """Another site that posts from the TA's own browser is refused, even if it knew the address; ours is taken."""
    form = server.form("ada", points_0="1", reason_0="Forged.")
    for fields, origin in FORGED:
        assert server.ask("submission/ada", {**form, **fields}, Origin=origin.format(server.port))[0] == 403
    assert server.overrides() == []
    assert server.ask("submission/ada", form, Origin=f"http://127.0.0.1:{server.port}")[0] == 303
    assert server.overrides() == [("ada", "Sigmoid.forward", "1", "Forged.", "Kim")]


def test_every_answer_asks_the_browser_to_be_strict(looked_at: Server) -> None:
    """No script but ours, nothing framed but here, nothing kept; in a student's page nothing runs."""
    for path in ("", "submission/ada", "review.css", "review.js", "submission/nobody", "submission/ada/page"):
        _, headers, _ = looked_at.ask(path)
        rules = headers["Content-Security-Policy"]
        assert all(rule in rules for rule in ("default-src 'none'", "base-uri 'none'", "frame-ancestors"))
        assert ("sandbox" in rules) == ("script-src" not in rules) == path.endswith("/page")
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] in ("no-referrer", "same-origin")
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_only_submissions_of_this_class_are_served(looked_at: Server) -> None:
    """A folder's name is looked up in the gradebook and never used as a path; a student's id is text, never a tag."""
    for folder in ("nobody", "..", "..%2f..%2fetc", "%2e%2e/gradebook.sqlite", "ada/../../x"):
        for rest in ("", "/page", "/notebook"):
            status, _, text = looked_at.ask(f"submission/{folder}{rest}")
            assert status == 404
            assert "SQLite" not in text
    text = looked_at.ask("")[2]
    assert "<img src=x" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert all("<img src=x" not in looked_at.ask(f"submission/{one}")[2] for one in ("ada", "zoe"))


# ---- what is kept ----------------------------------------------------------------------------------------------------


def test_a_change_is_everywhere_when_the_page_says_so(server: Server) -> None:
    """Gradebook, student's page, sheets and class page, before the answer is sent; an edited sheet is kept aside."""
    (server.reports / "grades.csv").write_text("mine")
    assert server.save("bob", points_0="1,5", reason_0="Half for  the\nidea <b>.")[0] == 303
    assert server.points()["bob"] == "1.5"
    assert "Half for the idea &lt;b&gt;." in (server.reports / "bob" / "report.html").read_text()
    assert "Half for the idea" in (server.reports / "index.html").read_text()
    assert "bob,Sigmoid.forward,1.5,Half for the idea <b>.,Kim" in (server.reports / "overrides.csv").read_text()
    assert (server.reports / "grades.before.csv").read_text() == "mine"
    assert "grades.before.csv" in server.ask("")[2]
    assert server.save("bob", points_0="", reason_0="")[0] == 303
    assert server.points()["bob"] == "1"
    assert "Half" not in (server.reports / "bob" / "report.html").read_text()


def test_what_no_program_reads_is_marked_by_hand(server: Server) -> None:
    """The form has all functions, and a comment may be alone."""
    assert server.save("ada", reason_0="Well done.")[0] == 303
    assert server.save("zoe", points_0="1", again_0="Well done.")[0] == 303
    assert (server.points()["zoe"], server.points("status")["zoe"]) == ("1", "graded")
    assert server.points()["ada"] == "2"


MISTYPED = [
    ({"points_0": "11", "reason_0": "Why."}, 422, "from 0 to 2"),
    ({"points_0": "ten", "reason_0": "Why."}, 422, "number of points"),
    ({"points_0": "1", "reason_0": ""}, 422, "write a sentence"),
    ({"reason_0": "x" * 1001}, 422, "at most 1,000 characters, and this one 1,001: shorten it"),
    ({"reason_0": "x" * 300_000}, 413, "more than 256 kB, and nothing of it was saved"),
    ({"reason_0": "x" * 10_000_000}, 413, "Go back in the browser"),
]


def test_a_mistyped_form_is_refused_and_nothing_is_lost(server: Server) -> None:
    """The mistake is beside its field, what was typed is still there, and nothing was saved."""
    for typed, status, said in MISTYPED:
        found, _, text = server.save("bob", **typed)
        assert (found, said in text) == (status, True), said
        assert status == 413 or ("Not saved" in text and typed["reason_0"] in text)
    assert server.overrides() == []
    old = server.form("bob", points_0="1", reason_0="Second.")
    server.save("bob", points_0="1.5", reason_0="First.")
    status, _, text = server.ask("submission/bob", old, Origin=f"http://127.0.0.1:{server.port}")
    assert (status, "Second." in text, [row[3] for row in server.overrides()]) == (409, True, ["First."])


OTHER_KEY = (
    "INSERT INTO runs SELECT 99, started, started, 'rejudge', assignment, title, 'another', questions_digest,"
    " key_source, grader_version, sandbox FROM runs WHERE id = 1"
)
DAMAGED = "UPDATE submissions SET outcomes = x'0102' WHERE student_id = 'bob'"


def test_what_cannot_be_saved_is_still_typed(server: Server) -> None:
    """Saved answers that are damaged, a class that was judged with another key meanwhile: not saved."""
    for query, said in ((DAMAGED, "damaged"), (OTHER_KEY, "grader rejudge")):
        server.change(query)
        status, _, text = server.save("bob", points_0="1.5", reason_0="Typed at length.")
        assert (status, server.overrides()) == (503, [])
        assert all(words in text for words in (said, "Not saved: ", "Typed at length."))
    (server.reports / "ada" / "report.html").unlink()  # a page that is gone: a sentence, and a way back
    status, _, text = server.ask("submission/ada/page")
    assert (status, "report.html: No such file" in text, "The list of submissions" in text) == (503, True, True)
    assert "grader grade" in text


def test_the_list_goes_on_and_is_known_the_next_time(server: Server) -> None:
    """Marks of what was seen outlive the server; filters list what is left, or lost points in one function."""
    _, headers, _ = server.save("ada", then="next")
    assert headers["Location"].split("?")[0].endswith("/submission/bob")
    server.save("bob", then="next")
    assert "<b>2</b> of 6 submissions reviewed, <b>4</b> left" in server.ask("")[2]
    with Server(server.reports) as again:
        left, lossy = (again.ask(f"?show={one}")[2].split("<tbody>")[1] for one in ("left", "loss"))
        assert ["bob" in left, "fay" in left, "ada" in lossy, "bob" in lossy] == [False, True, False, True]
        again.save("ada", then="unmark")
        assert "<b>1</b> of 6 submissions reviewed" in again.ask("")[2]


def test_the_whole_notebook_is_shown(server: Server, looked_at: Server) -> None:
    """From the file, or from what the gradebook kept of it; half a letter does no harm; a way back to the verdicts."""
    for one, said in ((server, "Outputs are as they were saved"), (looked_at, "Without outputs: ")):
        status, _, text = one.ask("submission/eve/notebook")
        assert (status, said in text, 'href="page"' in text) == (200, True, True)
        assert "logaddexp" in text
    assert server.ask("submission/zoe/notebook")[0] == 503
    done = invoke("notebook", server.reports, "eve", "--submissions", server.reports)
    assert "Without outputs: " in done.stdout, done.stderr
    assert (server.reports / "eve" / "notebook.html").is_file()
    assert "eve/notebook.html" in (server.reports / "index.html").read_text()


# ---- starting and ending ---------------------------------------------------------------------------------------------


def test_ctrl_c_ends_it_well(graded: Path) -> None:
    """Exit code 0, a sentence, and the token in nothing that was printed meanwhile; a port that is taken is named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = invoke("review", graded, "--no-browser", "--port", port)
        assert (done.exit_code, f"port {port} cannot be used" in done.stderr) == (2, True)
    with Server(graded) as server:
        server.ask("")
        server.ask("", Token="wrong")
    assert (server.process.returncode, server.token in server.said) == (0, False)
    assert "every change is in the gradebook" in server.said
    assert "Traceback" not in server.said


def test_without_flask_the_way_to_get_it_is_named(graded: Path, tmp_path: Path) -> None:
    """It is an extra: a sentence, and the command that installs it."""
    (tmp_path / "flask.py").write_text("raise ModuleNotFoundError('no flask', name='flask')\n")
    done = run("review", graded, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert (done.returncode, "pip install 'grader[review]'" in done.stderr) == (2, True)
