"""The review page as a server: who is let in, what is kept, and what happens when things go wrong.

takes: a small graded class, served by `grader review`; raw requests.
gives: one promise a test, said in its docstring.
must not know: anything inside the grader. The page in a browser is `browser/test_review.py`.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urljoin

import pytest
from conftest import CLASS, ROOT, run_grader
from review_server import ReviewServer, grade_few


@pytest.fixture(scope="module")
def graded(key: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grade_few(tmp_path_factory.mktemp("few"), key)


@pytest.fixture
def reports(graded: Path, tmp_path: Path) -> Path:
    return shutil.copytree(graded, tmp_path / "out")


@pytest.fixture
def server(reports: Path) -> Iterator[ReviewServer]:
    with ReviewServer(reports) as started:
        yield started


@pytest.fixture(scope="module")
def looked_at(graded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReviewServer]:
    """A server that no test changes anything by."""
    with ReviewServer(shutil.copytree(graded, tmp_path_factory.mktemp("looked") / "out")) as started:
        yield started


def points_of(reports: Path, criterion: str = "points") -> dict[str, str]:
    with (reports / "grades.csv").open(encoding="utf-8") as file:
        return {row["student_id"]: row[criterion] for row in csv.DictReader(file)}


def overrides_in(reports: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(reports / "gradebook.sqlite")) as book:
        query = "SELECT student_id, criterion, points, reason, made_by FROM overrides ORDER BY place"
        return book.execute(query).fetchall()


def test_a_folder_without_reports_is_left_as_it_is(tmp_path: Path, key: Path) -> None:
    """The hand-ins, say, given by mistake: it is said that no gradebook is there, and none is made."""
    done = run_grader("review", tmp_path, "--key", key / "exercise_05.key.npz")
    assert done.returncode == 2
    assert "there is no gradebook in" in done.stderr
    assert list(tmp_path.iterdir()) == []


# ---- who is let in -------------------------------------------------------------------------------------------------


def test_it_is_bound_to_the_loopback_address(looked_at: ReviewServer) -> None:
    """Nobody on the network reaches it: the port is open on 127.0.0.1 and on no other address."""
    lines = Path(f"/proc/{looked_at.process.pid}/net/tcp").read_text().splitlines()[1:]
    lines += Path(f"/proc/{looked_at.process.pid}/net/tcp6").read_text().splitlines()[1:]
    local = [line.split()[1] for line in lines if line.split()[3] == "0A"]  # listening
    assert [address for address in local if address.endswith(f":{looked_at.port:04X}")] == [
        f"0100007F:{looked_at.port:04X}"
    ]


TOKENS = ["", "x", "../", "%00", "0" * 43, "ä"]


@pytest.mark.parametrize("token", TOKENS)
def test_without_the_token_nothing_is_told(looked_at: ReviewServer, token: str) -> None:
    """No page, no style sheet, no hint of what is here; and the same for a token with a letter more or less."""
    from urllib.parse import quote

    for path in ("", "review.css", "hand-in/student-01", "hand-in/student-01/page"):
        for wrong in (quote(token), looked_at.token[:-1], looked_at.token + "x", looked_at.token.swapcase()):
            status, _, text = looked_at.ask(path, token=wrong)
            assert status in (403, 404)
            assert "student" not in text


def test_the_token_is_new_and_long_each_time(looked_at: ReviewServer, reports: Path) -> None:
    """256 bits, drawn anew for each review."""
    with ReviewServer(reports) as other:
        assert other.token != looked_at.token
        assert min(len(other.token), len(looked_at.token)) >= 43


HOSTS = [
    "evil.example",
    "evil.example:{port}",
    "127.0.0.1.evil.example:{port}",
    "127.0.0.1",
    "127.0.0.1:1",
    "",
    "[::1]:{port}",
]


@pytest.mark.parametrize("host", HOSTS)
def test_another_name_for_this_machine_is_refused(looked_at: ReviewServer, host: str) -> None:
    """A site whose name was made to point here (DNS rebinding) gets nothing, token or not."""
    status, _, text = looked_at.ask("", Host=host.format(port=looked_at.port))
    assert status in (400, 403)
    assert "student" not in text


def test_localhost_is_the_same_machine(looked_at: ReviewServer) -> None:
    """Who types localhost is let in."""
    assert looked_at.ask("", Host=f"localhost:{looked_at.port}")[0] == 200


FORGED = [
    ({"token": "no"}, {}),
    ({"token": ""}, {}),
    ({}, {"Origin": "http://evil.example"}),
    ({}, {"Origin": "null"}),
    ({}, {"Origin": "https://127.0.0.1:{port}"}),
    ({}, {"Origin": "http://127.0.0.1:1"}),
]


@pytest.mark.parametrize(("fields", "headers"), FORGED)
def test_a_form_from_elsewhere_changes_nothing(
    server: ReviewServer, reports: Path, fields: dict[str, str], headers: dict[str, str]
) -> None:
    """Another site that posts from the TA's own browser is refused, even if it knew the address."""
    form = {**server.fields("student-01"), "points-0": "1", "reason-0": "Forged.", **fields}
    told = {"Origin": f"http://127.0.0.1:{server.port}", **headers}
    told = {name: text.format(port=server.port) for name, text in told.items()}
    status, _, _ = server.ask("hand-in/student-01", "POST", form, **told)
    assert status == 403
    assert overrides_in(reports) == []


