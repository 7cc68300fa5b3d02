"""The review page over HTTP: a list of submissions, one submission with its form, and the student's page in a frame.

The secret in the address keeps out everybody who does not know it, such as other users of the machine. The check of
Host keeps out a site that lets its own name point here (DNS rebinding). The check of Origin, and the second secret in
every form, keep out a site that posts here from the TA's own browser.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, Response, abort, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, make_server

from grader.errors import GraderError
from grader.folders import PAGE
from grader.report.class_summary import say_put_aside
from grader.report.notebook_page import view_notebook
from grader.report.page import asset, render
from grader.review.desk import FILTERS, REASON_CAP, ChangedMeanwhileError, Desk, Field, View, read_form, saved_field

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from grader.gradebook import Record

LOOPBACK, SECRET_BYTES = "127.0.0.1", 32
FORM_CAP = 256 * 1024  # bytes of one form
HEARD_OUT = 64 * FORM_CAP  # bytes: a browser shows our answer only when all that it sends has been taken
_TOO_LARGE = f"The form has more than {FORM_CAP >> 10} kB, and nothing of it was saved."
_SHORTEN = f"Go back in the browser: what you typed is still there. A comment has at most {REASON_CAP:,} characters."
_MEANWHILE = "Somebody changed this submission meanwhile. What you typed is still here: look, and save again."
_NO_ADDRESS = "This address is not known here. Use the whole address that the terminal shows."
_NO_FORM = "This form was not sent from the review page. Open the page again and send it again."
_COMMON = "default-src 'none'; base-uri 'none'; img-src data:"
_SHELL = f"{_COMMON}; style-src 'self'; script-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'"
# A student's page is in a frame of its own origin, which runs nothing, fetches nothing and sends nothing.
_FRAMED = f"sandbox; {_COMMON}; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'"


def open_server(desk: Desk, submissions: Path, port: int) -> tuple[BaseWSGIServer, str]:
    """Bind to the loopback address, where port 0 takes a free one; gives the server and its address.

    `serve_forever` answers until `shutdown`.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it would print every address, with the token in it
    app = Flask("grader.review", static_folder=None)
    try:
        with socket.create_server((LOOPBACK, port)) as listening:
            server = make_server(LOOPBACK, port, app, threaded=True, fd=listening.fileno())
    except OSError as error:
        raise GraderError(f"port {port} cannot be used: {error.strerror}", "name another with --port") from error
    pages = _Pages(desk, submissions, int(server.server_address[1]))
    pages.mount(app)
    return server, f"http://{LOOPBACK}:{pages.port}{pages.here}/"


