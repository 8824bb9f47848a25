"""Validation that follows edits: after each, only the focus nodes that it can reach are checked again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Protocol

import pyoxigraph as ox

from kgtools.rdf.datatypes import stored_triple
from kgtools.rdf.exact import encode, encoded
from kgtools.rdf.index import Index, Node
from kgtools.shacl.compile import CompiledQuery, compile_shapes
from kgtools.shacl.dialect import Dialect
from kgtools.shacl.reach import Everywhere, Probe, probes, reached, shape_patterns
from kgtools.shacl.report import Finding, Report
from kgtools.shacl.shapes import Shape, read_shapes
from kgtools.shacl.validate import handed_over_findings, run_by_target
from kgtools.sparql.algebra import patterns
from kgtools.sparql.engine import Engine, each
from kgtools.sparql.oxigraph import OxigraphEngine
from kgtools.terms import BASE, ENTAILED_GRAPH, RDFS, TYPE, short

REMOVED_GRAPH = ox.NamedNode(BASE + "graph/removed")
"""Holds the removed triples while it is worked out what an edit reaches."""

Results = dict[Node, list[Finding]]
"""The findings of one query by the target node from which they came."""


class Editable(Protocol):
    """A graph that is asked and edited, such as :class:`kgtools.graph.KnowledgeGraph`."""

    @property
    def store(self) -> ox.Store:
        """What holds it."""
        ...

    def states(self, triple: ox.Triple) -> bool:
        """Whether the data state a triple, term by term."""
        ...

    def add(self, triples: Iterable[ox.Triple]) -> None:
        """Add to the asserted triples."""
        ...

    def remove(self, triples: Iterable[ox.Triple]) -> None:
        """Remove from the asserted triples."""
        ...

    def engine(self, name: str = ..., *, entailed: bool = ..., exact: bool = ...) -> Engine:
        """An engine that sees each term as it was written."""
        ...


class Validation:
    """A graph, its shapes and their report, kept up to date edit by edit.

    Args:
        graph: a loaded graph; edits go through :meth:`edit` from now on.
        shapes: the triples of the shapes graph.

    Raises:
        InputError: a shape is malformed.
    """

    def __init__(self, graph: Editable, shapes: Iterable[ox.Triple]) -> None:
        self._graph = graph
        self._triples = list(shapes)
        self._shapes = Index.of(self._triples)
        self._compiled = compile_shapes(self._shapes, Dialect.EXACT)  # an edit may bring what the store changes
        self._groups: dict[Node, list[CompiledQuery]] = defaultdict(list)
        for query in self._compiled.queries:
            if query.constraint is None:
                self._groups[query.root].append(query)
        self._probes: dict[int, list[Probe]] = {}
        self._below: dict[Node, set[object]] = {}
        self._targeted: dict[tuple[Node, Node], bool] = {}
        engine = self._engine()
        found = each(engine, lambda q: run_by_target(engine, q), self._compiled.queries)
        self._results: dict[int, Results] = {
            id(q): results for q, results in zip(self._compiled.queries, found, strict=True)
        }
        self._left = self._handed_over()

    @property
    def report(self) -> Report:
        """The report on the graph as it now is; focus nodes are not counted again."""
        findings = [f for q in self._compiled.queries for rows in self._results[id(q)].values() for f in rows]
        left = {short(n): reason for n, reason in self._compiled.handed_over.items()}
        return Report(findings + self._left, {}, left, "incremental on oxigraph")

    def prepare(self) -> None:
        """Read every query for its patterns now, so that the first edit does not have to."""
        for query in self._compiled.queries:
            self._probes_of(query)

    def edit(self, *, added: Iterable[ox.Triple] = (), removed: Iterable[ox.Triple] = ()) -> Report:
        """Change the asserted triples, check what that can reach, and give the new report.

        A triple both removed and added stays.
        """
        store = self._graph.store
        new, old = set(added), set(removed)
        new, old = new - old, old - new
        new = {t for t in new if not self._graph.states(t)}
        old = {t for t in old if self._graph.states(t)}
        self._graph.remove(old)
        self._graph.add(new)
        store.extend(ox.Quad(t.subject, t.predicate, t.object, REMOVED_GRAPH) for t in _both_forms(old))
        changed = _both_forms([*new, *old])
        self._targeted.clear()
        if any(t.predicate.value == RDFS + "subClassOf" for t in changed):
            self._below.clear()
        try:
            concerned = self._concerned(changed)
        finally:
            store.remove_graph(REMOVED_GRAPH)
        engine = self._engine()
        for query, nodes in concerned:
            if nodes is None or any(isinstance(n, ox.BlankNode) for n in nodes):  # no query can name a blank node
                self._results[id(query)] = run_by_target(engine, query)
            else:
                results = self._results[id(query)]
                for node in nodes:
                    results.pop(node, None)
                targets = [n for n in nodes if self._is_target(n, query.root)]
                if targets:
                    results.update(run_by_target(engine, query, only=targets))
        if changed and self._compiled.handed_over:
            self._left = self._handed_over()
        return self.report

    def _concerned(self, changed: list[ox.Triple]) -> list[tuple[CompiledQuery, set[Node] | None]]:
        """The queries to run again, each with the target nodes to run it for, or None for all."""
        if any(t.predicate.value == RDFS + "subClassOf" for t in changed):
            return [(q, None) for q in self._compiled.queries]
        exact = self._engine()  # it sees the removed triples, too
        by_value = exact.by_value if isinstance(exact, OxigraphEngine) else exact
        by_predicate: dict[str, list[ox.Triple]] = defaultdict(list)
        for t in changed:
            by_predicate[t.predicate.value].append(t)
        out: list[tuple[CompiledQuery, set[Node] | None]] = []
        asked: dict[Node, set[Node] | None] = {}
        for query in self._compiled.queries:
            core = query.constraint is None
            if core and query.root in asked:
                nodes = asked[query.root]
            else:
                try:
                    nodes = reached(self._probes_of(query), by_predicate, exact if core else by_value)
                except Everywhere:
                    nodes = None
                if core:
                    asked[query.root] = nodes
            if nodes is None or nodes:
                out.append((query, nodes))
        return out

    def _is_target(self, node: Node, root: Node) -> bool:
        """Whether a shape targets a node (section 2.1.3), as the graph now is."""
        key = (node, root)
        if key not in self._targeted:
            self._targeted[key] = any(self._matches(node, *target) for target in self._index[root].targets)
        return self._targeted[key]

    def _matches(self, node: Node, kind: str, term: Node) -> bool:
        if kind == "targetNode":
            return node == term
        if kind == "targetClass":
            return any(t in self._subclasses(term) for t in self._objects(node, TYPE))
        if isinstance(node, ox.Literal) and kind == "targetSubjectsOf":
            return False
        ends = (node, term, None) if kind == "targetSubjectsOf" else (None, term, encode(node))
        return any(self._found(*ends))

    def _subclasses(self, cls: Node) -> set[object]:
        if cls not in self._below:
            below: set[object] = {cls}
            queue: list[object] = [cls]
            for one in queue:
                new = {q.subject for q in self._found(None, ox.NamedNode(RDFS + "subClassOf"), one)} - below
                below |= new
                queue += new
            self._below[cls] = below
        return self._below[cls]

    def _objects(self, node: Node, predicate: ox.NamedNode) -> Iterator[object]:
        return (q.object for q in self._found(node, predicate, None)) if not isinstance(node, ox.Literal) else iter(())

    def _found(self, s: object, p: object, o: object) -> Iterator[ox.Quad]:
        found = self._graph.store.quads_for_pattern(s, p, o, None)  # type: ignore[arg-type]
        return (q for q in found if q.graph_name != ENTAILED_GRAPH)

    def _probes_of(self, query: CompiledQuery) -> list[Probe]:
        """The probes of a SPARQL constraint from its text, and those of a Core constraint from its shape."""
        key = id(query if query.constraint is not None else self._groups[query.root][0])
        if key not in self._probes:
            found = (
                patterns(query.text)
                if query.constraint is not None
                else shape_patterns(self._shapes, self._index, self._index[query.root])
            )
            self._probes[key] = probes(found)
        return self._probes[key]

    @cached_property
    def _index(self) -> dict[Node, Shape]:
        return read_shapes(self._shapes)

    def _engine(self) -> Engine:
        return self._graph.engine(entailed=False, exact=True)

    def _handed_over(self) -> list[Finding]:
        return handed_over_findings(self._engine(), self._triples, set(self._compiled.handed_over))


def _both_forms(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Triples as the store holds them: in their exact forms for shapes, by value for the shapes' own queries."""
    return list(dict.fromkeys(form for t in triples for form in (encoded(t), stored_triple(t))))
