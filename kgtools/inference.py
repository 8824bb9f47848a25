"""Inference over a loaded graph: axioms and CONSTRUCT rules to the fixpoint, and the contradictions found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kgtools import guard
from kgtools.engines import OxigraphEngine
from kgtools.errors import InputError
from kgtools.graph import KnowledgeGraph
from kgtools.question import with_prefixes
from kgtools.rules.compile import compile_axioms
from kgtools.rules.consistency import Inconsistency, inconsistencies
from kgtools.rules.fixpoint import Closure, Construct, close
from kgtools.vocab import home


@dataclass(frozen=True, slots=True)
class Inference:
    """The closure and the contradictions in it."""

    closure: Closure
    inconsistencies: list[Inconsistency]


def infer(graph: KnowledgeGraph, *, engine: str = "compiled", rules: Path | None = None) -> Inference:
    """Compute the entailed triples of a graph and put them in it, apart from the asserted.

    Args:
        graph: a loaded graph; its former entailed triples are dropped.
        engine: `compiled`, or `reference` (owlrl for the axioms; the CONSTRUCT rules are asked as ever).
        rules: a folder of CONSTRUCT rules (`*.rq`); the bundled ones by default.

    Raises:
        InputError: an axiom or rule cannot be used, or there is no such engine.
    """
    if engine not in ("compiled", "reference"):
        raise InputError(f"no inference engine is called '{engine}'; use compiled or reference")
    graph.set_entailed([])
    constructs = [_construct(graph, p) for p in sorted((rules or home("ontology") / "rules").glob("*.rq"))]
    if engine == "reference":
        from kgtools.rules.reference import reference_closure

        closure = _reference(graph, constructs, reference_closure(graph.asserted(), graph.ontology()))
        graph.set_entailed(closure.triples)
    else:
        closure = close(graph.stated, compile_axioms(graph.ontology()), constructs)
        if not constructs:
            graph.set_entailed(closure.triples)
    return Inference(closure, list(inconsistencies(graph.engine())))


def _construct(graph: KnowledgeGraph, path: Path) -> Construct:
    text = path.read_text(encoding="utf-8")
    if guard.check(text, name=str(path)) != "CONSTRUCT":
        raise InputError(f"{path}: a rule is a CONSTRUCT query")
    query = with_prefixes(text)

    def ask(new: list[ox.Triple]) -> Iterable[ox.Triple]:
        graph.add_entailed(new)
        return OxigraphEngine(graph.store).construct(query)

    return Construct(path.stem, ask, lambda triple: _premises(graph, query, triple))


def _premises(graph: KnowledgeGraph, query: str, triple: ox.Triple) -> list[ox.Triple]:
    """The triples that a CONSTRUCT rule matched when it made `triple`: its WHERE, asked again with the head bound."""
    from kgtools.algebra import instantiate, patterns

    stream = list(guard.tokens(query))
    at = next(n for n, t in enumerate(stream) if t.text == "{")
    body = next(t for t in stream[at + 1 :] if t.text == "{")
    head = stream[at + 1 : at + 4]
    values = " ".join(
        f"VALUES {name.text} {{ {term} }}"
        for name, term in zip(head, (triple.subject, triple.predicate, triple.object), strict=True)
        if name.kind == "variable"
    )
    start = next(t.start for t in stream if t.text.upper() == "CONSTRUCT")
    found = OxigraphEngine(graph.store).select(
        f"{query[:start]} SELECT * WHERE {{ {values} {query[body.end :]} LIMIT 1"
    )
    row = dict(zip((f"?{v}" for v in found.variables), found.rows[0], strict=True)) if found.rows else {}
    made = (instantiate(pattern, row.get) for pattern, _ in patterns(query))
    return [t for t in dict.fromkeys(made) if t is not None and graph.holds(t)]


def _reference(graph: KnowledgeGraph, constructs: list[Construct], found: set[ox.Triple]) -> Closure:
    """owlrl and the CONSTRUCT rules in turn, until neither adds anything."""
    from kgtools.rules.reference import reference_closure

    asserted = {*graph.asserted(), *graph.ontology()}
    rounds = 1
    while True:
        new = {t for rule in constructs for t in rule.ask(list(found))} - found - asserted
        if not new:
            return Closure(sorted(found, key=str), rounds, {"reference": len(found)})
        rounds += 1
        given = [*graph.asserted(), *found, *new]
        found = found | new | reference_closure(given, graph.ontology())