class _Pages:
    """What is answered at which address, and to whom."""

    def __init__(self, desk: Desk, submissions: Path, port: int) -> None:
        self.desk, self.submissions, self.port = desk, submissions, port
        self.here, self.form_token = f"/{secrets.token_urlsafe(SECRET_BYTES)}", secrets.token_urlsafe(SECRET_BYTES)
        self.rubric = desk.order.key.rubric

    def mount(self, app: Flask) -> None:
        app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = FORM_CAP
        app.before_request(self.check)
        app.after_request(self.dress)
        for trouble in (HTTPException, GraderError, OSError):
            app.register_error_handler(trouble, self.refuse)
        one = f"{self.here}/submission/<folder>"
        for rule, answer, method in (
            (f"{self.here}/", self.list, "GET"),
            (f"{self.here}/<any('review.css', 'review.js'):name>", self.asset, "GET"),
            (one, self.show, "GET"),
            (one, self.save, "POST"),
            (f"{one}/page", self.page, "GET"),
            (f"{one}/notebook", self.notebook, "GET"),
        ):
            app.add_url_rule(rule, f"{method} {rule}", answer, methods=[method])

    def check(self) -> None:
        if not self._is_let_in():
            abort(403, _NO_ADDRESS)
        if (sent := request.content_length or 0) > FORM_CAP:
            request.environ["wsgi.input"].read(min(sent, HEARD_OUT))
            abort(413)
        origin = request.headers.get("Origin", "")
        # Only old browsers leave Origin out; what they must know then is in the form all the same.
        is_ours = not origin or (origin.startswith("http://") and self._is_here(origin.removeprefix("http://")))
        if request.method == "POST" and not (is_ours and _same(request.form.get("token", ""), self.form_token)):
            abort(403, _NO_FORM)

    def _is_let_in(self) -> bool:
        given = request.path.lstrip("/").split("/", 1)[0]
        return self._is_here(request.headers.get("Host", "")) and _same(f"/{given}", self.here)

    def _is_here(self, host: str) -> bool:
        return host.lower() in (f"{LOOPBACK}:{self.port}", f"localhost:{self.port}")

    def refuse(self, error: Exception) -> Response:
        sentence, hint, status = _said(error, "open this page again")
        here = self.here if self._is_let_in() else ""
        return _answer(render("review_refusal.html", sentence=sentence, hint=hint, here=here), status)

    def dress(self, response: Response) -> Response:
        framed = bool(request.url_rule and request.url_rule.rule.endswith(("/page", "/notebook")))
        response.headers.update({
            "Content-Security-Policy": _FRAMED if framed else _SHELL,
            "Cache-Control": "no-store",
            # Nobody else learns the address; with no referrer at all a browser would leave a form's Origin out.
            "Referrer-Policy": "no-referrer" if framed else "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN" if framed else "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        })  # fmt: skip
        return response

    def list(self) -> Response:
        view, every = _view(), self.desk.listed()
        filters = {name: title for name, (title, _) in FILTERS.items()}
        counts = {name: sum(map(keeps, every)) for name, (_, keeps) in FILTERS.items()}
        return _answer(render(
            "review_list.html", review=self._review(), listed=[*filter(view.keeps, every)], counts=counts,
            filters=filters, show=view.show, criterion=view.criterion, criteria=list(self.rubric.worth),
        ))  # fmt: skip

    def asset(self, name: str) -> Response:
        if name.endswith(".js"):
            return Response(asset(name), mimetype="text/javascript")
        return Response(asset("page.css") + asset("wide.css") + asset(name), mimetype="text/css")

    def show(self, folder: str) -> Response:
        record = self._find(folder)
        fields = {name: saved_field(record, name) for name in self.rubric.worth}
        return self._form(folder, fields, "Saved." if "saved" in request.args else "", unsaved=False)

    def page(self, folder: str) -> Response:
        return _answer((self.desk.order.out / self._find(folder).identity.folder / PAGE).read_text(encoding="utf-8"))

    def notebook(self, folder: str) -> Response:
        return _answer(view_notebook(self._find(folder), self.submissions, back="page")[0])

    def save(self, folder: str) -> AnyResponse:
        record = self._find(folder)
        changes, fields = read_form(record, self.rubric.worth, request.form)
        if any(one.trouble for one in fields.values()):
            return self._form(folder, fields, "Not saved: see the fields marked below.", 422)
        try:
            self.desk.change(record.student_id, request.form.get("version", ""), changes)
        except ChangedMeanwhileError:
            return self._form(folder, fields, _MEANWHILE, 409)
        except (GraderError, OSError) as error:  # what was typed is worth more than our trouble
            sentence, hint, status = _said(error, "save again")
            return self._form(folder, fields, f"Not saved: {sentence} Next: {hint}.", status)
        then, saved = request.form.get("then", ""), "&saved=1"
        if then in ("next", "unmark"):
            self.desk.mark(record, then == "next")
            folder, saved = _view().around(self.desk.listed(), folder)[1] if then == "next" else folder, ""
        place = f"submission/{quote(folder)}" if folder else ""
        return redirect(f"{self.here}/{place}?{_view().query}{saved}", 303)

    def _find(self, folder: str) -> Record:
        return self.desk.record(folder) or abort(404, "There is no submission of that name in this class.")

    def _review(self) -> dict[str, str]:
        warning = say_put_aside(self.desk.put_aside) if self.desk.put_aside else ""
        common = {"title": self.rubric.title, "here": self.here, "reviewer": self.desk.reviewer}
        return {**common, "query": _view().query, "warning": warning}

    def _form(
        self, folder: str, fields: Mapping[str, Field], said: str, status: int = 200, unsaved: bool = True
    ) -> Response:
        view, every = _view(), self.desk.listed()
        record, reviewed = next(one for one in every if one.folder == folder)
        version, comments = self.desk.form_facts(record.student_id)
        kept, left = [one.folder for one in every if view.keeps(one)], sum(not one.reviewed for one in every)
        before, after = view.around(every, folder)
        form = {
            "record": record, "worth": self.rubric.worth, "fields": fields, "version": version,
            "token": self.form_token, "comments": comments, "said": said, "reviewed": reviewed, "unsaved": unsaved,
        }  # fmt: skip
        place = {
            "before": before, "after": after, "number": kept.index(folder) + 1 if folder in kept else 0,
            "count": len(kept), "left": left, "total": len(every),
        }  # fmt: skip
        return _answer(render("review_form.html", review=self._review(), form=form, place=place), status)


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), secret.encode())


def _view() -> View:
    """The view that the address asks for."""
    show = request.args.get("show", "all")
    return View(show if show in FILTERS else "all", request.args.get("criterion", ""))


def _said(error: Exception, then: str) -> tuple[str, str, int]:
    """What is wrong as a sentence, the next step, and the status."""
    if isinstance(error, HTTPException):
        is_large = error.code == 413
        return _TOO_LARGE if is_large else error.description or "", _SHORTEN if is_large else "", error.code or 500
    if isinstance(error, GraderError):
        return f"{error}.", error.hint, 503
    file = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
    again = "run 'grader grade' again: it writes what is missing" if isinstance(error, FileNotFoundError) else ""
    return f"{file}{getattr(error, 'strerror', error)}.", again or f"fix that, and {then}", 503


def _answer(text: str, status: int = 200) -> Response:
    """A page; a student's cell may hold letters that no encoding has."""
    return Response(text.encode("utf-8", "replace"), status, mimetype="text/html")
