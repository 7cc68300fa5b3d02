"""The layouts that are trees: nbgrader's, Gradescope's, GitHub Classroom's.

takes: the items of a class, and small texts that the platform put beside the hand-ins.
gives: `Reading`, or `None` where it is another layout.
must not know: what is in a hand-in, graded names, how claims become submissions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from grader.errors import SubmissionError
from grader.intake.archive import ARCHIVE_CAP
from grader.intake.items import Item, inner_items, small_texts
from grader.intake.layouts import OTHER_WORK, Claim, Hint, Reading, unknown
from grader.intake.submissions import text_of

# ---- nbgrader ----------------------------------------------------------------------------------------------------

STAMP = "timestamp.txt"
SOME = 30  # folders that are looked into to tell a layout: to look into all of a huge class would take long
_COURSE = {"source", "release", "autograded", "feedback", "nbgrader_config.py", "gradebook.db"}


def nbgrader(items: Sequence[Item], hint: Hint) -> Reading | None:
    """`submitted/{student_id}/{assignment_id}/{notebook}.ipynb`, from the course's folder or from `submitted`."""
    names = {item.name: item for item in items}
    called = hint.class_name == "submitted"
    if "submitted" in names and (len(names) == 1 or names.keys() & _COURSE):
        items, called = inner_items(names["submitted"]), True
    students = [item for item in items if item.is_folder]
    if not (called or hint.named or _are_stamped(students[:SOME])):
        return None
    tasks = Counter(task for item in students for task in item.listed() if item.has_folder(task))
    if not tasks:
        return None
    task = _which_task(tasks, hint)
    there = [item for item in students if item.has_folder(task)]
    stamps = {item.name: text.strip() for item, text in zip(there, small_texts(there, f"{task}/{STAMP}"), strict=True)}
    claims = tuple(_nbgrader_claim(item, task, stamps.get(item.name)) for item in students)
    stamped = sum(map(bool, stamps.values()))
    why = f"{tasks[task]} of {len(students)} folders hold {text_of(task)}/, {stamped} with a {STAMP}"
    return Reading("nbgrader", "nbgrader's submitted/ tree", why, claims)


def _are_stamped(some: Sequence[Item]) -> bool:
    """Whether more than half of some students' folders hold a time stamp beside a hand-in."""
    stamped = [item for item in some if any(STAMP in item.listed(task) for task in item.listed())]
    return 2 * len(stamped) > len(some)


def _which_task(tasks: Mapping[str, int], hint: Hint) -> str:
    if hint.assignment in tasks:
        return hint.assignment
    if len(tasks) == 1:
        return next(iter(tasks))
    listed = ", ".join(text_of(task) for task in sorted(tasks)[:5])
    raise SubmissionError(
        f"the students' folders hold several assignments: {listed}", "say which one: --layout nbgrader:NAME"
    )


def _nbgrader_claim(item: Item, task: str, stamp: str | None) -> Claim:
    student = text_of(item.name)
    if stamp is None:
        return Claim(item, student, ids={"nbgrader": student}, said=OTHER_WORK)
    return Claim(item, student, ids={"nbgrader": student}, entry=student, handed_in=text_of(stamp), under=task)


# ---- Gradescope --------------------------------------------------------------------------------------------------

METADATA = "submission_metadata.yml"
METADATA_CAP = ARCHIVE_CAP  # bytes; it holds all results of all attempts
MOST_NESTED = 60  # levels of the metadata; results and history have under twenty
MOST_NODES = 2_000_000  # values in the metadata; a class of a thousand with all its results has some hundred thousand


def gradescope(items: Sequence[Item], hint: Hint) -> Reading | None:
    """An export: folders `submission_<number>` beside `submission_metadata.yml`, which says whose each one is."""
    metadata = next((item for item in items if item.name == METADATA and not item.is_folder), None)
    if metadata is None:
        return None
    told = read_yaml(without_results(metadata.read("", METADATA_CAP)), METADATA)
    if not isinstance(told, dict):
        raise SubmissionError(f"{METADATA} does not say whose the submissions are", "export the submissions again")
    folders = [item for item in items if item.is_folder]
    claims = [claim for item in folders for claim in _gradescope_claims(item, told.get(item.name))]
    known = sum(item.name in told for item in folders)
    why = f"there is a {METADATA}, and {known} of {len(folders)} folders are named in it"
    return Reading("gradescope", "a Gradescope export", why, tuple(claims))


