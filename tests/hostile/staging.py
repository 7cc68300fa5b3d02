"""Run a command as root or as a plain user, with an interpreter that a plain user can reach."""

import os
import sys
from pathlib import Path

FULL = bool(os.environ.get("GRADER_TESTS_FULL"))
"""Whether the weaker level and the other user are tried too."""
HERE = "root" if os.getuid() == 0 else "plain"
ROOT = Path(__file__).resolve().parent.parent.parent
# A user that no other process is: what root starts ends as nobody, and the kernel counts a user's processes together.
PLAIN = "54321"
# Makes what is below a closed folder reachable for another user, in a mount namespace of its own.
OPEN = """
mount --make-rprivate / && mount -t tmpfs none "$HOLD" || exit 9
for place in $PLACES; do mkdir -p "$HOLD$place" && mount --bind "$place" "$HOLD$place" || exit 9; done
for folder in $CLOSED; do mount -t tmpfs -o mode=755 none "$folder" || exit 9; done
for place in $PLACES; do mkdir -p "$place" && mount --bind "$HOLD$place" "$place" || exit 9; done
exec "$@"
"""


def closed_above(place):
    """The topmost folder above a place that other users may not enter; None where all are open."""
    for folder in [*reversed(place.parents), place]:
        if folder.is_dir() and not folder.stat().st_mode & 0o1:
            return folder
    return None


def as_user(user, command):
    """A command and an environment, so that it runs as this user with an interpreter that it can reach; else twice None."""
    if os.getuid() != 0:
        return (command, os.environ) if user == "plain" else (None, None)
    if user == "plain":
        command = ["setpriv", f"--reuid={PLAIN}", f"--regid={PLAIN}", "--clear-groups", "--", *command]
    needed = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), ROOT}
    closed = {folder: [p for p in needed if closed_above(p) == folder] for folder in map(closed_above, needed) if folder}
    if not closed:
        return command, os.environ
    places = " ".join(str(p) for listed in closed.values() for p in listed)
    folders = " ".join(map(str, closed))
    return ["unshare", "-m", "sh", "-c", OPEN, "sh", *command], {**os.environ, "PLACES": places, "CLOSED": folders, "HOLD": "/mnt"}
