"""Inference over a loaded graph: axioms and CONSTRUCT rules to the fixpoint, and the contradictions found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.graph import ONTOLOGY_FILES, KnowledgeGraph
from kgtools.rdf import read as reader
from kgtools.rdf.index import Index
from kgtools.rules.compile import AXIOM_CLASSES, AXIOM_PREDICATES, compile_axioms, eq_same, not_compiled
from kgtools.rules.consistency import Inconsistency, inconsistencies
from kgtools.rules.fixpoint import Closure, Construct, close
from kgtools.sparql import policy
from kgtools.sparql.engine import Engine
from kgtools.sparql.oxigraph import OxigraphEngine
from kgtools.sparql.statements import Matched, matched
from kgtools.terms import ENTAILED_GRAPH, OWL, RDF, home

SAME = ox.NamedNode(OWL + "sameAs")


@dataclass(frozen=True, slots=True)
class Inference:
    """The closure, the contradictions in it, and the axioms of the data that no rule was made of, one line each."""

    closure: Closure
    inconsistencies: list[Inconsistency]
    not_carried_out: list[str] = field(default_factory=list)


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
    skipped: list[str] = []
    texts = [_rule(p) for p in _rules(rules)]
    seen = _Seen(graph, [text for _, text in texts])
    constructs = [_construct(seen.engine, name, text, seen.add, premises=graph.engine()) for name, text in texts]
    if engine == "reference":
        from kgtools.rules.reference import reference_closure

        closure = _reference(graph, constructs, reference_closure(graph.asserted(), graph.ontology()))
    else:
        given = _axioms(graph)
        rules_of_data = compile_axioms([*graph.ontology(), *given], strict=False) if given else []
        if any(True for _ in graph.stated(SAME)):
            rules_of_data += eq_same(Index())
            skipped.append("owl:sameAs: what is said of one name is not said of the other (eq-rep) in the closure")
        skipped += not_compiled(given)
        compiled = compile_axioms(graph.ontology())
        closure = close(graph.stated, list(dict.fromkeys([*compiled, *rules_of_data])), constructs)
    graph.set_entailed(closure.triples)
    return Inference(closure, list(inconsistencies(graph.engine())), skipped)


def _axioms(graph: KnowledgeGraph) -> list[ox.Triple]:
    """The axioms that the data state, with the lists that belong to them."""
    found = [t for name in AXIOM_PREDICATES for t in graph.asserted(ox.NamedNode(name))]
    found += [t for name in AXIOM_CLASSES for t in graph.instances(ox.NamedNode(name))]
    if found:
        found += [t for part in ("first", "rest") for t in graph.asserted(ox.NamedNode(RDF + part))]
    return found


def infer_on(engine: Engine, *, ontology: Path | None = None, rules: Path | None = None) -> Inference:
    """Compute the entailed triples of what any engine holds, data and ontology, as SPARQL; they stay with the engine.

    Args:
        engine: an engine that can be written to, such as an endpoint with an update service; the named graph
            `.../graph/entailed` in it is replaced. Its default graph must show its named graphs, too.
        ontology: the folder of the ontology whose axioms are compiled (the bundled one by default).
        rules: a folder of CONSTRUCT rules (`*.rq`); the bundled ones by default.

    Raises:
        InputError: an axiom or rule cannot be used, or the engine takes no updates.
        EngineError, LimitError: the engine failed or was too slow; the named graph is then gone, unless the engine
            refused that too or failed only when asked for contradictions.
    """
    from kgtools.rules.server import close_on

    schema = [t for name in ONTOLOGY_FILES for t in reader.read((ontology or home("ontology")) / name).triples]
    constructs = [_construct(engine, *_rule(p), lambda new: None) for p in _rules(rules)]
    closure = close_on(engine, compile_axioms(schema), constructs, ENTAILED_GRAPH)
    return Inference(closure, list(inconsistencies(engine)))


def _rules(folder: Path | None) -> list[Path]:
    return sorted((folder or home("ontology") / "rules").glob("*.rq"))


def _rule(path: Path) -> tuple[str, str]:
    """The name and the text of a CONSTRUCT rule."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    read = policy.read(text, name=str(path))
    if read.form != "CONSTRUCT":
        raise InputError(f"{path}: a rule is a CONSTRUCT query")
    return path.stem, read.text


def _construct(
    engine: Engine,
    name: str,
    query: str,
    tell: Callable[[list[ox.Triple]], None],
    *,
    premises: Engine | None = None,
) -> Construct:
    def ask(new: list[ox.Triple]) -> Iterable[ox.Triple]:
        tell(new)
        return engine.construct(query)

    return Construct(name, ask, lambda triple: _premises(premises or engine, query, triple))


class _Seen:
    """What CONSTRUCT rules look at while a closure is made: a store of its own, so that nobody sees half of it.

    It holds what the patterns of the rules can match, of the triples that are stated and of those entailed so far.
    """

    def __init__(self, graph: KnowledgeGraph, queries: list[str]) -> None:
        parts = [matched(query) for query in queries]
        self._wanted: Matched | None = frozenset() if None not in parts else None
        self._store = ox.Store()
        self.engine = OxigraphEngine(self._store)
        if self._wanted is None:
            self._put(t for part in (graph.asserted(), graph.ontology()) for t in part)
            return
        self._wanted = frozenset(w for part in parts if part is not None for w in part)
        for name in {name for name, _ in self._wanted}:
            self.add(graph.stated(ox.NamedNode(name)))

    def add(self, triples: Iterable[ox.Triple]) -> None:
        """Show the rules these triples, too."""
        wanted = self._wanted
        if wanted is None:
            self._put(triples)
        else:
            self._put(
                t
                for t in triples
                if (t.predicate.value, None) in wanted
                or (isinstance(t.object, ox.NamedNode) and (t.predicate.value, t.object.value) in wanted)
            )

    def _put(self, triples: Iterable[ox.Triple]) -> None:
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)


def _premises(engine: Engine, query: str, triple: ox.Triple) -> list[ox.Triple]:
    """The triples that a CONSTRUCT rule matched when it made `triple`: its WHERE, asked again with the head bound."""
    from kgtools.sparql.algebra import instantiate, patterns

    stream = list(policy.tokens(query))
    at = next(n for n, t in enumerate(stream) if t.text == "{")
    body = next(t for t in stream[at + 1 :] if t.text == "{")
    head = stream[at + 1 : at + 4]
    values = " ".join(
        f"VALUES {name.text} {{ {term} }}"
        for name, term in zip(head, (triple.subject, triple.predicate, triple.object), strict=True)
        if name.kind == "variable"
    )
    start = next(t.start for t in stream if t.text.upper() == "CONSTRUCT")
    found = engine.select(f"{query[:start]} SELECT * WHERE {{ {values} {query[body.end :]} LIMIT 1")
    row = dict(zip((f"?{v}" for v in found.variables), found.rows[0], strict=True)) if found.rows else {}
    made = (instantiate(pattern, row.get) for pattern, _ in patterns(query))
    return [t for t in dict.fromkeys(made) if t is not None and engine.ask(f"ASK {{ {t} }}")]


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
