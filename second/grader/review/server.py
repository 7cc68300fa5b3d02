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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, Response, abort, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, make_server

from grader.errors import GraderError
from grader.folders import PAGE
from grader.report.page import asset
from grader.report.review_page import Field, Form, Listed, Place, Review, render_form, render_list, render_refusal
from grader.review.desk import FILTERS, REASON_CAP, ChangedMeanwhileError, Desk, View, read_form, saved_field

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

LOOPBACK, SECRET_BYTES = "127.0.0.1", 32
FORM_CAP = 256 * 1024  # bytes of one form
HEARD_OUT = 64 * FORM_CAP  # bytes: a browser shows our answer only when all that it sends has been taken
_TOO_LARGE = f"The form has more than {FORM_CAP >> 10} kB, and nothing of it was saved."
_SHORTEN = f"Go back in the browser: what you typed is still there. A comment has at most {REASON_CAP:,} characters."
_MEANWHILE = (
    "Somebody changed this submission meanwhile. What you typed is still here; look at what is saved, and save again."
)
_FROM_HERE = "base-uri 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; img-src data:; form-action 'self'"
_SHELL = f"default-src 'none'; {_FROM_HERE}; frame-ancestors 'none'"
# A student's page is in a frame of its own origin, which runs nothing, fetches nothing and sends nothing.
_NOTHING = "base-uri 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'"
_FRAMED = f"sandbox; default-src 'none'; {_NOTHING}; frame-ancestors 'self'"


def _secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


@dataclass(frozen=True)
class Guard:
    """The secrets of one review, and the port that it is served at."""

    port: int
    token: str = field(default_factory=_secret, repr=False)
    form_token: str = field(default_factory=_secret, repr=False)

    @property
    def address(self) -> str:
        """Where the TA's browser goes."""
        return f"http://{LOOPBACK}:{self.port}/{self.token}/"

    def admits(self, path: str, headers: Mapping[str, str]) -> bool:
        """Whether a request is for this address and knows the token."""
        given = path.lstrip("/").split("/", 1)[0]
        return self._is_here(headers.get("Host", "")) and _same(given, self.token)

    def admits_change(self, headers: Mapping[str, str], form: Mapping[str, str]) -> bool:
        """Whether a form was sent from a page of ours."""
        origin = headers.get("Origin", "")
        is_ours = origin.startswith("http://") and self._is_here(origin.removeprefix("http://"))
        # Only old browsers leave Origin out; what they must know then is in the form all the same.
        return (is_ours or not origin) and _same(form.get("token", ""), self.form_token)

    def _is_here(self, host: str) -> bool:
        return host.lower() in (f"{LOOPBACK}:{self.port}", f"localhost:{self.port}")


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), secret.encode())


