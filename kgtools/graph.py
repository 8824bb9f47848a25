"""The loaded knowledge graph: one Oxigraph store in which asserted, ontology and entailed triples stay apart.

The default graph holds the data as asserted, one named graph the ontology, another the entailed triples,
which can be dropped and computed anew. Shapes see data and ontology; questions see all three.

The store keeps values, not terms: `"007"^^xsd:int` lies in it as the integer 7. Which triples that concerns is
known from the reader on: such a triple lies in the store twice, by its value for the questions and in an exact form
for the shapes (:mod:`kgtools.rdf.exact`). Whoever takes triples from the graph (:meth:`KnowledgeGraph.asserted`,
:meth:`~KnowledgeGraph.ontology`) gets them as the files have them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgtools.as_of import triples_as_of
from kgtools.errors import InputError
from kgtools.rdf import read as reader
from kgtools.rdf.datatypes import ill_formed, stored_triple
from kgtools.rdf.exact import decoded, encoded
from kgtools.sparql.engine import Engine
from kgtools.sparql.oxigraph import OxigraphEngine
from kgtools.sparql.rdflib import RdflibEngine
from kgtools.sparql.workers import Pool
from kgtools.terms import BASE, DATASET, ENTAILED_GRAPH, ONTOLOGY_GRAPH, TYPE, home, ipp

if TYPE_CHECKING:
    from datetime import date

    import rdflib

Graph = ox.NamedNode | ox.DefaultGraph
Rewritten = dict[ox.Triple, dict[ox.Triple, None]]
"""Triples as the store holds them, each with the triples as written (in order, as keys)."""
DATA: Graph = ox.DefaultGraph()
VALUES: dict[Graph, ox.NamedNode] = {
    DATA: ox.NamedNode(BASE + "graph/values"),
    ONTOLOGY_GRAPH: ox.NamedNode(BASE + "graph/ontology-values"),
}
"""Where the triples that the store changes lie as it changes them: questions see these."""
EXACT: dict[Graph, ox.NamedNode] = {
    DATA: ox.NamedNode(BASE + "graph/exact"),
    ONTOLOGY_GRAPH: ox.NamedNode(BASE + "graph/ontology-exact"),
}
"""Where the same triples lie in their exact form (:mod:`kgtools.rdf.exact`): shapes see these."""
ONTOLOGY_FILES = ("core.ttl", "axioms.ttl", "sectors.ttl", "codes.ttl")


@dataclass(slots=True)
class _State:
    """How often a graph has changed; None from when others can change it, too."""

    number: int | None = 0


@dataclass(slots=True)
class KnowledgeGraph:
    """Data, ontology and entailed triples in one store.

    Made by :func:`load`; what changes it afterwards are :meth:`add`, :meth:`remove` and :func:`kgtools.infer`.
    A triple that data and ontology both state lies in the store once, with the data.

    Attributes:
        files: what was read, in order: path and number of triples.
        warnings: what a user should know of the input, one sentence each.
    """

    _store: ox.Store
    files: list[tuple[Path, int]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _restated: set[ox.Triple] = field(default_factory=set)
    _state: _State = field(default_factory=lambda: _State())
    _on_disk: bool = False
    _pool: Pool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        state = self._state
        self._pool = Pool(lambda: state.number)

    @property
    def store(self) -> ox.Store:
        """The Oxigraph store that holds it all.

        Whoever asks for it may change it; so from then on each question is answered by a process forked for it.
        """
        self._state.number = None
        return self._store

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """While the store changes, no process is forked that would see it half changed.

        Raises:
            InputError: the graph is a snapshot.
        """
        if self._on_disk:
            raise InputError("a snapshot is there to be asked, not changed; kgtools.load() gives a graph that can be")
        with self._pool.lock:
            try:
                yield
            finally:
                if self._state.number is not None:
                    self._state.number += 1

    @property
    def restated(self) -> frozenset[ox.Triple]:
        """The triples that data and ontology both state."""
        return frozenset(self._restated)

    def save(self, folder: Path) -> None:
        """Write the store to a new folder on disk, for :meth:`saved`."""
        store = ox.Store(str(folder))
        store.bulk_extend(self._store.quads_for_pattern(None, None, None, None))
        if self.inferred:
            store.add_graph(ENTAILED_GRAPH)
        store.flush()

    @classmethod
    def saved(
        cls, folder: Path, files: list[tuple[Path, int]], warnings: list[str], restated: Iterable[ox.Triple]
    ) -> KnowledgeGraph:
        """A graph over a store that :meth:`save` wrote, to be asked and not changed.

        Raises:
            OSError: the store cannot be opened.
        """
        store = ox.Store.read_only(str(folder))
        return cls(store, files, warnings, set(restated), _State(None), True)

    def asserted(self, predicate: ox.NamedNode | None = None) -> Iterator[ox.Triple]:
        """The data, or what it states with one predicate, term by term as the files have them."""
        yield from _triples(self._store, DATA, predicate)
        yield from map(decoded, _triples(self._store, EXACT[DATA], predicate))

    def ontology(self) -> Iterator[ox.Triple]:
        """The ontology with its axioms, sectors and codes, term by term as the files have them."""
        yield from _triples(self._store, ONTOLOGY_GRAPH)
        yield from map(decoded, _triples(self._store, EXACT[ONTOLOGY_GRAPH]))
        yield from self._restated

    def entailed(self) -> Iterator[ox.Triple]:
        """What :func:`kgtools.infer` added; empty before it ran."""
        return _triples(self._store, ENTAILED_GRAPH)

    @property
    def inferred(self) -> bool:
        """Whether :func:`kgtools.infer` has put entailed triples in."""
        return self._store.contains_named_graph(ENTAILED_GRAPH)

    def states(self, triple: ox.Triple) -> bool:
        """Whether the data state a triple, term by term."""
        changed = stored_triple(triple) is not triple
        return (_quad(encoded(triple), EXACT[DATA]) if changed else _quad(triple, DATA)) in self._store

    def stated(self, predicate: ox.NamedNode) -> Iterator[ox.Triple]:
        """The triples of one predicate that data or ontology state, in the forms of the store."""
        places: tuple[Graph, ...] = (DATA, ONTOLOGY_GRAPH, *VALUES.values())
        for graph in places:
            yield from _triples(self._store, graph, predicate)

    def instances(self, cls: ox.NamedNode) -> Iterator[ox.Triple]:
        """The statements of the data that something is of this class."""
        return (q.triple for q in self._store.quads_for_pattern(None, TYPE, cls, DATA))

    def rewritten(self) -> Rewritten:
        """The triples of data and ontology that the store holds in another form, by that form.

        Returns:
            A triple as a query of the store sees it, to the one or more triples that the files state for it;
            empty where every term lies in the store as it was written.

        >>> graph = KnowledgeGraph(ox.Store())
        >>> graph.add(ox.parse('<http://a> <http://p> "007"^^<http://www.w3.org/2001/XMLSchema#int> .', format=ox.RdfFormat.N_TRIPLES))
        >>> [(t.object.value, [w.object.value for w in written]) for t, written in graph.rewritten().items()]
        [('7', ['007'])]
        """
        out: Rewritten = {}
        for place, exact in EXACT.items():
            for t in map(decoded, _triples(self._store, exact)):
                held = stored_triple(t)
                out.setdefault(held, {})[t] = None
                if _quad(held, place) in self._store:
                    out[held][held] = None
        return out

    def add(self, triples: Iterable[ox.Triple]) -> None:
        """Add to the asserted triples; :func:`kgtools.infer` makes the entailed ones fit again."""
        with self._changing():
            new = [t.triple if isinstance(t, ox.Quad) else t for t in triples]
            for t in new:
                self._store.remove(_quad(stored_triple(t), ENTAILED_GRAPH))
            self._restate(new, ONTOLOGY_GRAPH)
            changed = [t for t in new if stored_triple(t) is not t]
            self._store.extend(_quads(set(new).difference(changed), DATA))
            self._hold(changed, DATA)
            if self._store.contains_named_graph(VALUES[DATA]):
                for t in set(new).difference(changed):
                    self._store.remove(_quad(t, VALUES[DATA]))

    def remove(self, triples: Iterable[ox.Triple]) -> None:
        """Remove from the asserted triples; what the ontology states too stays stated by it."""
        with self._changing():
            for t in triples:
                held = stored_triple(t)
                if held is not t:
                    self._store.remove(_quad(encoded(t), EXACT[DATA]))
                    self._store.remove(_quad(held, VALUES[DATA]))
                else:
                    self._store.remove(_quad(t, DATA))
                    if t in self._restated:
                        self._restated.remove(t)
                        self._store.add(_quad(t, ONTOLOGY_GRAPH))
                if self._store.contains_named_graph(EXACT[DATA]):
                    others = self._store.quads_for_pattern(t.subject, t.predicate, None, EXACT[DATA])
                    self._hold([o for o in (decoded(q.triple) for q in others) if stored_triple(o) == held], DATA)

    def _hold(self, changed: Iterable[ox.Triple], place: Graph) -> None:
        """Put triples that the store changes into it, in their exact forms and by value.

        A value that is stated as such lies there already: a query over several graphs would count it twice.
        """
        triples = list(changed)
        self._store.extend(_quads(map(encoded, triples), EXACT[place]))
        held = {stored_triple(t) for t in triples}
        self._store.extend(_quads((t for t in held if _quad(t, place) not in self._store), VALUES[place]))

    def _restate(self, triples: Iterable[ox.Triple], other: Graph) -> None:
        """Of `triples` that also lie in the graph `other`, keep those of the data alone in the store.

        A query over several graphs would count such a triple once for each.
        """
        for t in triples:
            if _quad(t, other) in self._store:
                self._store.remove(_quad(t, ONTOLOGY_GRAPH))
                self._restated.add(t)

    def set_entailed(self, triples: Iterable[ox.Triple]) -> None:
        """Replace the entailed triples: what is new goes in at once, and then what no longer holds goes out."""
        new = set(triples)
        with self._pool.lock:
            old = set(self.entailed())
            if old == new and self.inferred:
                return
            with self._changing():
                self._store.add_graph(ENTAILED_GRAPH)
                self._store.extend(_quads(new - old, ENTAILED_GRAPH))
                for t in old - new:
                    self._store.remove(_quad(t, ENTAILED_GRAPH))

    def engine(self, name: str = "oxigraph", *, entailed: bool = True, exact: bool = False) -> Engine:
        """An engine over this graph.

        Args:
            name: `oxigraph`, or `rdflib` (`reference`), which gets a copy of all triples.
            entailed: whether entailed triples are seen; shapes are checked without them.
            exact: whether `oxigraph` sees each term as it was written, where needed in its exact form
                (:mod:`kgtools.rdf.exact`), instead of values; shapes are checked so.

        Raises:
            InputError: no engine has that name.
        """
        if name == "oxigraph":
            hidden = () if entailed else (ENTAILED_GRAPH,)
            by_value = OxigraphEngine(
                self._store, without=(*hidden, *EXACT.values()), on_disk=self._on_disk, pool=self._pool
            )
            if not exact or not any(map(self._store.contains_named_graph, EXACT.values())):
                return by_value
            return OxigraphEngine(
                self._store, without=(*hidden, *VALUES.values()), on_disk=self._on_disk, by_value=by_value
            )
        if name in ("rdflib", "reference"):
            return RdflibEngine(self.to_rdflib(entailed=entailed))
        raise InputError(f"no engine is called '{name}'; use oxigraph or rdflib")

    def to_rdflib(self, *, entailed: bool = True) -> rdflib.Graph:
        """All triples (data, ontology and, unless told not to, the entailed) as a new rdflib graph."""
        from kgtools.rdf.bridge import graph_from

        parts = [self.asserted(), self.ontology(), *([self.entailed()] if entailed else [])]
        return graph_from(t for part in parts for t in part)

    def as_of_date(self) -> str | None:
        """The dataset's as-of date (`ipp:asOf` of the dataset node), ISO 8601, or None where it is not stated."""
        found = [q.object for q in self._store.quads_for_pattern(DATASET, ipp("asOf"), None)]
        return found[0].value if found and isinstance(found[0], ox.Literal) else None

    def as_of(self, *, valid: date | None = None, known: date | None = None) -> KnowledgeGraph:
        """What held on a day, what was known by a day, or both: a new graph, with nothing entailed yet.

        Args:
            valid: only what held on this day or had happened by then; what was planned then appears as planned.
            known: only what pages published by this day say (undated pages: read by then).

        See :mod:`kgtools.as_of` for the rules.
        """
        evidence = [t.subject for t in self.stated(ipp("needsEvidence")) if isinstance(t.subject, ox.NamedNode)]
        out = from_triples(triples_as_of(self.asserted(), evidence, valid=valid, known=known), self.ontology())
        out.files.extend(self.files)
        out.warnings.extend(self.warnings)
        return out

    def __len__(self) -> int:
        """How many triples are asserted."""
        return sum(1 for _ in self.asserted())


