"""The main job: read, lint, validate, infer, ask every question, export; one step after the other."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
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
class Step:
    """One step of a build: its name, what it counted, the seconds it took, and what it found at fault."""

    name: str
    counted: str
    seconds: float
    faults: tuple[str, ...] = ()


@dataclass(slots=True)
class Build:
    """The outcome of a build: the graph, its steps in order, and the files written."""

    graph: KnowledgeGraph
    steps: list[Step] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """No step found anything at fault."""
        return not any(s.faults for s in self.steps)

    def to_json(self) -> str:
        """A JSON object: whether the build is clean, its steps, and the paths written."""
        document = {
            "clean": self.clean,
            "steps": [{**asdict(s), "seconds": round(s.seconds, 3)} for s in self.steps],
            "written": [str(p) for p in self.written],
        }
        return json.dumps(document, ensure_ascii=False, indent=1)


def build(*paths: Path, out: Path, on_step: Callable[[str], None] = lambda name: None) -> Build:
    """Run the full build.

    Nothing is exported where a step found a fault: what lies in `out` then is the last good build.

    Args:
        paths: data files or folders; the bundled data by default.
        out: the folder for the exports.
        on_step: told the name of each step as it starts.

    Raises:
        InputError: an input cannot be used at all.
    """
    on_step("read")
    start = time.perf_counter()
    graph = load(*paths)
    result = Build(graph)

    def done(name: str, counted: str, faults: list[str] | None = None) -> None:
        nonlocal start
        now = time.perf_counter()
        result.steps.append(Step(name, counted, now - start, tuple(faults or ())))
        start = now

    done("read", f"{len(graph.files)} files, {len(graph):,} triples")
    on_step("lint")
    problems = lint(graph)
    errors = [str(p) for p in problems if p.severity == "error"]
    done("lint", f"{len(errors)} errors, {sum(p.severity == 'warning' for p in problems)} warnings", errors)
    on_step("validate")
    report = validate(graph)
    counts = report.counts()
    done(
        "validate",
        f"{len(report.focus_counts)} shapes, {counts['Violation']} violations, {counts['Warning']} warnings, {counts['Info']} infos",
        [str(f) for f in report.violations],
    )
    on_step("infer")
    inference = infer(graph)
    done("infer", f"{len(inference.closure):,} triples entailed", [str(i) for i in inference.inconsistencies])
    on_step("questions")
    engine = graph.engine()
    answers = each(engine, lambda q: ask(engine, q.text, name=q.name), questions().values())
    done("questions", f"{len(answers)} questions, {sum(len(a) for a in answers):,} rows")
    if result.clean:
        on_step("export")
        result.written += export_all(graph, EXPORTS, out)
        done("export", f"{len(result.written)} files, {sum(p.stat().st_size for p in result.written):,} bytes")
    return result