def _headers(framed: bool) -> dict[str, str]:
    """What every answer says to the browser."""
    return {
        "Content-Security-Policy": _FRAMED if framed else _SHELL,
        "Cache-Control": "no-store",
        # Nobody else learns the address; with no referrer at all a browser would leave a form's Origin out.
        "Referrer-Policy": "no-referrer" if framed else "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN" if framed else "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def open_server(desk: Desk, port: int) -> tuple[BaseWSGIServer, Guard]:
    """Bind to the loopback address; port 0 takes a free one. `serve_forever` answers until `shutdown`."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it would print every address, with the token in it
    app = Flask("grader.review", static_folder=None)
    try:
        with socket.create_server((LOOPBACK, port)) as listening:
            server = make_server(LOOPBACK, port, app, threaded=True, fd=listening.fileno())
    except OSError as error:
        raise GraderError(f"port {port} cannot be used: {error.strerror}", "name another with --port") from error
    guard = Guard(int(server.server_address[1]))
    _Pages(desk, guard).mount(app)
    return server, guard


class _Pages:
    """What is answered at which address."""

    def __init__(self, desk: Desk, guard: Guard) -> None:
        self.desk, self.guard, self.here = desk, guard, f"/{guard.token}"

    def mount(self, app: Flask) -> None:
        app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = FORM_CAP
        app.before_request(self.check)
        app.after_request(self.dress)
        for trouble in (HTTPException, GraderError, OSError):
            app.register_error_handler(trouble, self.refuse)
        one = f"{self.here}/submission/<folder>"
        for rule, answer, methods in (
            (f"{self.here}/", self.list, ["GET"]),
            (f"{self.here}/<any('review.css', 'review.js'):name>", self.asset, ["GET"]),
            (one, self.show, ["GET"]),
            (one, self.save, ["POST"]),
            (f"{one}/page", self.page, ["GET"]),
            (f"{one}/notebook", self.notebook, ["GET"]),
        ):
            app.add_url_rule(rule, f"{methods} {rule}", answer, methods=methods)

    def check(self) -> None:
        if not self.guard.admits(request.path, dict(request.headers)):
            abort(403, "This address is not known here. Use the whole address that the terminal shows.")
        if (sent := request.content_length or 0) > FORM_CAP:
            request.environ["wsgi.input"].read(min(sent, HEARD_OUT))
            abort(413)
        if request.method == "POST" and not self.guard.admits_change(dict(request.headers), request.form):
            abort(403, "This form was not sent from the review page. Open the page again and send it again.")

    def refuse(self, error: Exception) -> Response:
        sentence, hint, status = _said(error, "open this page again")
        here = self.here if self.guard.admits(request.path, dict(request.headers)) else ""
        return _answer(render_refusal(sentence, hint, here), status)

    def dress(self, response: Response) -> Response:
        framed = bool(request.url_rule and request.url_rule.rule.endswith(("/page", "/notebook")))
        response.headers.update(_headers(framed))
        return response

    def list(self) -> Response:
        view, every, criteria = _view(), self.desk.listed(), list(self.desk.order.key.rubric.worth)
        kept, filters = [one for one in every if view.keeps(one)], {name: title for name, (title, _) in FILTERS.items()}
        return _answer(
            render_list(self._review(view), kept, _counts(every), filters, view.show, view.criterion, criteria)
        )

    def asset(self, name: str) -> Response:
        names, kind = (("review.js",), "text/javascript") if name.endswith(".js") else (("page.css", name), "text/css")
        return Response(str(asset(*names)), mimetype=kind)

    def show(self, folder: str) -> Response:
        record = self._find(folder).record
        fields = {name: saved_field(record, name) for name in self.desk.order.key.rubric.worth}
        return self._form(folder, fields, "Saved." if "saved" in request.args else "", unsaved=False)

    def page(self, folder: str) -> Response:
        place = self.desk.order.out / self._find(folder).record.identity.folder / PAGE
        return _answer(place.read_text(encoding="utf-8"))

    def notebook(self, folder: str) -> Response:
        return _answer(self.desk.notebook(self._find(folder).record, back="page"))

    def save(self, folder: str) -> AnyResponse:
        record = self._find(folder).record
        changes, fields = read_form(record, self.desk.order.key.rubric.worth, request.form)
        if any(one.trouble for one in fields.values()):
            return self._form(folder, fields, "Not saved: see the fields marked below.", 422)
        try:
            self.desk.change(record, request.form.get("version", ""), changes)
        except ChangedMeanwhileError:
            return self._form(folder, fields, _MEANWHILE, 409)
        except (GraderError, OSError) as error:  # what was typed is worth more than our trouble
            sentence, hint, status = _said(error, "save again")
            return self._form(folder, fields, f"Not saved: {sentence} Next: {hint}.", status)
        view, then = _view(), request.form.get("then", "")
        if then in ("next", "unmark"):
            self.desk.mark(record, then == "next")
        after = _neighbours(self.desk.listed(), folder, view)[1] if then == "next" else folder
        place = f"submission/{quote(after)}" if after else ""
        return redirect(f"{self.here}/{place}?{_query(view)}{'' if then in ('next', 'unmark') else '&saved=1'}", 303)

    def _find(self, folder: str) -> Listed:
        found = next((one for one in self.desk.listed() if one.folder == folder), None)
        return found or abort(404, "There is no submission of that name in this class.")

    def _review(self, view: View) -> Review:
        title = self.desk.order.key.rubric.title
        return Review(title, self.here, self.desk.reviewer, _query(view), self.desk.put_aside)

    def _form(
        self, folder: str, fields: Mapping[str, Field], said: str, status: int = 200, unsaved: bool = True
    ) -> Response:
        view, every, worth = _view(), self.desk.listed(), self.desk.order.key.rubric.worth
        kept = [one.folder for one in every if view.keeps(one)]
        number, counts = kept.index(folder) + 1 if folder in kept else 0, _counts(every)
        listed = next(one for one in every if one.folder == folder)
        version, token = self.desk.version(listed.student_id), self.guard.form_token
        comments, reviewed = self.desk.comments(), listed.reviewed
        form = Form(listed.record, fields, worth, version, token, comments, said, reviewed, unsaved)
        place = Place(*_neighbours(every, folder, view), number, len(kept), counts["left"], counts["all"])
        return _answer(render_form(self._review(view), form, place), status)


def _neighbours(every: list[Listed], folder: str, view: View) -> tuple[str, str]:
    """The folders before and after one in a view, going round; "" where there is no other one."""
    here = next(n for n, one in enumerate(every) if one.folder == folder)
    others = [one.folder for one in (*every[here + 1 :], *every[:here]) if view.keeps(one)]
    return (others[-1], others[0]) if others else ("", "")


def _counts(every: list[Listed]) -> dict[str, int]:
    return {name: sum(map(keeps, every)) for name, (_, keeps) in FILTERS.items()}


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


def _view() -> View:
    show = request.args.get("show", "all")
    return View(show if show in FILTERS else "all", request.args.get("criterion", ""))


def _query(view: View) -> str:
    return f"show={view.show}&criterion={quote(view.criterion)}"