def load(
    *paths: Path, ontology: Path | None = None, within: bool = False, reading: reader.Reading = reader.DEFAULT
) -> KnowledgeGraph:
    """Read data files and the ontology into a new graph.

    Args:
        paths: RDF files or folders of them, `Path("-")` for standard input; the bundled data where none is given. A path is a
            :class:`~pathlib.Path`: a string is never taken for one.
        ontology: a folder with the ontology's files; the bundled one by default.
        within: whether the bundled data come along; a path that belongs to them is read once.
        reading: how files are read: a base for relative IRIs, a size limit.

    Raises:
        InputError: a path is missing or a file is refused by the reader. Nothing is loaded then.

    >>> graph = load()
    >>> len(graph) > 1000
    True
    """
    for path in paths:
        if not isinstance(path, Path):
            raise InputError(f"load() takes pathlib.Path objects, not {type(path).__name__}: Path({path!r})?")
    folder = ontology or home("ontology")
    sources: list[tuple[Path, Graph]] = [(folder / name, ONTOLOGY_GRAPH) for name in ONTOLOGY_FILES]
    found = list(reader.files(paths or (home("data"),)))
    if paths and within:
        bundled = list(reader.files((home("data"),)))
        known = {path.resolve() for path in bundled}
        found = [*bundled, *(path for path in found if path.resolve() not in known)]
    sources += [(path, ox.DefaultGraph()) for path in found]
    graph = KnowledgeGraph(ox.Store())
    for document in _fill(graph, sources, reading)[len(ONTOLOGY_FILES) :]:
        graph.files.append((document.path, document.statements))
        graph.warnings += document.warnings
        if document.in_named_graphs:
            graph.warnings.append(
                f"{document.path}: {document.in_named_graphs} statements sit in named graphs; they are read as one graph with the rest"
            )
        if not document.statements:
            graph.warnings.append(f"{document.path}: no statement in this file")
    graph._restate(list(_triples(graph._store, ONTOLOGY_GRAPH)), DATA)
    return graph


