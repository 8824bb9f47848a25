"""Oxigraph in process: the engine that needs nothing to be started."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pyoxigraph as ox

from kgtools.errors import EngineError, InputError
from kgtools.sparql.engine import MANY, Concurrency, Solutions
from kgtools.sparql.functions import FUNCTIONS


class OxigraphEngine:
    """Oxigraph in process, over a store.

    Args:
        store: the store to ask.
        without: the named graphs that queries do not see; they see all others and the default graph as one.
        on_disk: whether the store lies on disk; a forked child must not use such a store.
        by_value: the engine that sees as values what this one sees in exact forms (:mod:`kgtools.rdf.exact`).
    """

    name = "oxigraph"

    def __init__(
        self,
        store: ox.Store,
        *,
        without: Collection[ox.NamedNode] = (),
        on_disk: bool = False,
        by_value: OxigraphEngine | None = None,
    ) -> None:
        self._store = store
        self._without = frozenset(without)
        self._on_disk = on_disk
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
        scope: dict[str, Any] = {"use_default_graph_as_union": True}
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

    def insert(self, triples: Iterable[ox.Triple], graph: ox.NamedNode) -> None:
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)

    def drop(self, graph: ox.NamedNode) -> None:
        self._store.remove_graph(graph)