def test_a_form_of_ours_is_taken(server: ReviewServer, reports: Path) -> None:
    """The same form, sent from here, changes points: the refusals above are not by accident."""
    assert server.save("student-01", points_0="1", reason_0="Ours.")[0] == 303
    assert overrides_in(reports) == [("student-01", "Sigmoid.forward", "1", "Ours.", "Kim")]


def test_every_answer_tells_the_browser_to_be_strict(looked_at: ReviewServer) -> None:
    """No script but ours, nothing framed but here, nothing kept, the address told to nobody else; a student's page
    stands in an origin of its own where nothing runs."""
    for path in ("", "hand-in/student-01", "review.css", "hand-in/nobody", "hand-in/student-01/page"):
        _, headers, _ = looked_at.ask(path)
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "unsafe-eval" not in policy
        assert ("sandbox" in policy) == path.endswith("/page")
        assert ("script-src 'self'" in policy) != path.endswith("/page")
        assert "frame-ancestors" in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] in ("no-referrer", "same-origin")
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("folder", ["nobody", "..", "..%2f..%2fetc", "%2e%2e/gradebook.sqlite", "student-01/../../x"])
def test_only_hand_ins_of_this_class_are_served(looked_at: ReviewServer, folder: str) -> None:
    """A folder's name is looked up in the gradebook and never used as a path."""
    for rest in ("", "/page", "/notebook"):
        status, _, text = looked_at.ask(f"hand-in/{folder}{rest}")
        assert status == 404
        assert "SQLite" not in text


@pytest.mark.parametrize("size", [300_000, 10_000_000])
def test_a_form_that_is_too_large_is_refused_in_words(server: ReviewServer, reports: Path, size: int) -> None:
    """Nothing fills the memory or the gradebook; a page says what was not saved, and where what was typed still is."""
    form = {**server.fields("student-01"), "reason-0": "x" * size}
    status, headers, text = server.ask("hand-in/student-01", "POST", form, Origin=f"http://127.0.0.1:{server.port}")
    assert status == 413
    assert headers["Content-Type"].startswith("text/html")
    assert "more than 256 kB, and nothing of it was saved" in text
    assert "<b>Next:</b> Go back in the browser" in text
    assert overrides_in(reports) == []


def test_a_comment_is_not_cut_in_silence(server: ReviewServer, reports: Path) -> None:
    """One that is longer than a page takes is told beside its field, with all that was typed; nothing is saved."""
    status, _, text = server.save("student-01", reason_0="x" * 1001)
    assert (status, overrides_in(reports)) == (422, [])
    assert "at most 1,000 characters, and this one 1,001: shorten it" in text
    assert "x" * 1001 in text
    assert server.save("student-01", reason_0="x" * 1000)[0] == 303