def without_results(data: bytes) -> bytes:
    """The metadata without what autograders said before, which is most of it and may be tens of megabytes.

    Keys of a submission stand two blanks in; whatever belongs to one stands further in, or begins with a dash.
    """
    kept: list[bytes] = []
    inside = False
    for line in data.splitlines(keepends=True):
        if not line.startswith((b"   ", b"  -")):
            inside = line.startswith((b"  :results:", b"  :history:"))
        if not inside:
            kept.append(line)
    return b"".join(kept)


def _gradescope_claims(item: Item, told: Any) -> list[Claim]:
    """One for each submitter: a group's hand-in is everybody's who is in it."""
    people = told.get(":submitters") if isinstance(told, dict) else None
    if not isinstance(people, list) or not all(isinstance(person, dict) for person in people) or not people:
        return [unknown(item, f"that {METADATA} names")]
    claims = []
    for person in people:
        name, sid, email = (_text(person.get(key)) for key in (":name", ":sid", ":email"))
        others = [_text(other.get(":name")) or "somebody" for other in people if other is not person]
        notes = (f"Handed in together with {', '.join(others)}.",) if others else ()
        number = text_of(item.name).removeprefix("submission_")
        ids = {"gradescope": number, "sid": sid, "email": email}
        handed_in = _text(told.get(":created_at"))
        claims.append(
            Claim(
                item, sid or email or text_of(item.name), name, email, {k: v for k, v in ids.items() if v},
                text_of(item.name), handed_in, order=(handed_in,), notes=notes,
            )
        )  # fmt: skip
    return claims


def _text(value: Any) -> str:
    text = text_of(value).strip() if isinstance(value, str) else ""
    return "" if text in ("~", "null") else text


def read_yaml(data: bytes, name: str) -> Any:
    """Mappings, lists and texts of a YAML file. No types are guessed: `00123` is an id and no number.

    Built from events and not by `safe_load`, which nests as deep as its input and follows references.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    top: list[Any] = []
    stack: list[tuple[Any, list[Any]]] = [(top, [])]  # what is being filled, and the key that waits for its value
    try:
        for count, event in enumerate(yaml.parse(data, Loader=loader)):
            if count > MOST_NODES or len(stack) > MOST_NESTED or isinstance(event, yaml.AliasEvent):
                raise SubmissionError(f"{name} is not of the form that Gradescope writes", "export it again")
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                made: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
                _put(stack, made)
                stack.append((made, []))
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                stack.pop()
            elif isinstance(event, yaml.ScalarEvent):
                _put(stack, event.value)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SubmissionError(f"{name} cannot be read as YAML", "export the submissions again") from error
    return top[0] if top else None


def _put(stack: list[tuple[Any, list[Any]]], value: Any) -> None:
    holder, waiting = stack[-1]
    if isinstance(holder, list):
        holder.append(value)
    elif waiting:
        holder[waiting.pop()] = value
    else:
        waiting.append(value if isinstance(value, str) else "")


# ---- GitHub Classroom --------------------------------------------------------------------------------------------


def github(items: Sequence[Item], hint: Hint) -> Reading | None:
    """A checkout: a folder for each repository, `<assignment>-<account>`, each with its `.git`."""
    folders = [item for item in items if item.is_folder]
    cloned = [item for item in folders if item.is_repository()]
    if not folders or not (hint.named or 2 * len(cloned) > len(folders)):
        return None
    prefix = _repository_prefix([item.name for item in folders], hint)
    claims = tuple(
        _github_claim(item, prefix) if item.is_folder else unknown(item, f"{prefix}<account>") for item in items
    )
    after = f"; accounts are what follows '{text_of(prefix)}'" if prefix else ""
    why = f"{len(cloned)} of {len(folders)} folders are git repositories{after}"
    return Reading("github", "a GitHub Classroom checkout", why, claims)


def _repository_prefix(names: Sequence[str], hint: Hint) -> str:
    """What all repositories' names begin with: the checkout's own name tells, else what they have in common."""
    for told in (hint.class_name.removesuffix("-submissions"), hint.assignment, hint.assignment.replace("_", "-")):
        if told and all(name.startswith(f"{told}-") and len(name) > len(told) + 1 for name in names):
            return f"{told}-"
    if len(names) < 2:
        return ""
    shortest, longest = min(names), max(names)  # what these two share, all share
    same = next((n for n, (a, b) in enumerate(zip(shortest, longest, strict=False)) if a != b), len(shortest))
    return shortest[: shortest.rfind("-", 0, same) + 1]


def _github_claim(item: Item, prefix: str) -> Claim:
    account = text_of(item.name[len(prefix) :] or item.name)
    return Claim(item, account, ids={"github": account}, entry=text_of(item.name))
