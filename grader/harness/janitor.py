"""Where nothing else takes a zygote down with all it made: stand above it, and clear up when it is gone.

takes: the zygote's settings, and the folder that was made for it.
gives: nothing; at the end neither a process of it nor the folder is left.
must not know: submissions. It keeps the rights that the zygote gives up, so it does nothing but wait and clear.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from grader.harness.shut_in.linux import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, prctl
from grader.harness.shut_in.scratch import clear


def main(argument: str) -> None:
    """Start the zygote below this process; return when all of it is gone and cleared up."""
    settings = json.loads(argument)
    folder = Path(settings.pop("folder"))
    prctl(PR_SET_CHILD_SUBREAPER, 1)  # what the zygote leaves behind comes here
    zygote = os.fork()
    if zygote == 0:
        _be_zygote(json.dumps(settings))
    os.close(settings["control"])
    while _one_ends():
        pass
    clear(folder)


def _be_zygote(settings: str) -> None:
    from grader.harness.zygote import drop_root, main

    drop_root()
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # after the drop, which would undo it
    main(settings)
    os._exit(0)


def _one_ends() -> bool:
    try:
        os.wait()
    except ChildProcessError:
        return False
    return True