def test_what_cannot_be_shown_is_a_page_with_a_sentence(server: ReviewServer, reports: Path) -> None:
    """An address that is none, a page that was deleted: said in words, with a way back, and never to who is not in."""
    (reports / "student-01" / "report.html").unlink()
    for path, status, said in (
        ("hand-in/nobody", 404, "There is no hand-in of that name"),
        ("hand-in/student-01/page", 503, "report.html: No such file"),
    ):
        found, _, text = server.ask(path)
        assert (found, said in text, "The list of hand-ins" in text) == (status, True, True)
        assert "The list of hand-ins" not in server.ask(path, token="x")[2]


def test_hostile_names_are_text(looked_at: ReviewServer) -> None:
    """A student's id is shown as it is, and never as a tag."""
    for path in ("", *[f"hand-in/{name}" for name in ("student-01",)]):
        text = looked_at.ask(path)[2]
        assert "<img src=x" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in looked_at.ask("")[2]


# ---- what is kept --------------------------------------------------------------------------------------------------


def test_a_change_is_everywhere_when_the_page_says_so(server: ReviewServer, reports: Path) -> None:
    """Gradebook, student's page, both sheets, class page and the kept sheet, before the answer is sent."""
    assert server.save("student-12", points_3="7,5", reason_3="Half for  the\nidea <b>.")[0] == 303
    assert points_of(reports)["student-12"] == "32.5"
    [line] = [json.loads(t) for t in (reports / "verdicts.jsonl").read_text().splitlines() if '"student-12"' in t]
    assert line["points"] == 32.5
    assert "Half for the idea &lt;b&gt;." in (reports / "student-12" / "report.html").read_text()
    assert "Half for the idea" in (reports / "index.html").read_text()
    assert "student-12,Relu.backward,7.5,Half for the idea <b>.,Kim" in (reports / "overrides.csv").read_text()


def test_a_sheet_that_somebody_changed_is_told_where_it_is_kept(reports: Path) -> None:
    """A save writes `grades.csv` anew: what somebody wrote into it is kept, and list, form and terminal say so."""
    with ReviewServer(reports) as server:
        assert "kept beside it" not in server.ask("")[2]
        with (reports / "grades.csv").open("a", encoding="utf-8") as sheet:
            sheet.write("my notes")
        assert server.save("student-12", points_3="7", reason_3="Half.", then="next")[0] == 303
        assert (reports / "grades.before.csv").read_text().endswith("my notes")
        for page in ("", "hand-in/student-14"):
            assert "kept beside it as grades.before.csv. Points that are to stay" in server.ask(page)[2]
        assert server.stop() == 0
        assert "kept beside it as grades.before.csv\n  next: points that are to stay" in server.said


def test_a_change_survives_grading_again_and_is_flagged(key: Path, tmp_path: Path) -> None:
    """The TA's points stay; where the machine's verdict is another one since, list, form and terminal say so, until
    somebody has looked again."""
    reports = grade_few(tmp_path, key)
    with ReviewServer(reports) as server:
        server.save("student-12", points_3="7.5", reason_3="Half.")
    hand_in = tmp_path / "exercise_05"
    shutil.copytree(hand_in / "student-01", hand_in / "student-12", dirs_exist_ok=True)
    again = ("grade", hand_in, "--key", key / "exercise_05.key.npz", "--out", reports, "--quiet")
    assert "student-12, Relu.backward: was not attempted, 0; is correct, 15 (TA: 7.5)" in run_grader(*again).stdout
    assert points_of(reports, "Relu.backward")["student-12"] == "7.5"
    with ReviewServer(reports) as server:
        assert "Changed since: look again (1)" in server.ask("")[2]
        assert "student-12" in server.ask("?show=changed")[2]
        assert "The machine says something else since." in server.ask("hand-in/student-12")[2]
        server.save("student-12", points_3="7.5", reason_3="Half.", keep_3="on")
        assert "Changed since: look again (0)" in server.ask("")[2]
    assert "something else since" not in run_grader(*again).stdout
    assert points_of(reports, "Relu.backward")["student-12"] == "7.5"


