"""Oxigraph in process: the engine that needs nothing to be started."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kgtools.errors import EngineError, InputError
from kgtools.sparql.engine import MANY, Answered, Concurrency, Solutions, direct, in_limits
from kgtools.sparql.functions import FUNCTIONS
from kgtools.sparql.standard import mended
from kgtools.sparql.workers import Pool, can_fork

if TYPE_CHECKING:
    from kgtools.sparql.policy import Policy, Query


class OxigraphEngine:
    """Oxigraph in process, over a store.

    Args:
        store: the store to ask.
        without: the named graphs that queries do not see; they see all others and the default graph as one.
        union: whether they do; else a query sees the default graph, and what its GRAPH and FROM clauses name.
        on_disk: whether the store lies on disk; a forked child must not use such a store.
        by_value: the engine that sees as values what this one sees in exact forms (:mod:`kgtools.rdf.exact`).
        pool: the processes that answer questions, kept by the owner of the store; else one is forked for each.
    """

    name = "oxigraph"
    verbatim = False

    def __init__(
        self,
        store: ox.Store,
        *,
        without: Collection[ox.NamedNode] = (),
        union: bool = True,
        on_disk: bool = False,
        by_value: OxigraphEngine | None = None,
        pool: Pool | None = None,
    ) -> None:
        self._store = store
        self._without = frozenset(without)
        self._union = union
        self._on_disk = on_disk
        self._pool = pool
        self.by_value = by_value or self

    @property
    def concurrency(self) -> Concurrency:
        if len(self._store) < MANY:
            return "none"
        return "threads" if self._on_disk else "processes"

    @property
    def holds_exact_forms(self) -> bool:
        """Whether some terms are seen in their exact form (:mod:`kgtools.rdf.exact`)."""
        return self.by_value is not self

    def _run(self, query: str) -> Any:
        scope: dict[str, Any] = {"use_default_graph_as_union": True} if self._union else {}
        if any(map(self._store.contains_named_graph, self._without)):
            others = (g for g in self._store.named_graphs() if g not in self._without)
            scope = {"default_graph": [ox.DefaultGraph(), *others]}
        try:
            return self._store.query(query, custom_functions=FUNCTIONS, **scope)
        except SyntaxError as error:
            raise InputError(f"not SPARQL 1.1: {error}") from error
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineError(f"oxigraph: {error}") from error

    def select(self, query: str) -> Solutions:
        solutions = self._run(query)
        variables = tuple(v.value for v in solutions.variables)
        try:
            return Solutions(variables, [tuple(row) for row in solutions])
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineError(f"oxigraph: {error}") from error

    def ask(self, query: str) -> bool:
        return bool(self._run(query))

    def construct(self, query: str) -> Iterable[ox.Triple]:
        return list(self._run(query))

    def answer(self, query: Query, text: str, policy: Policy) -> Answered:
        if self._on_disk or not can_fork():
            return in_limits(direct(self, query.form, text), policy)
        pool = self._pool or Pool(lambda: None)
        body = pool.ask(
            self._serialised,
            query.form[0].encode() + mended(text).encode(),
            key=(self._without, self._union),
            seconds=policy.seconds,
            most=policy.answer,
            memory=policy.memory,
        )
        if query.form == "ASK":
            return body == b"true"
        if query.form != "SELECT":
            return tuple(q.triple for q in ox.parse(body, format=ox.RdfFormat.N_TRIPLES))
        results = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        assert isinstance(results, ox.QuerySolutions)
        return in_limits(Solutions(tuple(v.value for v in results.variables), [tuple(row) for row in results]), policy)

    def _serialised(self, message: bytes) -> bytes:
        """The answer to a question as bytes; runs in a forked process."""
        result = self._run(message[1:].decode())
        try:
            if isinstance(result, ox.QueryBoolean):
                return b"true" if result else b"false"
            if message[:1] == b"S":
                return bytes(result.serialize(format=ox.QueryResultsFormat.JSON))
            return bytes(result.serialize(format=ox.RdfFormat.N_TRIPLES))
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineError(f"oxigraph: {error}") from error

    def insert(self, triples: Iterable[ox.Triple], graph: ox.NamedNode) -> None:
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)

    def drop(self, graph: ox.NamedNode) -> None:
        self._store.remove_graph(graph)