def from_triples(data: Iterable[ox.Triple], ontology: Iterable[ox.Triple]) -> KnowledgeGraph:
    """A graph of triples that another graph gave: its data, or some of them, and its ontology."""
    graph = KnowledgeGraph(ox.Store())
    given = list(ontology)
    graph._store.bulk_extend(_quads((t for t in given if stored_triple(t) is t), ONTOLOGY_GRAPH))
    graph._hold([t for t in given if stored_triple(t) is not t], ONTOLOGY_GRAPH)
    graph.add(data)
    return graph


def from_rdflib(source: rdflib.Graph, *, ontology: Path | None = None) -> KnowledgeGraph:
    """A graph whose data are the triples of an rdflib graph (its named graphs too), beside the bundled ontology.

    Raises:
        InputError: a triple is not RDF 1.1, or a typed literal is ill-formed.
    """
    import rdflib

    from kgtools.rdf.bridge import triple_from_rdflib

    rows = source.quads() if isinstance(source, rdflib.Dataset) else source
    triples = [triple_from_rdflib(tuple(row)[:3]) for row in rows]
    for t in triples:
        problem = ill_formed(t.object)
        if problem:
            raise InputError(f"{t.subject} {t.predicate}: {problem}")
    graph = KnowledgeGraph(ox.Store())
    _fill(graph, [((ontology or home("ontology")) / name, ONTOLOGY_GRAPH) for name in ONTOLOGY_FILES])
    changed = [t for t in triples if stored_triple(t) is not t]
    graph._store.bulk_extend(_quads(set(triples).difference(changed), DATA))
    graph._hold(changed, DATA)
    graph._restate(list(_triples(graph._store, ONTOLOGY_GRAPH)), DATA)
    return graph