def test_points_are_given_back(server: ReviewServer, reports: Path) -> None:
    """Both fields emptied, the machine's points count again."""
    server.save("student-12", points_3="7.5", reason_3="Half.")
    server.save("student-12", points_3="", reason_3="")
    assert points_of(reports)["student-12"] == "25"
    assert "Half." not in (reports / "student-12" / "report.html").read_text()


def test_a_file_that_no_program_reads_is_marked_by_hand(server: ReviewServer, reports: Path) -> None:
    """The form has all functions; what is left open stays not graded, and is no zero."""
    assert server.save("student-33", points_0="10", reason_0="On paper.")[0] == 303
    assert points_of(reports)["student-33"] == "10"
    assert points_of(reports, "status")["student-33"] == "partly graded"
    assert points_of(reports, "Relu.forward")["student-33"] == "ungraded"


MISTYPED = [
    ({"points_0": "11", "reason_0": "Why."}, "from 0 to 10"),
    ({"points_0": "ten", "reason_0": "Why."}, "no number of points"),
    ({"points_0": "5", "reason_0": ""}, "write a sentence"),
]


@pytest.mark.parametrize(("typed", "said"), MISTYPED)
def test_a_mistyped_form_is_told_and_nothing_is_lost(
    server: ReviewServer, reports: Path, typed: dict[str, str], said: str
) -> None:
    """The mistake stands beside its field, what was typed in others stands there still, and nothing was saved."""
    status, _, text = server.save("student-12", **typed, points_3="1", reason_3="Typed beside it.")
    assert status == 422
    assert said in text
    assert "Typed beside it." in text
    assert "Not saved" in text
    assert overrides_in(reports) == []


def test_two_who_change_the_same_hand_in_are_told(server: ReviewServer, reports: Path) -> None:
    """The second form is not saved over the first; what it said is still in it."""
    old = server.fields("student-12")
    server.save("student-12", points_3="7.5", reason_3="First.")
    form = {**old, "points-3": "1", "reason-3": "Second."}
    status, _, text = server.ask("hand-in/student-12", "POST", form, Origin=f"http://127.0.0.1:{server.port}")
    assert status == 409
    assert "Second." in text
    assert [row[3] for row in overrides_in(reports)] == ["First."]


