"""Templates as Python code, kept beside them as Python keeps its modules: to compile them takes longer than a page.

takes: an environment's templates.
gives: their code from `__pycache__`; what is not there yet put there, where that is asked for.
must not know: what a template says.

Only `make` asks for it. Python does so by itself, and pip takes its files away again with the package; ours it would
leave behind, as a package without anything in it. Code is used only where the template's text is that which it was made
of. An environment's own functions may be worked into the code, too: `made_by` names all that it depends on.
"""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache

SUFFIX = ".jinja"


class Compiled(FileSystemBytecodeCache):
    """The code of a folder's templates, made by an environment that the text `made_by` sets up."""

    def __init__(self, folder: Path, made_by: str, keeps: bool = False) -> None:
        self._keeps = keeps
        digest = hashlib.sha256(f"{jinja2.__version__} {made_by}".encode()).hexdigest()
        super().__init__(str(folder / "__pycache__"), f"%s.{digest[:16]}.{sys.implementation.cache_tag}{SUFFIX}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Nothing, where it cannot be read, or is not whole: the template is compiled then."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # pickle and marshal each raise what they like for damaged bytes
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Where it cannot be written, the next one compiles it, too."""
        if not self._keeps:
            return
        with suppress(OSError):
            folder = Path(self.directory)
            folder.mkdir(exist_ok=True)
            super().dump_bytecode(bucket)
            Path(self._get_cache_filename(bucket)).chmod(0o644)  # as modules are: whoever else runs it may read them
            # What an earlier grader made of it is of no use any more; another Python's is.
            for other in folder.glob(f"{bucket.key}.*.{sys.implementation.cache_tag}{SUFFIX}"):
                if str(other) != self._get_cache_filename(bucket):
                    other.unlink(missing_ok=True)
