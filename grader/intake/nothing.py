"""Why there is nothing to grade in a hand-in, and the next step.

takes: claims in which no file was found that may be somebody's work.
gives: a sentence and a next step.
must not know: layouts, what is in a file.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.errors import SubmissionError
from grader.intake.layouts import OTHER_WORK, Claim
from grader.intake.submissions import text_of
from grader.intake.walk import is_read_me

MOST_NAMED = 3  # files, in a sentence
# Archives that are not looked into: there is no reading rar and 7z without programs of others, and a tar is read from
# its begin to its end for each name in it.
_ARCHIVES = (".tar", ".tgz", ".tbz", ".txz", ".gz", ".bz2", ".xz", ".zst", ".rar", ".7z")
_HAND_IN = "the notebook itself (.ipynb), or its Python file, has to be handed in"
# What is left over where the work itself is missing: how its name ends, what it is, and what to do.
_LEFT_OVER = (
    (".icloud", "a placeholder of iCloud", "the file itself was still in the cloud: download it, and hand it in again"),
    (
        ".ipynb_checkpoints",
        "what Jupyter saves by itself",
        "if the work is in it, copy the notebook out of it, and grade again; if not, ask for the notebook",
    ),
)


def why_nothing(claims: Sequence[Claim]) -> tuple[str, str]:
    """Why there is nothing to grade, and the next step."""
    said = [claim.said for claim in claims if claim.said]
    if said:
        missing = "nothing for this one" if OTHER_WORK in said else "no file"
        return f"nothing to grade: {' and '.join(dict.fromkeys(said))} was handed in, and {missing}", _HAND_IN
    try:
        listed = [name for claim in claims for name in claim.item.files_shown()]
        hidden = [name for claim in claims for name in claim.item.noise()]
    except (OSError, SubmissionError):
        listed = hidden = []
    return _of_others(listed) if listed else _of_hidden(text_of(claims[0].item.name), hidden)


def _of_others(listed: Sequence[str]) -> tuple[str, str]:
    packed = next((name for name in listed if name.lower().endswith(_ARCHIVES)), None)
    if packed:
        return (
            f"nothing to grade: {packed} is an archive of a kind that is not opened",
            "unpack it where it lies, and grade again; or ask for a .zip",
        )
    what = ", ".join(listed[:MOST_NAMED])
    return f"nothing to grade: there is no notebook (.ipynb) or Python file (.py) in {what}", _HAND_IN


def _of_hidden(place: str, hidden: Sequence[str]) -> tuple[str, str]:
    for end, what, instead in _LEFT_OVER:
        left = next((name for name in hidden if name.endswith(end)), None)
        if left:
            return f"nothing to grade: {place} holds {what} ({left}), and no notebook", instead
    if read_me := next((name for name in hidden if is_read_me(name)), None):
        return (
            f"nothing to grade: {place} holds {read_me}, which says what the rest is, and no notebook",
            "if the work is in it, give it another name, and grade again; if not, ask for the notebook",
        )
    if hidden:
        return f"nothing to grade: {place} is empty but for hidden files ({', '.join(hidden[:MOST_NAMED])})", _HAND_IN
    return f"nothing to grade: {place} is empty", _HAND_IN
