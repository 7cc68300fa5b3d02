"""The way to a cluster: connected, and found fit to grade before anything is sent.

takes: a scheduler's address.
gives: a `ClusterCrew`; `ClusterError` with one sentence where there is no cluster, no worker, or another grader there.
must not know: hand-ins, keys.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from grader.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client

    from grader.cluster.crew import ClusterCrew

CONNECT_SECONDS = 10.0
WORKERS_SECONDS = 60.0  # a batch system may take a while to start the first
# Two graders that differ may judge differently, two numpys may compute different last bits.
_SAME = {"grader": "grader", "numpy": "numpy", "python": "Python"}


@contextmanager
def meet(address: str) -> Iterator[ClusterCrew]:
    """The workers behind a scheduler, as a crew; its connection is closed at the end, the cluster goes on."""
    from grader.cluster.crew import ClusterCrew

    with _connected(address) as client:
        try:
            client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError:
            raise ClusterError(
                f"the Dask scheduler at {address} has no workers",
                f"start some: dask worker {address} --nworkers -1 --nthreads 1",
            ) from None
        _demand_the_same(cast(Mapping[str, Any], client.get_versions(packages=["grader"])))
        yield ClusterCrew(client, address)


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    from distributed import Client

    with warnings.catch_warnings():
        # Which versions must be equal is looked at below, and told in a sentence.
        warnings.filterwarnings("ignore", "(?s).*Mismatched versions", UserWarning)
        try:
            client = Client(  # type: ignore[no-untyped-call]
                address, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError, TypeError) as error:  # TimeoutError is an OSError
            raise ClusterError(
                f"no Dask scheduler answers at {address}: {_reason(error)}",
                "'dask scheduler' says where it listens, such as tcp://10.0.0.5:8786: give that address",
            ) from error
    with client:
        yield client


def _reason(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _demand_the_same(versions: Mapping[str, Any]) -> None:
    """Raise where a worker has another grader, numpy or Python than the driver."""
    ours = _told(versions["client"])
    for worker, told in sorted(versions["workers"].items()):
        theirs = _told(told)
        for name, title in _SAME.items():
            if theirs[name] != ours[name]:
                raise ClusterError(
                    f"the worker at {worker} has {_shown(title, theirs[name])}, this machine {ours[name]}: they could "
                    "judge differently",
                    f'install the same there: pip install "grader[dask]=={ours["grader"]}" numpy=={ours["numpy"]}, '
                    f"with Python {ours['python']}",
                )


def _told(versions: Mapping[str, Any] | None) -> dict[str, str]:
    packages = (versions or {}).get("packages", {})
    told = {name: str(packages.get(name) or "") for name in _SAME}
    return told | {"python": ".".join(told["python"].split(".")[:2])}  # a bug-fix release computes the same


def _shown(title: str, version: str) -> str:
    return f"{title} {version}" if version else f"no {title}"
