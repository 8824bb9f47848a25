"""Answers at once: a loaded graph with its entailed triples, kept on disk for as long as nothing it was made from changes.

A snapshot is an index that can be thrown away. Its name is a digest of everything that went into it: the bytes of the
data and ontology files, the rules, the code that reads and infers, and the versions. A changed byte gives another
name, so that a snapshot is never asked about other data than it holds.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pyoxigraph as ox

from kgtools.graph import ONTOLOGY_FILES, KnowledgeGraph, load
from kgtools.inference import infer
from kgtools.rdf import read as reader
from kgtools.rdf.raw import fetch
from kgtools.terms import home

KEPT = 4
"""How many snapshots are kept; those used longest ago go first."""

ABANDONED = 3600.0
"""Seconds after which a half-made snapshot is taken for left behind."""

_MAKERS = ("rdf", "rules", "sparql")


def snapshot(*paths: Path, reading: reader.Reading = reader.DEFAULT, cache: Path | None = None) -> KnowledgeGraph:
    """The graph that :func:`kgtools.load` and :func:`kgtools.infer` give for these paths, to be asked and not changed.

    The first call makes it and keeps it on disk; later ones open it in a few milliseconds. Where it cannot be kept
    (standard input, a folder that cannot be written), the graph is simply loaded.

    Args:
        paths: RDF files or folders of them; the bundled data where none is given.
        reading: how files are read.
        cache: the folder for snapshots; by default that of the environment variable `KGTOOLS_CACHE`, or else
            `kgtools` in the user's cache folder (`XDG_CACHE_HOME`). Nothing is kept where the variable is empty.

    Raises:
        InputError: a path is missing or a file does not pass the reader.
    """
    folder = cache or _cache()
    if folder is None or Path("-") in paths:
        return _loaded(paths, reading)
    key = _digest(paths, reading)
    kept = _opened(folder / key)
    if kept is not None:
        return kept
    graph = _loaded(paths, reading)
    if _digest(paths, reading) == key:  # else a file changed while it was read
        with contextlib.suppress(OSError):
            _keep(graph, folder, key)
    return graph


def _cache() -> Path | None:
    chosen = os.environ.get("KGTOOLS_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kgtools"


def _loaded(paths: tuple[Path, ...], reading: reader.Reading) -> KnowledgeGraph:
    graph = load(*paths, reading=reading)
    infer(graph)
    return graph


def _inputs(paths: tuple[Path, ...]) -> Iterator[Path]:
    """All files that a snapshot is made from."""
    yield from reader.files(paths or (home("data"),))
    yield from (home("ontology") / name for name in ONTOLOGY_FILES)
    yield from sorted((home("ontology") / "rules").glob("*.rq"))
    package = Path(__file__).parent
    yield from sorted(package.glob("*.py"))
    yield from sorted(p for maker in _MAKERS for p in (package / maker).glob("*.py"))


def _digest(paths: tuple[Path, ...], reading: reader.Reading) -> str:
    """SHA-256 over names and bytes of the inputs, and over the versions of what reads them.

    Raises:
        InputError: an input is no regular file, is too large or cannot be read.
    """
    digest = hashlib.sha256(f"{version('kgtools')} {version('pyoxigraph')} {reading}".encode())
    for path in _inputs(paths):
        content = fetch(path, max_bytes=reading.max_bytes)
        digest.update(f"\n{path} {len(content)}\n".encode(errors="surrogateescape"))
        digest.update(content)
    return digest.hexdigest()[:32]


def _keep(graph: KnowledgeGraph, folder: Path, key: str) -> None:
    """Write a snapshot beside its place and rename it there; another that came first is as good."""
    folder.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=folder))
    try:
        graph.save(making / "store")
        (making / "restated.nt").write_text("".join(f"{t} .\n" for t in graph.restated), encoding="utf-8")
        (making / "files.tsv").write_bytes(os.fsencode("".join(f"{n}\t{path}\0" for path, n in graph.files)))
        (making / "warnings").write_text("\0".join(graph.warnings), encoding="utf-8", errors="surrogateescape")
        making.rename(folder / key)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        if not (folder / key).is_dir():
            raise
    _tidy(folder, folder / key)


def _opened(place: Path) -> KnowledgeGraph | None:
    """The snapshot at a place, or None where there is none that can be read."""
    if not place.is_dir():
        return None
    try:
        restated = [q.triple for q in ox.parse((place / "restated.nt").read_bytes(), format=ox.RdfFormat.N_TRIPLES)]
        files = [line.split("\t", 1) for line in os.fsdecode((place / "files.tsv").read_bytes()).split("\0") if line]
        warnings = (place / "warnings").read_text(encoding="utf-8", errors="surrogateescape")
        graph = KnowledgeGraph.saved(
            place / "store",
            [(Path(path), int(n)) for n, path in files],
            warnings.split("\0") if warnings else [],
            restated,
        )
        os.utime(place)
    except (OSError, RuntimeError, ValueError, SyntaxError):
        shutil.rmtree(place, ignore_errors=True)
        return None
    return graph


def _tidy(folder: Path, keep: Path) -> None:
    """Remove what was left half made, and all but the newest snapshots."""
    now = time.time()
    snapshots = []
    for place in folder.iterdir():
        try:
            used = place.stat().st_mtime
        except OSError:
            continue  # another process removed it
        if place.name.startswith(".making-"):
            if now - used > ABANDONED:
                shutil.rmtree(place, ignore_errors=True)
        elif place != keep:
            snapshots.append((used, place))
    for _, place in sorted(snapshots, reverse=True)[KEPT - 1 :]:
        shutil.rmtree(place, ignore_errors=True)
