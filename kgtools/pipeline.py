"""The main job: gate, lint, validate, infer, ask every question, export; one station after the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kgtools.exports.forms import export_all
from kgtools.graph import KnowledgeGraph, load
from kgtools.inference import infer
from kgtools.linting import lint
from kgtools.question import ask, questions
from kgtools.sparql.engine import each
from kgtools.validation import validate

EXPORTS = (
    *("ttl", "reifiers", "trig", "jsonld", "complete", "csv", "nt", "rdfxml"),
    *("description", "ontology", "entailed"),
)
"""All forms but N-Quads, which would be the N-Triples again; those that take longest first."""


@dataclass(frozen=True, slots=True)
class Station:
    """One station of a build: its name, what it counted, the seconds it took, and what it found at fault."""

    name: str
    counted: str
    seconds: float
    faults: tuple[str, ...] = ()


@dataclass(slots=True)
class Build:
    """The outcome of a build: the graph, its stations in order, and the files written."""

    graph: KnowledgeGraph
    stations: list[Station] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """No station found anything at fault."""
        return not any(s.faults for s in self.stations)


def build(*paths: Path, out: Path, on_station: Callable[[str], None] = lambda name: None) -> Build:
    """Run the whole job.

    Nothing is exported where a station found a fault: what lies in `out` then is the last good build.

    Args:
        paths: data files or folders; the bundled data by default.
        out: the folder for the exports.
        on_station: told the name of each station as it starts.

    Raises:
        InputError: an input cannot be used at all.
    """
    on_station("gate")
    start = time.perf_counter()
    graph = load(*paths)
    result = Build(graph)

    def done(name: str, counted: str, faults: list[str] | None = None) -> None:
        nonlocal start
        now = time.perf_counter()
        result.stations.append(Station(name, counted, now - start, tuple(faults or ())))
        start = now

    done("gate", f"{len(graph.files)} files, {len(graph):,} triples")
    on_station("lint")
    problems = lint(graph)
    errors = [str(p) for p in problems if p.severity == "error"]
    done("lint", f"{len(errors)} errors, {sum(p.severity == 'warning' for p in problems)} warnings", errors)
    on_station("validate")
    report = validate(graph)
    counts = report.counts()
    done(
        "validate",
        f"{len(report.focus_counts)} shapes, {counts['Violation']} violations, {counts['Warning']} warnings, {counts['Info']} infos",
        [str(f) for f in report.violations],
    )
    on_station("infer")
    inference = infer(graph)
    done("infer", f"{len(inference.closure):,} triples entailed", [str(i) for i in inference.inconsistencies])
    on_station("questions")
    engine = graph.engine()
    answers = each(engine, lambda q: ask(engine, q.text, name=q.name), questions().values())
    done("questions", f"{len(answers)} questions, {sum(len(a) for a in answers):,} rows")
    if result.clean:
        on_station("export")
        result.written += export_all(graph, EXPORTS, out)
        done("export", f"{len(result.written)} files, {sum(p.stat().st_size for p in result.written):,} bytes")
    return result
