"""Running compiled shapes on an engine, and handing over to the reference what cannot be compiled."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import pyoxigraph as ox

from kgtools.errors import InputError, LimitError
from kgtools.rdf.exact import decode, decoded
from kgtools.rdf.index import Index, Node
from kgtools.shacl.compile import CompiledQuery, compile_shapes
from kgtools.shacl.dialect import Dialect
from kgtools.shacl.report import Finding, Report
from kgtools.sparql.engine import Engine, Row, each
from kgtools.sparql.oxigraph import OxigraphEngine
from kgtools.sparql.workers import within
from kgtools.terms import SH, short

REFERENCE_SECONDS = 60.0
"""How long the reference engine may take for the shapes that are left to it; it may never end on some patterns."""


def validate(engine: Engine, shapes: Iterable[ox.Triple]) -> Report:
    """Validate what an engine holds against a shapes graph.

    Args:
        engine: any engine whose default graph is the data graph (data and ontology merged).
        shapes: the triples of the shapes graph.

    Returns:
        The report. Shapes that cannot be compiled are named in `handed_over`, with the reason; the reference
        engine has then computed their results.

    Raises:
        InputError: a shape is malformed.
        EngineError: the engine failed.
    """
    triples = list(shapes)
    compiled = compile_shapes(Index.of(triples), dialect_of(engine))
    # the SPARQL constraints take longest: begun first, they leave no processor waiting for one of them at the end
    queries = sorted(compiled.queries, key=lambda query: query.constraint is None)

    def work(item: CompiledQuery | str) -> list[Finding] | int:
        return _count(engine, item) if isinstance(item, str) else run(engine, item)

    items: list[CompiledQuery | str] = [*queries, *compiled.counts.values()]
    done = each(engine, work, items)
    findings = [f for found in done if isinstance(found, list) for f in found]
    counted = (n for n in done if isinstance(n, int))
    counts = {short(node): n for node, n in zip(compiled.counts, counted, strict=True)}
    findings += handed_over_findings(engine, triples, set(compiled.handed_over))
    left = {short(n): reason for n, reason in compiled.handed_over.items()}
    return Report(findings, counts, left, f"compiled on {engine.name}", compiled.idle)


def dialect_of(engine: Engine) -> Dialect:
    """What queries may take for granted of an engine."""
    if not isinstance(engine, OxigraphEngine):
        return Dialect.PORTABLE
    return Dialect.EXACT if engine.holds_exact_forms else Dialect.OXIGRAPH


def explain(shapes: Iterable[ox.Triple], shape: ox.NamedNode) -> str:
    """The queries into which a shape compiles, as text to run by hand on any endpoint.

    Raises:
        InputError: the shapes graph has no such shape with a target.
    """
    compiled = compile_shapes(Index.of(shapes))
    if shape in compiled.handed_over:
        return f"# {short(shape)} is left to the reference engine: {compiled.handed_over[shape]}\n"
    found = [q for q in compiled.queries if shape in (q.root, q.shape.node)]
    if not found:
        listed = ", ".join(sorted({short(q.root) for q in compiled.queries}))
        raise InputError(f"no shape {short(shape)} with a target; those with one are {listed}")
    return "\n\n".join(f"# {short(q.shape.node)} {q.component}: {q.message}\n{q.text.strip()}" for q in found) + "\n"


def handed_over_findings(engine: Engine, shapes: list[ox.Triple], only: set[Node]) -> list[Finding]:
    """What the reference engine finds for the shapes that cannot be compiled; nothing where there are none."""
    if not only:
        return []
    from kgtools.shacl.reference import reference_findings

    data = [decoded(t) for t in engine.construct("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")]
    try:
        return within(REFERENCE_SECONDS, lambda: reference_findings(data, shapes, only=only))
    except LimitError as error:
        names = ", ".join(sorted(map(short, only)))
        raise LimitError(
            f"the reference engine gave no answer on {names} within {REFERENCE_SECONDS:g} s; write the shape so that it compiles"
        ) from error


def _count(engine: Engine, query: str) -> int:
    ((n,),) = engine.select(query).rows
    return int(n.value) if isinstance(n, ox.Literal) else 0


def run(engine: Engine, query: CompiledQuery) -> list[Finding]:
    """The findings of one compiled query."""
    return [f for found in run_by_target(engine, query).values() for f in found]


def run_by_target(
    engine: Engine, query: CompiledQuery, *, only: Collection[Node] | None = None
) -> dict[Node, list[Finding]]:
    """The findings of one compiled query by the target node from which they came.

    Args:
        engine: the engine to ask.
        query: the compiled query.
        only: ask for these target nodes alone; IRIs and literals.

    Raises:
        InputError: the engine does not take the query.
    """
    try:
        if query.constraint is not None and isinstance(engine, OxigraphEngine):
            engine = engine.by_value  # a query of the shapes' own compares, counts and calculates
        solutions = engine.select(query.text if only is None else query.restricted(only))
    except InputError as error:
        raise InputError(f"shape {short(query.shape.node)}: {error}") from error
    names = solutions.variables
    target_at = names.index("this")
    out: dict[Node, list[Finding]] = {}
    for row in solutions.rows:
        out.setdefault(decode(row[target_at]), []).append(_finding(query, names, row))  # type: ignore[arg-type]
    return out


def _finding(query: CompiledQuery, names: tuple[str, ...], row: Row) -> Finding:
    bound = {n: t for n, t in zip(names, row, strict=True) if t is not None}
    focus = bound[query.focus]
    value = bound.get(query.value) if query.value else None
    if query.constraint is not None and value is None and query.path is None:
        value = focus
    path_term = bound.get(query.path_variable) if query.path_variable else None
    path = f"<{path_term.value}>" if isinstance(path_term, ox.NamedNode) else query.path
    path_node = path_term if isinstance(path_term, ox.NamedNode) else query.shape.path
    message = query.message if query.constraint is None else fill(query.message, names, row)
    return Finding(
        decode(focus),  # type: ignore[arg-type]
        path,
        decode(value) if value is not None else None,  # type: ignore[arg-type]
        query.shape.node,
        query.component,
        query.severity.value.removeprefix(SH),
        message,
        query.constraint,
        path_node,
        query.detail,
    )


def fill(message: str, names: tuple[str, ...], row: Row) -> str:
    """A message with `{?name}` and `{$name}` replaced by readable values (section 5.3.2)."""
    bound = {n: short(t) for n, t in zip(names, row, strict=True) if t is not None}
    return re.sub(r"\{[?$](\w+)\}", lambda m: bound.get(m.group(1), "(nothing)"), message)
