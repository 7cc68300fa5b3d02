"""A class graded on other machines: the workers of a Dask cluster, as one more crew.

takes: a scheduler's address, and the pieces of a class.
gives: the same rows and pages as this machine's own processes would, as they come.
must not know: how one hand-in is graded, what is new, where a row is kept.

The driver reads the hand-ins and sends their contents in parcels, a few for each worker and no more; it alone writes
the gradebook and the pages. A worker needs no disk in common with it: the key comes once, the contents with the parcel,
and what goes back is rows and pages. Each worker has a warm sandbox of its own, built and tried where it stands.

A cluster is trusted as the driver is: values of ours go to and fro as Dask sends them. What students wrote is bytes and
text in them, and is read where and how it always is.
"""

from grader.cluster.crew import ClusterCrew
from grader.cluster.meeting import meet

__all__ = ["ClusterCrew", "meet"]
