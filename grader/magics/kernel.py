"""In the student's kernel: `%check` and `grader.check()`.

A process beside the kernel does the checking. A file of the student's that is called like a library (`numpy.py`) is in
the kernel's way, and never in that process'.
"""

from __future__ import annotations

import html
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TIME_LIMIT = 300  # seconds; a check has limits of its own, this one is for a machine that hangs
MOST_CELLS = 3000  # of the newest; a long evening has some hundreds
_USAGE = "%check, or %check NAME ... [--key FILE]; a name is a function's or a class's"
_PACKAGE_FOLDER = str(Path(__file__).resolve().parents[2])
_BOOT = f"import sys; sys.path.append({_PACKAGE_FOLDER!r}); from grader.magics.checking import main; main()"
# A call of the check itself, in one line: the program that is checked must not ask for its own check.
_OWN_CALL = re.compile(
    r"^([ \t]*)(?:%check\b.*|%(?:re)?load_ext[ \t]+grader\b.*"
    r"|(?:import grader[ \t]*;[ \t]*)?grader\.check\(.*\)[ \t]*;?[ \t]*)$",
    re.MULTILINE,
)


def add_magic(ipython: Any) -> None:
    """Add the line magic `%check`."""
    ipython.register_magic_function(_magic, "line", "check")


def _magic(line: str) -> None:
    """Check the functions of this notebook on the public cases: `%check`, or `%check NAME ... [--key FILE]`."""
    try:
        words = shlex.split(line)
    except ValueError:
        words = ["--"]
    key = ""
    if "--key" in words[:-1]:
        place = words.index("--key")
        _, key = words[place : place + 2]
        del words[place : place + 2]
    if any(word.startswith("-") for word in words):
        _show({"error": f"this is not how %check is used: {line.strip()}", "hint": _USAGE})
    else:
        check_kernel(words, key)


def check_kernel(names: Sequence[str], key: str = "") -> None:
    """Check what this kernel has run; with names, show these functions only."""
    loaded = sys.modules.get("IPython")  # not imported: where it runs, it is loaded
    ipython: Any = loaded.get_ipython() if loaded else None
    if ipython is None:
        from grader.errors import GraderError

        raise GraderError("grader.check() works in a notebook", "here, run: grader check NOTEBOOK")
    folder = Path.cwd()
    text = notebook_of(list(ipython.history_manager.input_hist_raw)[1:])
    # Where the notebook may be: the kernel's folder, and what VS Code and Jupyter's server say.
    said = (ipython.user_ns.get("__vsc_ipynb_file__"), os.environ.get("JPY_SESSION_NAME"))
    named = [str(Path(one).parent) for one in said if isinstance(one, str) and Path(one).is_absolute()]
    order = {
        "notebook": text, "names": list(names), "key": str(folder / key) if key else "",
        "places": [str(folder), *named], "folders": own_folders(sys.path, folder),
    }  # fmt: skip
    _show(_ask(order))


def notebook_of(sources: Sequence[str]) -> str:
    """The notebook that these sources make: cell n is what was run as `In [n]`, without calls of the check."""
    newest = len(sources) - MOST_CELLS
    texts = ["" if n < newest else _OWN_CALL.sub(r"\1pass", source) for n, source in enumerate(sources)]
    cell: dict[str, Any] = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    cells = [{**cell, "source": text} for text in texts]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})


def own_folders(path: Sequence[str], folder: Path) -> list[str]:
    """The student's folder, and those within it that `sys.path` names: own modules are imported from there."""
    here = folder.resolve()
    named = [Path(place).resolve() for place in path if place and "site-packages" not in place]
    return [str(place) for place in dict.fromkeys([here, *named]) if place.is_relative_to(here)]


def _ask(order: dict[str, Any]) -> dict[str, str]:
    """Have another process check it; it starts in an empty folder, and looks for modules nowhere near the notebook."""
    here, path = Path.cwd().resolve(), os.environ.get("PYTHONPATH", "").split(os.pathsep)
    kept = [place for place in path if place and not Path(place).resolve().is_relative_to(here)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(kept)}
    with tempfile.TemporaryDirectory(prefix="grader-") as empty:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter and words
                [sys.executable, "-P", "-c", _BOOT], input=json.dumps(order), capture_output=True, text=True,
                encoding="utf-8", errors="replace", cwd=empty, timeout=TIME_LIMIT, env=environment,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return {"error": f"the check did not end within {TIME_LIMIT} seconds", "hint": "run it again"}
    try:
        reply: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        return {"error": f"the check itself failed: {last[0]}", "hint": "this is not your code's fault; run it again"}
    return reply


def _show(reply: dict[str, str]) -> None:
    from IPython.display import display

    card, text = reply.get("html", ""), reply.get("text", "")
    if sentence := reply.get("error"):
        hint = reply.get("hint", "")
        text = f"grader: {sentence}" + (f"\n  next: {hint}" if hint else "")
        said = f"<b>Not checked:</b> {html.escape(sentence)}<br><b>Next:</b> {html.escape(hint)}"
        card = f'<div style="border-left:4px solid #8250df;padding:.3em 1em">{said}</div>'
    display({"text/html": card, "text/plain": text}, raw=True)  # type: ignore[no-untyped-call]
