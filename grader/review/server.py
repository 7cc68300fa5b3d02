"""The review page over HTTP: a list of hand-ins, one hand-in with its form, and the student's page in a frame.

takes: a `ReviewDesk`, a `Guard`.
gives: a WSGI application; a server on the loopback address.
must not know: how an override is stored; how a page looks.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, Response, abort, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, make_server

from grader.errors import GraderError
from grader.folders import PAGE
from grader.report.page import asset
from grader.report.review_page import Field, ReviewForm, ReviewList, render_hand_in, render_list, render_refusal
from grader.review.desk import FILTERS, ChangedMeanwhileError, HandIn, ReviewDesk, View
from grader.review.forms import REASON_CAP, read_form, stands
from grader.review.guard import LOOPBACK, Guard, headers_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

FORM_CAP = 256 * 1024  # bytes of one form
HEARD_OUT = 64 * FORM_CAP  # bytes: a browser shows our answer only when all that it sends has been taken
_TOO_LARGE = f"What was sent has more than {FORM_CAP >> 10} kB, and nothing of it was saved."
_SHORTEN = f"Go back in the browser: what you typed is still there. A comment has at most {REASON_CAP:,} characters."
_ASSETS = {"review.css": ("text/css", ("page.css", "review.css")), "review.js": ("text/javascript", ("review.js",))}
_PAGE = "page"  # beside the notebook, in the same frame
_MEANWHILE = (
    "Somebody changed this hand-in meanwhile. What you typed is still here; look at what stands, and save again."
)


def open_server(desk: ReviewDesk, port: int) -> tuple[BaseWSGIServer, Guard]:
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

    def __init__(self, desk: ReviewDesk, guard: Guard) -> None:
        self.desk = desk
        self.guard = guard

    def mount(self, app: Flask) -> None:
        app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = FORM_CAP
        app.before_request(self.check)
        app.register_error_handler(HTTPException, self.refuse)
        for trouble in (GraderError, OSError):
            app.register_error_handler(trouble, self.tell)
        app.after_request(self.dress)
        for rule, answer in (
            ("/<token>/", self.list),
            ("/<token>/<any(" + ",".join(f'"{name}"' for name in _ASSETS) + "):name>", self.asset),
            ("/<token>/hand-in/<folder>", self.show),
            (f"/<token>/hand-in/<folder>/{_PAGE}", self.page),
            ("/<token>/hand-in/<folder>/notebook", self.notebook),
        ):
            app.add_url_rule(rule, rule, answer, methods=["GET"])
        app.add_url_rule("/<token>/hand-in/<folder>", "save", self.save, methods=["POST"])

    def check(self) -> None:
        if not self.guard.admits(request.path, dict(request.headers)):
            abort(403, "This address is not known here. Use the whole address that the terminal shows.")
        if (sent := request.content_length or 0) > FORM_CAP:
            request.environ["wsgi.input"].read(min(sent, HEARD_OUT))
            abort(413)
        if request.method == "POST" and not self.guard.admits_change(dict(request.headers), request.form):
            abort(403, "This form was not sent from the review page. Open the page anew and send it again.")

    def refuse(self, error: HTTPException) -> Response:
        told = (_TOO_LARGE, _SHORTEN) if error.code == 413 else (error.description or "This failed.", "")
        return self._refusal(*told, error.code or 500)

    def tell(self, error: GraderError | OSError) -> Response:
        return self._refusal(*_told(error), 503)

    def _refusal(self, sentence: str, hint: str, status: int) -> Response:
        here = f"/{self.guard.token}" if self.guard.admits(request.path, dict(request.headers)) else ""
        return _answer(render_refusal(sentence, hint, here), "text/html", status)

    def dress(self, response: Response) -> Response:
        framed = bool(request.url_rule and request.url_rule.rule.endswith((f"/{_PAGE}", "/notebook")))
        response.headers.update(headers_of(framed))
        return response

    def list(self, token: str) -> str:
        view = _view(request.args)
        return render_list(
            ReviewList(
                self.desk.order.key.rubric.title, f"/{token}", self.desk.hand_ins(view), self.desk.counts(),
                {name: title for name, (title, _) in FILTERS.items()}, list(self.desk.order.worth), view.show,
                view.criterion, _query(view), self.desk.reviewer, self.desk.aside(),
            )
        )  # fmt: skip

    def asset(self, token: str, name: str) -> Response:
        kind, names = _ASSETS[name]
        return Response(str(asset(*names)), mimetype=kind)

    def show(self, token: str, folder: str) -> str:
        hand_in = self._find(folder)
        fields = {name: stands(hand_in.record, name) for name in self.desk.order.worth}
        return self._form(token, hand_in, fields, "Saved." if "saved" in request.args else "", unsaved=False)

    def page(self, token: str, folder: str) -> Response:
        record = self._find(folder).record
        html = (self.desk.order.out / record.folder / PAGE).read_text(encoding="utf-8")
        return Response(html, mimetype="text/html")

    def notebook(self, token: str, folder: str) -> Response:
        try:
            return _answer(self.desk.notebook(self._find(folder), back=_PAGE), "text/html")
        except GraderError as error:
            return _answer(f"{error}\nnext: {error.hint}", "text/plain", 404)

    def save(self, token: str, folder: str) -> AnyResponse | tuple[str, int]:
        hand_in = self._find(folder)
        changes, fields = read_form(hand_in.record, self.desk.order.worth, request.form)
        if any(field.trouble for field in fields.values()):
            return self._form(token, hand_in, fields, "Not saved: see the fields marked below."), 422
        try:
            self.desk.change(hand_in, request.form.get("version", ""), changes)
        except ChangedMeanwhileError:
            return self._form(token, self._find(folder), fields, _MEANWHILE), 409
        except (GraderError, OSError) as error:  # what was typed is worth more than our trouble
            sentence, hint = _told(error, "save again")
            return self._form(token, hand_in, fields, f"Not saved: {sentence} Next: {hint}."), 503
        return redirect(self._onward(token, hand_in), 303)

    def _onward(self, token: str, hand_in: HandIn) -> str:
        """Where to go after a save: on to the next hand-in, or back to this one."""
        view, then = _view(request.args), request.form.get("then", "")
        folder = hand_in.listed.folder
        if then not in ("next", "unmark"):
            return f"/{token}/hand-in/{quote(folder)}?{_query(view)}&saved=1"
        self.desk.mark(hand_in, then == "next")
        if then == "unmark":
            return f"/{token}/hand-in/{quote(folder)}?{_query(view)}"
        following = self.desk.after(folder, view)
        return f"/{token}/hand-in/{quote(following)}?{_query(view)}" if following else f"/{token}/?{_query(view)}"

    def _find(self, folder: str) -> HandIn:
        found = self.desk.hand_in(folder)
        if found is None:
            abort(404, "There is no hand-in of that name in this class.")
        return found

    def _form(self, token: str, hand_in: HandIn, fields: Mapping[str, Field], said: str, unsaved: bool = True) -> str:
        view = _view(request.args)
        folder, listed = hand_in.listed.folder, [one.folder for one in self.desk.hand_ins(view)]
        counts = self.desk.counts()
        return render_hand_in(
            ReviewForm(
                self.desk.order.key.rubric.title, f"/{token}", hand_in.record, folder, self.desk.order.worth, fields,
                hand_in.version, self.guard.form_token, self.desk.comments(), said, _query(view),
                self.desk.after(folder, view, -1), self.desk.after(folder, view),
                listed.index(folder) + 1 if folder in listed else 0, len(listed), counts["left"], counts["all"],
                hand_in.listed.reviewed, unsaved, self.desk.aside(),
            )
        )  # fmt: skip


def _told(error: GraderError | OSError, then: str = "open this page again") -> tuple[str, str]:
    """What is wrong as a sentence, and the next step."""
    if isinstance(error, GraderError):
        return f"{error}.", error.hint
    file = f"{error.filename}: " if error.filename else ""
    again = "run 'grader grade' again: it writes what is missing" if isinstance(error, FileNotFoundError) else ""
    return f"{file}{error.strerror or error}.", again or f"mend that, and {then}"


def _answer(text: str, kind: str, status: int = 200) -> Response:
    """An answer of a student's own words, in which a cell may hold letters that no encoding has."""
    return Response(text.encode("utf-8", "replace"), status, mimetype=kind)


def _view(args: Mapping[str, str]) -> View:
    show = args.get("show", "all")
    return View(show if show in FILTERS else "all", args.get("criterion", ""))


def _query(view: View) -> str:
    return f"show={view.show}&criterion={quote(view.criterion)}"
