"""A verdict while one edits: data files are read again as they change, and only what an edit can reach is checked."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.graph import load
from kgtools.rdf import read as reader
from kgtools.shacl.incremental import Validation
from kgtools.shacl.report import Finding, Report
from kgtools.terms import home

POLL = 0.2
"""Seconds between two looks at the files."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one look at the files brought.

    Attributes:
        paths: the files that were new, changed or gone.
        seconds: how long it took to read them and to check what they changed.
        report: the report on all the data as they now are.
        appeared: findings that were not there before.
        gone: findings that were there before.
        problem: why a file could not be read (its former content then still stands), or which file is gone.
    """

    paths: tuple[Path, ...]
    seconds: float
    report: Report
    appeared: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    problem: str | None = None


def watch(
    *paths: Path, shapes: Iterable[ox.Triple], wait: Callable[[], None] = lambda: time.sleep(POLL)
) -> Iterator[Verdict]:
    """Verdicts, the first on the files as they are, then one whenever a file is new, changed or gone.

    Args:
        paths: data files or folders; the bundled data by default.
        shapes: the triples of the shapes graph.
        wait: called between two looks; what it raises ends the watch.

    Raises:
        InputError: the reader refuses a file at the start, or a shape is malformed.
    """
    start = time.perf_counter()
    chosen = paths or (home("data"),)
    stamps = _stamps(reader.files(chosen))
    held = {path: set(reader.read(path).triples) for path in stamps}
    often = Counter(t for triples in held.values() for t in triples)
    validation = Validation(load(*chosen), shapes)
    validation.prepare()
    report = validation.report
    yield Verdict(tuple(stamps), time.perf_counter() - start, report, tuple(report), ())
    while True:
        wait()
        now = _stamps(_present(chosen))
        touched = sorted(p for p in {*now, *stamps} if now.get(p) != stamps.get(p))
        if not touched:
            continue
        start = time.perf_counter()
        away = [path for path in touched if path not in now]
        problem = f"{away[0]}: no longer there; what it stated is taken out" if away else None
        added: set[ox.Triple] = set()
        removed: set[ox.Triple] = set()
        for path in touched:
            try:
                new = set(reader.read(path).triples) if path in now else set()
            except InputError as error:
                problem = str(error)
                continue
            old = held.get(path, set())
            often.update(new - old)
            often.subtract(old - new)
            added |= new - old
            removed |= {t for t in old - new if often[t] <= 0}
            held[path] = new
        stamps = now
        before = report
        report = validation.edit(added=added, removed=removed)
        appeared, gone = Counter(report) - Counter(before), Counter(before) - Counter(report)
        yield Verdict(tuple(touched), time.perf_counter() - start, report, tuple(appeared), tuple(gone), problem)


def _present(paths: Iterable[Path]) -> Iterator[Path]:
    """The RDF files among the paths that are there; a file may be gone for a moment, or for good."""
    for path in paths:
        with suppress(InputError):
            yield from reader.files([path])


def _stamps(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """When each file was last written, and its size."""
    out = {}
    for path in paths:
        with suppress(FileNotFoundError):
            about = path.stat()
            out[path] = (about.st_mtime_ns, about.st_size)
    return out