def test_what_cannot_be_saved_is_told_and_still_typed(server: ReviewServer, reports: Path) -> None:
    """Another program holds the gradebook: the form says so, has what was typed, and saves it once that has ended."""
    with closing(sqlite3.connect(reports / "gradebook.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        status, _, text = server.save("student-12", points_3="7.5", reason_3="Typed at length.")
        assert status == 503
        assert "another program" in text
        assert "Typed at length." in text
    assert server.save("student-12", points_3="7.5", reason_3="Typed at length.")[0] == 303


def test_what_cannot_be_told_anew_is_not_saved(server: ReviewServer, reports: Path) -> None:
    """The saved answers of one hand-in are damaged, so that its page cannot be written: nothing of the form is kept in
    silence, and the form says what to do."""
    with closing(sqlite3.connect(reports / "gradebook.sqlite")) as book, book:
        book.execute("UPDATE submissions SET outcomes = x'0102' WHERE student_id = 'student-12'")
    status, _, text = server.save("student-12", points_3="7.5", reason_3="Typed at length.")
    assert status == 503
    assert "Not saved: what &#39;student-12&#39; answered cannot be read back" in text
    assert "Next: grade that one again: grader grade SUBMISSIONS --student student-12." in text
    assert "Typed at length." in text
    assert overrides_in(reports) == []


def test_a_damaged_record_does_not_close_the_review(server: ReviewServer, reports: Path) -> None:
    """It is listed as not graded, and says what makes it anew; all others are there as before."""
    with closing(sqlite3.connect(reports / "gradebook.sqlite")) as book, book:
        book.execute("UPDATE submissions SET record = '{' WHERE student_id = 'student-12'")
    assert "student-12" in server.ask("?show=ungraded")[2]
    status, _, text = server.ask("hand-in/student-12")
    assert status == 200
    assert "What was saved of this hand-in is damaged" in text
    status, _, text = server.save("student-12", points_3="7.5", reason_3="Typed at length.")
    assert status == 503
    assert "grader grade SUBMISSIONS --student student-12" in text
    assert overrides_in(reports) == []
    assert server.save("student-01", points_3="1", reason_3="Seen.")[0] == 303


def test_the_way_back_from_a_notebook_leads_to_the_verdicts(looked_at: ReviewServer) -> None:
    """The whole notebook links to the page it was opened from, which is served."""
    text = looked_at.ask("hand-in/student-01/notebook")[2]
    [back] = re.findall(r'<a href="([^"]*)">Back to the verdicts', text)
    status, _, page = looked_at.ask(urljoin("hand-in/student-01/notebook", back))
    assert status == 200
    assert page == looked_at.ask("hand-in/student-01/page")[2]


def test_a_notebook_with_half_a_letter_is_shown(key: Path, tmp_path: Path) -> None:
    """JSON may hold half of a pair of signs, which no encoding has: the whole notebook is shown all the same, from the
    file and from what the gradebook kept of it."""
    source = (CLASS / "student-01" / "exercise_05.ipynb").read_text(encoding="utf-8")
    hand_in = tmp_path / "class" / "eve" / "ex.ipynb"
    hand_in.parent.mkdir(parents=True)
    hand_in.write_text(source.replace("import numpy", "# so \\ud800 so\\nimport numpy"), encoding="utf-8")
    out = tmp_path / "out"
    assert run_grader("grade", hand_in.parent.parent, "--key", key / "exercise_05.key.npz", "--out", out).stdout
    for submissions, said in ((hand_in.parent.parent, "# so ? so"), (tmp_path / "gone", "# so \ufffd so")):
        with ReviewServer(out, ("--submissions", str(submissions))) as server:
            status, _, text = server.ask("hand-in/eve/notebook")
            assert status == 200
            assert said in text


def test_what_is_left_is_known_the_next_time(reports: Path) -> None:
    """Marks of what was seen outlive the server."""
    with ReviewServer(reports) as server:
        _, headers, _ = server.save("student-01", then="next")
        assert headers["Location"].split("?")[0].endswith("/hand-in/student-12")
        server.save("student-12", then="next")
    with ReviewServer(reports) as server:
        assert "<b>2</b> of 5 hand-ins reviewed, <b>3</b> left" in server.ask("")[2]
        assert "student-01" not in server.ask("?show=left")[2].split("<tbody>")[1]
        server.save("student-01", then="unmark")
        assert "<b>1</b> of 5 hand-ins reviewed" in server.ask("")[2]


def test_another_run_meanwhile_is_seen(key: Path, tmp_path: Path) -> None:
    """A class that is graded again while it is reviewed is shown as it is then."""
    reports = grade_few(tmp_path, key)
    with ReviewServer(reports) as server:
        assert "(5)" in server.ask("")[2]
        shutil.rmtree(tmp_path / "exercise_05" / "student-33")
        run_grader("grade", tmp_path / "exercise_05", "--key", key / "exercise_05.key.npz", "--out", reports, "--quiet")
        assert "(4)" in server.ask("")[2]


def test_what_a_run_graded_after_the_list_was_shown_is_seen(reports: Path) -> None:
    """The list is shown in the middle of a run: when that has ended the list has what was graded since."""
    with ReviewServer(reports) as server, closing(sqlite3.connect(reports / "gradebook.sqlite")) as book:
        with book:
            book.execute(
                "INSERT INTO runs SELECT 99, started, NULL, 'grade', assignment, title, key_digest, plan_digest,"
                " key_source, grader_version, sandbox FROM runs WHERE id = 1"
            )
        assert "(5)" in server.ask("")[2]
        with book:
            book.execute("DELETE FROM submissions WHERE student_id = 'student-33'")
            book.execute("UPDATE runs SET finished = 'now' WHERE id = 99")
        assert "(4)" in server.ask("")[2]


def test_a_review_that_was_killed_is_made_good(key: Path, tmp_path: Path) -> None:
    """Killed between the gradebook and the pages: the next run writes every page and sheet from the gradebook."""
    reports = grade_few(tmp_path, key)
    with closing(sqlite3.connect(reports / "gradebook.sqlite")) as book, book:
        book.execute(
            "INSERT INTO runs SELECT 99, started, NULL, 'review', assignment, title, key_digest, plan_digest,"
            " key_source, grader_version, sandbox FROM runs WHERE id = 1"
        )
        book.execute(
            "INSERT INTO overrides (student_id, criterion, source, points, reason, made_by, made_at, verdict_then)"
            " VALUES ('student-01', 'Relu.forward', 'review', '3', 'Killed.', 'Kim', 'now', 'correct')"
        )
    run_grader("grade", tmp_path / "exercise_05", "--key", key / "exercise_05.key.npz", "--out", reports, "--quiet")
    assert points_of(reports, "Relu.forward")["student-01"] == "3"
    assert "Killed." in (reports / "student-01" / "report.html").read_text()


def test_what_was_judged_by_another_key_meanwhile_is_not_written_over(server: ReviewServer, reports: Path) -> None:
    """The review has the key that it began with: pages and sheets of today's are not mixed with it."""
    server.ask("")
    with closing(sqlite3.connect(reports / "gradebook.sqlite")) as book, book:
        book.execute(
            "INSERT INTO runs SELECT 99, started, started, 'rejudge', assignment, title, 'another', plan_digest,"
            " key_source, grader_version, sandbox FROM runs WHERE id = 1"
        )
    status, _, text = server.save("student-12", points_3="7.5", reason_3="Typed at length.")
    assert (status, overrides_in(reports)) == (503, [])
    assert "Not saved: this class has been judged by another key since this review began" in text
    assert "Typed at length." in text


# ---- starting and ending -------------------------------------------------------------------------------------------


def test_ctrl_c_ends_it_well(reports: Path) -> None:
    """Exit code 0, a sentence, no traceback, and no address in what was printed meanwhile but the first."""
    with ReviewServer(reports) as server:
        server.ask("")
        server.ask("", token="wrong")
        assert server.stop() == 0
        assert "every change is in the gradebook" in server.said
        assert "Traceback" not in server.said
        assert server.token not in server.said


def test_a_port_that_is_taken_is_told(reports: Path) -> None:
    """The sentence names the port, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_grader("review", reports, "--no-browser", "--port", str(port))
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    assert "--port" in done.stderr


def test_without_flask_the_way_to_get_it_is_told(reports: Path, tmp_path: Path) -> None:
    """It is an extra: a sentence, and the command that installs it."""
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "flask.py").write_text("raise ModuleNotFoundError('no flask', name='flask')\n")
    done = subprocess.run(
        [sys.executable, "-m", "grader", "review", str(reports)], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "hidden")},
    )  # fmt: skip
    assert done.returncode == 2
    assert "pip install 'grader[review]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_class_of_another_key_is_not_reviewed(reports: Path, key: Path, tmp_path: Path) -> None:
    """Pages of two keys are not mixed: the next step is a rejudge, which runs nobody's code."""
    with closing(sqlite3.connect(reports / "gradebook.sqlite")) as book, book:
        book.execute("UPDATE runs SET key_digest = 'other'")
    done = run_grader("review", reports, "--no-browser")
    assert done.returncode == 2
    assert "grader rejudge" in done.stderr


def test_a_folder_that_is_no_class_is_told(tmp_path: Path) -> None:
    """Without a gradebook there is nothing to review, and none is made."""
    done = run_grader("review", tmp_path, "--no-browser")
    assert done.returncode == 2
    assert "grader grade" in done.stderr
    assert list(tmp_path.iterdir()) == []