def _fill(
    graph: KnowledgeGraph, sources: Iterable[tuple[Path, Graph]], reading: reader.Reading = reader.DEFAULT
) -> list[reader.Document]:
    """Read files, each into one graph of a new store: a thread loads each document while this one reads the next.

    Raises:
        InputError: a file is refused by the reader; the graph is then of no use.
    """
    documents, loads, places = [], [], []
    with ThreadPoolExecutor(1) as loader:
        for path, place in sources:
            document = reader.read(path, reading)
            loads.append(loader.submit(_put, graph._store, document, place))
            documents.append(document)
            places.append(place)
        for done in loads:
            done.result()
    for place in EXACT:
        here = [d for d, p in zip(documents, places, strict=True) if p == place]
        changed = [t for d in here for t in d.changed]
        if changed:  # the store has taken their values, too, which may be stated as such beside them
            held = {stored_triple(t) for t in changed}
            for t in held.difference(t for d in here for t in d.triples if t in held):
                graph._store.remove(_quad(t, place))
            graph._hold(changed, place)
    return documents


def _put(store: ox.Store, document: reader.Document, graph: Graph) -> None:
    """Load a document into one graph of a store; statements of named graphs join the others there."""
    if document.has_blank_nodes or document.form.supports_datasets:
        store.bulk_extend(_quads(document.triples, graph))
    else:
        store.bulk_load(document.data, format=document.form, base_iri=document.base, to_graph=graph)


def _quads(triples: Iterable[ox.Triple], graph: Graph) -> Iterator[ox.Quad]:
    return (_quad(t, graph) for t in triples)


def _quad(triple: ox.Triple, graph: Graph) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _triples(store: ox.Store, graph: Graph, predicate: ox.NamedNode | None = None) -> Iterator[ox.Triple]:
    return (q.triple for q in store.quads_for_pattern(None, predicate, None, graph))
