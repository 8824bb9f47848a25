"""A real Oxigraph server on loopback, for the tests that ask an endpoint."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox


@contextmanager
def running(*options: str) -> Iterator[str]:
    """An empty server on a free port, with options: its address. It ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    binary = Path(sys.executable).parent / "oxigraph"
    process = subprocess.Popen([binary, "serve", "--bind", address, *options], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://{address}/query", timeout=1)
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(10)


def put(address: str, triples: Iterable[ox.Triple]) -> None:
    """Make these triples the whole default graph of a server."""
    request = urllib.request.Request(
        f"{address}/store?default",
        data="".join(f"{t} .\n" for t in triples).encode(),
        method="PUT",
        headers={"Content-Type": "application/n-triples"},
    )
    urllib.request.urlopen(request, timeout=30)


def load_file(address: str, path: Path, media_type: str) -> None:
    """Put a file into the default graph of a server, as any client would."""
    request = urllib.request.Request(
        f"{address}/store?default", data=path.read_bytes(), method="PUT", headers={"Content-Type": media_type}
    )
    urllib.request.urlopen(request, timeout=60)


def posted(address: str, query: str) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """The variables and rows with which a server answers a SELECT, sent without any of our code."""
    request = urllib.request.Request(
        f"{address}/query",
        data=query.encode(),
        headers={"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        results = ox.parse_query_results(answer.read(), format=ox.QueryResultsFormat.JSON)
    return tuple(v.value for v in results.variables), [tuple(row) for row in results]
