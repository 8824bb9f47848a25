"""Validation of a loaded graph against shapes: the compiled path, or pySHACL as the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.graph import KnowledgeGraph
from kgtools.rdf import read as reader
from kgtools.rdf.index import Index
from kgtools.shacl.report import Report
from kgtools.shacl.validate import validate as run_compiled
from kgtools.shacl.vocabulary import missing_imports
from kgtools.sparql.workers import within
from kgtools.terms import OWL, home, short

ENGINES = ("compiled", "rdflib", "reference")
REFERENCE_SECONDS = 600.0
"""The deadline of the reference engine where none is given: it cannot be stopped, so it runs in a child process."""


def read_shapes(*paths: Path) -> list[ox.Triple]:
    """The triples of shapes files or folders (the bundled shapes by default) with the project's prefix table.

    Raises:
        InputError: a file is missing, or the reader refuses it, or the shapes import what is not among them.
    """
    triples = [t for p in reader.files(paths or (home("ontology") / "shapes",)) for t in reader.read(p).triples]
    missing = missing_imports(Index.of(triples)) if any(t.predicate.value == OWL + "imports" for t in triples) else []
    if missing:
        raise InputError(
            f"the shapes import {', '.join(map(short, missing))}, and imports are not followed; give those files as shapes, too"
        )
    return triples + reader.read(home("ontology") / "prefixes.ttl").triples


def unknown_own_terms(graph: KnowledgeGraph, shapes: Sequence[ox.Triple]) -> list[str]:
    """Where shapes use terms of our namespaces that the ontology does not have, as `kgtools lint` finds it; a line each.

    Raises:
        InputError: a shape is malformed.
    """
    from kgtools.shacl.shapes import read_shapes as shapes_of
    from kgtools.shacl.vocabulary import unknown_own_terms as of_shapes

    index = Index.of(shapes)
    declared = {t.subject for t in graph.ontology()}
    found = of_shapes(index, shapes_of(index).values(), declared)
    return [f"shape {short(shape)}: {what}; correct its spelling or declare it" for shape, what in found]


def validate(
    graph: KnowledgeGraph,
    shapes: Sequence[ox.Triple] | None = None,
    *,
    engine: str = "compiled",
    about: Sequence[Path] = (),
    timeout: float | None = None,
) -> Report:
    """Check the asserted data, with the ontology, against shapes.

    Args:
        graph: a loaded graph; entailed triples are not looked at.
        shapes: triples of a shapes graph, see :func:`read_shapes`; the bundled ones by default.
        engine: `compiled` (set-wise SPARQL on Oxigraph), `rdflib` (the same queries on rdflib) or `reference`
            (pySHACL).
        about: files or folders of the graph; only findings about what they describe are given, that is, whose
            focus node is a subject there. All findings where none is given.
        timeout: seconds until it is given up. Without, `reference`, which can take hours, has 600, and the others
            have as long as they need.

    Raises:
        InputError: a shape is malformed, a path is missing, there is no such engine, or the deadline cannot be kept.
        LimitError: time is up.

    >>> from kgtools import load
    >>> validate(load()).violations
    []
    """
    if engine not in ENGINES:
        raise InputError(f"no validation engine is called '{engine}'; use one of {', '.join(ENGINES)}")
    triples = read_shapes() if shapes is None else list(shapes)

    def run() -> Report:
        if engine == "reference":
            from kgtools.shacl.reference import reference

            return reference([*graph.asserted(), *graph.ontology()], triples)
        asked = graph.engine("oxigraph" if engine == "compiled" else "rdflib", entailed=False, exact=True)
        return run_compiled(asked, triples)

    if timeout is None and engine == "reference":
        timeout = REFERENCE_SECONDS
    report = run() if timeout is None else within(timeout, run)
    if about:
        described = {t.subject for path in reader.files(about) for t in reader.read(path).triples}
        report = replace(report, findings=[f for f in report.findings if f.focus in described])
    return report
