"""Lines that do not parse, as what they say: to IPython, to Python 2, to Pythons newer than ours.

takes: a line at which parsing stopped; or all lines of a cell that stand further in, or behind prompts.
gives: the same lines as Python reads them, and what was done; what is nothing known is given back as it is.
must not know: what is defined in them.
"""

from __future__ import annotations

import ast
import re

from grader.extract.repairs.typography import without_entities

NEWER = "this is newer Python than the grader's; it was read as what it says there"
OLD_EXCEPT = "Python 2's except was read as Python 3's"
# What IPython's %pylab puts into the namespace, as far as it is numpy's.
PYLAB = (
    "import numpy; import numpy as np; from numpy import *; from numpy.linalg import *; from numpy.random import *; "
    "from numpy import *"
)
# What IPython takes off the lines of a cell before it reads them, if the first line has it.
_CLASSIC_PROMPT = re.compile(r"^(?:>>>|\.\.\.)(?: |$)")
_IPYTHON_PROMPT = re.compile(r"^\s*(?:In \[\d+\]|\.{3,}): ?")
_MAGIC = re.compile(r"^\s*[%!?]|\?\s*$")
# Texts and comments, in which "?" asks the reader; also one without its end, lest a long line takes a minute.
_SAID = re.compile(r"""'(?:\\.|[^'\\])*(?:'|\\?$)|"(?:\\.|[^"\\])*(?:"|\\?$)|#.*""")
_PYLAB = re.compile(r"^(\s*)%pylab\b")
_RUN = re.compile(r"""^\s*%run\s+(?:-\w+\s+)*["']?([\w./\\-]+?)(?:\.py|\.ipynb)?["']?\s*$""")
# What is assigned while it is measured stays; but by %timeit, which keeps what it makes to itself.
_MEASURED = re.compile(r"""^(\s*)%(?:time|prun|memit)\s+(?!\s)([\w.,*\s\[\]'"]+[-+*/]?=(?!=).*)$""")
_ASSIGNED_MAGIC = re.compile(r"^([\w.,\s]+=\s*)[%!].*$")
_EXCEPT = re.compile(r"^(\s*except\s+(?:[\w.]+|\([\w.,\s]*\)))\s*,\s*(\w+)\s*:(.*)$")
_LONG = re.compile(r"\b(\d+|0[xX][\da-fA-F]+)[lL]\b")
_OCTAL = re.compile(r"(?<![\w.])(?<![eE][-+])0+([1-7][0-7]*)(?![\w.])")
_RAW = re.compile(r"(?<!\w)[uU]([rR])$")  # before a text
_MARK = "\0"  # which no line has
# What newer Pythons than ours can read: quotes within an f-string's expressions (PEP 701), type parameters (PEP 695).
_FSTRING = re.compile(r"""(?<![\w"'])(?:[fF][rR]?|[rR][fF])(["'])""")
_TYPE_PARAMETERS = re.compile(r"^(\s*(?:async\s+)?(?:def|class)\s+\w+)\[[^\]]*\](?=\s*[(:])")
_TYPE_ALIAS = re.compile(r"^(\s*)type\s+(\w+)(?:\[[^\]]*\])?\s*=\s*\S")


def without_margin(lines: list[str]) -> tuple[list[str], str]:
    """Take off what stands before every line: blanks, as of a cell that was pasted from within a class, or prompts."""
    first = next((line for line in lines if line.strip()), "")
    margin = first[: len(first) - len(first.lstrip())]
    if margin:
        return [line.removeprefix(margin) for line in lines], "the cell stands further in: the margin was taken off"
    for prompt in (_CLASSIC_PROMPT, _IPYTHON_PROMPT):
        if prompt.match(first):
            return [prompt.sub("", line) for line in lines], "prompts (>>>) were taken off"
    return lines, ""


def without_fstring(line: str) -> tuple[str, str]:
    """Rewrite a line at whose f-string Python stopped as one with a plain text: a message, as a rule."""
    match = _FSTRING.search(line)
    end = line.rfind(match[1]) if match else -1
    if not match or end < match.end() or line.count("{") != line.count("}"):
        return line, ""  # none, or one that no Python can read
    return f'{line[: match.start()]}"..."{line[end + 1 :]}', NEWER


