"""What to try where a file is there that is imported, and has not what is asked of it.

takes: what is told of a function, and the sources of the files beside it.
gives: the same, with the name in that file which may be meant.
must not know: how a verdict was reached, points, HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from grader.feedback.next_step.names_wording import near
from grader.gradebook import CriterionRecord

NOT_IN_MODULE = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'")
_NO_ATTRIBUTE = re.compile(r"AttributeError: module '([\w.]+)' has no attribute '(\w+)'")
_HAS_NOT = re.compile(r"(?<!\S)(\S+\.py), imported here, has no `(\w+)`")
_NAMES = re.compile(r"^(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE)


def is_of(file: str, module: str) -> bool:
    """Whether a file is that of a module, by its name."""
    return PurePosixPath(file).stem == module.rpartition(".")[2]


def say_not_in(name: str, file: str) -> str:
    """What is said of a name that a file, or a package, was to have; of a package the grader has a part, it may be."""
    return f"{file}, imported here, has no `{name}`{'' if file.endswith('.py') else ' when it is graded'}"


def told_by_module(told: CriterionRecord, sources: Mapping[str, str]) -> CriterionRecord:
    """Name what a file has in the place of what is asked of it."""
    if told.verdict not in ("missing", "crashed", "partly", "wrong"):
        return told
    of_module, of_file = _NO_ATTRIBUTE.search(told.headline), _HAS_NOT.search(told.headline)
    if of_module:
        name, files = of_module[2], [file for file in sources if is_of(file, of_module[1])]
    elif of_file:
        name, files = of_file[2], [file for file in sources if file == of_file[1]]
    else:
        return told
    there = {one for file in files for pair in _NAMES.findall(sources[file]) for one in pair if one}
    if len(files) != 1 or name in there:  # it is there, and its line may not have run
        return told
    alike = near(name, sorted(there))
    meant = f"{files[0]} has `{alike}`: if that is meant, spell both alike."
    step = meant if alike else f"See what it is called in {files[0]}, or define `{name}` yourself."
    return replace(told, next_step=step)
