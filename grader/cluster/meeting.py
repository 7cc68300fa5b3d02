"""The way to a cluster: connected, and found fit to grade before anything is sent.

takes: a scheduler's address.
gives: a `ClusterCrew`; `ClusterError` with one sentence where there is no cluster, no worker, or another grader there.
must not know: hand-ins, keys.
"""

from __future__ import annotations

import logging
import socket
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from grader.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client

    from grader.cluster.crew import ClusterCrew

CONNECT_SECONDS = 10.0
_LONGEST_GREETING = 1 << 20  # bytes; a scheduler's are some hundreds, and other protocols' text reads as far more
WORKERS_SECONDS = 60.0  # a batch system may take a while to start the first
# Two graders that differ may judge differently, two numpys may compute different last bits.
_SAME = {"grader": "grader", "numpy": "numpy", "python": "Python"}


@contextmanager
def meet(address: str, patience: float = WORKERS_SECONDS) -> Iterator[ClusterCrew]:
    """The workers behind a scheduler, as a crew; the connection is closed at the end, and the cluster goes on.

    `patience` is how many seconds to wait for a first worker.
    """
    from grader.cluster.crew import ClusterCrew

    with _hushed(), _connected(address) as client:
        try:
            client.wait_for_workers(1, timeout=patience)
        except TimeoutError:
            raise ClusterError(
                f"the Dask scheduler at {address} has no workers",
                f"start some: dask worker {address} --nworkers -1 --nthreads 1",
            ) from None
        _demand_the_same(cast(Mapping[str, Any], client.get_versions(packages=["grader"])))
        yield ClusterCrew(client, address)


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep Dask's own log of the driver off the terminal: what goes wrong is told in a sentence, below no traceback."""
    import distributed  # noqa: F401 - it puts its handlers in place when it is first imported

    before = [(handler, handler.level) for handler in logging.getLogger("distributed").handlers]
    for handler, _ in before:
        handler.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for handler, level in before:
            handler.setLevel(level)


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    from distributed import Client

    address = address if "://" in address else f"tcp://{address}"
    _demand_scheduler(address)
    with warnings.catch_warnings():
        # Which versions must be equal is looked at below, and told in a sentence.
        warnings.filterwarnings("ignore", "(?s).*Mismatched versions", UserWarning)
        try:
            client = Client(  # type: ignore[no-untyped-call]
                address, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except (OSError, ValueError, TypeError) as error:  # TimeoutError is an OSError
            raise _nobody_at(address, _reason(error)) from error
    with client:
        yield client


def _demand_scheduler(address: str) -> None:
    """Raise where no Dask scheduler listens.

    A client would wait for ever for the first word of a server that speaks something else, such as the dashboard's,
    whose address stands right below the scheduler's. A scheduler speaks first: eight bytes say how many will follow.
    """
    from distributed.comm.addressing import get_address_host_port

    try:
        place = get_address_host_port(address, strict=True)
        if not address.startswith("tcp://"):
            return
        with socket.create_connection(place, CONNECT_SECONDS) as connection:
            said = connection.recv(8, socket.MSG_WAITALL)
    except (OSError, ValueError) as error:
        raise _nobody_at(address, _reason(error)) from error
    if len(said) < 8 or int.from_bytes(said, sys.byteorder) > _LONGEST_GREETING:
        raise _nobody_at(address, "what answers there speaks otherwise")


def _nobody_at(address: str, reason: str) -> ClusterError:
    return ClusterError(
        f"no Dask scheduler answers at {address}: {reason}",
        "give the address that 'dask scheduler' says it listens at, as tcp://10.0.0.5:8786 (8787 is its dashboard)",
    )


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
