"""Remove a folder that a submission wrote, whatever is in it.

takes: a folder; every process that could write below it is gone.
gives: nothing; what cannot be removed is left.
must not know: what the files are.

Not `shutil.rmtree`, which calls itself for each level and stops at folders that may not be entered: a submission
makes both. Here each folder below is opened up, its entries moved to the top, and itself removed.
"""

from __future__ import annotations

import stat
from itertools import count
from pathlib import Path


def clear(folder: Path) -> None:
    """Remove a folder and all below it; links are removed, never followed."""
    numbers = count()
    try:
        folder.chmod(0o700)
        while entries := list(folder.iterdir()):
            removed = [_remove(folder, entry, numbers) for entry in entries]
            if not any(removed):
                return
        folder.rmdir()
    except OSError:
        return


def _remove(top: Path, entry: Path, numbers: count[int]) -> bool:
    try:
        if not _is_folder(entry):
            entry.unlink()
            return True
        entry.chmod(0o700)
        for inner in list(entry.iterdir()):
            if _is_folder(inner):
                inner.chmod(0o700)  # a folder that is moved has its own `..` rewritten
                inner.rename(top / f".grader-{next(numbers)}")
            else:
                inner.unlink()
        entry.rmdir()
    except OSError:
        return False
    return True


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(path.lstat().st_mode)