def rewritten(line: str) -> tuple[str, str]:
    """Rewrite a line, and say how."""
    indent = line[: len(line) - len(line.lstrip())]
    if match := _PYLAB.match(line):
        return f"{match[1]}{PYLAB}", "%pylab was read as the imports from numpy that it makes"
    if module := run_module(line):
        return f"{indent}from {module} import *", f"%run was read as an import of all that {module} defines"
    if match := _MEASURED.match(line):
        return f"{match[1]}{match[2]}", f"the magic %{line.split('%')[1].split()[0]} was left out"
    if _MAGIC.search(_SAID.sub("_", line)) and not line.lstrip().startswith("#"):
        return f"{indent}pass", f"a magic or shell line was left out ({line.strip()[:40]})"
    if match := _ASSIGNED_MAGIC.match(line):
        return f"{match[1]}None", f"a magic or shell line was left out ({line.strip()[:40]})"
    if (
        (match := _EXCEPT.match(line)) and match[2][0].isupper() and match[1][-1] != ")"
    ):  # of Python 3.14 (PEP 758): two classes
        head, _, first = match[1].rpartition(" ")
        return f"{head} ({first}, {match[2]}):{match[3]}", "except with two classes was read as with parentheses"
    if match := _EXCEPT.match(line):
        return f"{match[1]} as {match[2]}:{match[3]}", OLD_EXCEPT
    if (fixed := _of_older_python(line)) != line:
        return fixed, "what Python 2 alone reads (<>, 10L, 0777, backticks) was read as Python 3's"
    if (fixed := _of_newer_python(line)) != line:
        return fixed, NEWER
    if (fixed := without_entities(line)) != line:
        return fixed, "what a web page writes for a character was read as that character"
    return line, ""


def with_old_handlers(source: str, tree: ast.Module) -> str:
    """Python 2's `except E, e:` as Python 3's: since 3.14 (PEP 758) it is read as two classes, of which `e` is none."""
    lines = source.split("\n")
    if not any("except" in line and _EXCEPT.match(line) for line in lines):
        return source
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Tuple):
            match = _EXCEPT.match(line := lines[node.lineno - 1])
            lines[node.lineno - 1] = rewritten(line)[0] if match and not match[2][0].isupper() else line
    return "\n".join(lines)


def run_module(line: str) -> str:
    """The module in the file that a line runs, `lib.layers` for `%run ./lib/layers.py`; empty where it runs none."""
    match = _RUN.match(line)
    parts = [part for part in re.split(r"[/\\\\]", match[1]) if part not in ("", ".", "..")] if match else []
    return ".".join(parts) if all(part.isidentifier() for part in parts) else ""


def _of_older_python(line: str) -> str:
    """What stands in no text and no comment."""
    said = [*(match.span() for match in _SAID.finditer(line)), (len(line), len(line))]
    parts, at = [], 0
    for start, end in said:
        between = _LONG.sub(r"\1", line[at:start].replace("<>", "!="))
        parts += [_RAW.sub(r"\1", _OCTAL.sub(r"0o\1", between)), line[start:end]]
        at = end
    return _without_backticks(parts)


def _without_backticks(parts: list[str]) -> str:
    """What stands between backticks as what they stand for; each other part is a text or a comment."""
    count = sum(part.count("`") for part in parts[::2])
    if not count or count % 2 or any("``" in part for part in parts[::2]):
        return "".join(parts)
    opens, *rest = "".join(part.replace("`", _MARK) if n % 2 == 0 else part for n, part in enumerate(parts)).split(
        _MARK
    )
    return opens + "".join(f"repr({one}" if n % 2 == 0 else f"){one}" for n, one in enumerate(rest))


def _of_newer_python(line: str) -> str:
    if match := _TYPE_PARAMETERS.match(line):
        return match[1] + line[match.end() :]
    match = _TYPE_ALIAS.match(line)
    return f"{match[1]}{match[2]} = None" if match else line
