"""The hand-out: what students get, made from one master notebook, searched and proved before it is written.

takes: an assignment's folder with a master notebook in it, and a sandbox.
gives: the students' notebook, the public key and a README, as a folder and a zip; `AuthorError` where a solution
or a hidden number would leak, or where the hand-out or the master does not grade as it must.
must not know: submissions of a class.
"""

from grader.release.bundle import bundle_gradescope, is_bundle
from grader.release.making import MASTER, Release, make_release
from grader.release.parcel import write_release

__all__ = ["MASTER", "Release", "bundle_gradescope", "is_bundle", "make_release", "write_release"]
