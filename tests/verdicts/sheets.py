"""The frozen sheets: each folder of `sheets/` holds a class, the commands that are run, and what these must write.

`class.txt`: `zip NAME` or `folder NAME`, then in each line a file and what is in it: a hand-in of the sample class,
`./a file beside it`, or `= text`. `command.txt`: in each line an exit code and a command, or `keep` and an output.
Sheets are compared byte for byte, zips by the names in them, and documents without their sentences.
"""

import json
import re
import shlex
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .hand_ins import ROOT

SHEETS = Path(__file__).resolve().parent / "sheets"
SENTENCES = {"output", "message", "headline", "notes", "cases"}


def write_class(case: Path, folder: Path) -> None:
    """Make the class of a case in a folder, as the platform hands it out."""
    first, *lines = (case / "class.txt").read_text(encoding="utf-8").splitlines()
    kind, _, name = first.partition(" ")
    for path, _, source in (line.partition("\t") for line in lines):
        beside = case / source[2:] if source.startswith("./") else ROOT / "submissions/exercise_05" / source
        data = source[2:].encode() if source.startswith("= ") else beside.read_bytes()
        if kind == "zip":
            with zipfile.ZipFile(folder / name, "a") as archive:
                archive.writestr(path, data)
        else:
            (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path).write_bytes(data)


def unworded(document: Any) -> Any:
    """A document without its sentences, which may become better ones."""
    if isinstance(document, dict):
        return {key: "…" if key in SENTENCES else unworded(value) for key, value in document.items()}
    return [unworded(part) for part in document] if isinstance(document, list) else document


def frozen(path: Path) -> bytes:
    """What must not change in an output."""
    if path.is_dir():
        return b"".join(frozen(file) for file in sorted(path.rglob("*")) if file.is_file())
    if path.suffix == ".csv":
        return path.read_bytes()
    if path.suffix == ".zip":
        return "".join(f"{name}\n" for name in sorted(zipfile.ZipFile(path).namelist())).encode()
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".xml":
        return re.sub(r'(message=)"[^"]*"|(?<=>)[^<>]*\S[^<>]*(?=</)', r"\1…", text).encode()
    lines = text.splitlines() if path.suffix == ".jsonl" else [text]
    return "".join(json.dumps(unworded(json.loads(line)), ensure_ascii=False) + "\n" for line in lines).encode()


def shown(old: bytes, new: bytes) -> str:
    """Where two outputs part."""
    at = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return "".join(f"\n    {one[max(0, at - 50) : at + 50].decode(errors='replace')!r}" for one in (old, new))


def outputs(grader: Any, key: Path) -> Iterator[tuple[Path, bytes]]:
    """Run every case; give each output that is kept, by the file in which it is frozen."""
    for case in sorted(path for path in SHEETS.iterdir() if path.is_dir()):
        folder = grader.folder / f"sheets-{case.name}"
        shutil.copytree(case, folder, ignore=shutil.ignore_patterns("expected"))
        write_class(case, folder)
        for line in (case / "command.txt").read_text(encoding="utf-8").splitlines():
            first, *words = shlex.split(line)
            if first != "keep":
                grader.run(*words, "--key", key, cwd=folder, exits=(int(first),))
                continue
            name = words[0].replace("/", "-")
            yield case / "expected" / (name if name.endswith(".csv") else f"{name}.txt"), frozen(folder / words[0])


def same(grader: Any, key: Path, write: bool) -> bool:
    """Print what differs from the frozen outputs, or freeze what there is now."""
    wrong = []
    for file, now in outputs(grader, key):
        if write:
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(now)
        elif file.read_bytes() != now:
            wrong.append(f"{file.relative_to(SHEETS)}{shown(file.read_bytes(), now)}")
    print("\n".join(["\nsheets", *(f"  {line}" for line in wrong or ["all as they were"])]))
    return not wrong
