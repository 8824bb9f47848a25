"""rdflib as an engine: the reference, slow and independent of the others."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kgtools.errors import EngineError, InputError, KgError, LimitError
from kgtools.rdf.bridge import from_rdflib, graph_from, triple_from_rdflib
from kgtools.sparql.engine import Answered, Concurrency, Row, Solutions, direct, in_limits
from kgtools.sparql.workers import within

if TYPE_CHECKING:
    import rdflib

    from kgtools.sparql.policy import Policy, Query

_warming = threading.Lock()


@cache
def _warmed() -> bool:
    """Parse and evaluate a query once: rdflib completes its parser on first use, and not safely in threads."""
    import rdflib

    rdflib.Graph().query("SELECT ?s { ?s a ?o FILTER (1 = 1) }")
    return True


def _warm() -> None:
    with _warming:
        _warmed()


class RdflibEngine:
    """rdflib's own evaluator, the reference: slow and independent of the others.

    Its one graph holds what is inserted beside the rest; to drop a graph takes out again what was inserted for it.
    """

    name = "rdflib"
    verbatim = False
    concurrency: Concurrency = "none"

    def __init__(self, graph: rdflib.Graph) -> None:
        self._graph = graph
        self._inserted: dict[ox.NamedNode, list[Any]] = {}

    def _run(self, query: str) -> Any:
        import rdflib.plugins.sparql as sparql

        _warm()

        sparql.SPARQL_LOAD_GRAPHS = False
        try:
            return self._graph.query(query)
        except RecursionError as error:
            raise LimitError("rdflib: the query is nested too deeply") from error
        except Exception as error:
            raise InputError(f"rdflib: {error}") from error

    def select(self, query: str) -> Solutions:
        result = self._run(query)
        variables = tuple(str(v) for v in result.vars or ())
        try:
            rows: list[Row] = [tuple(None if x is None else from_rdflib(x) for x in row) for row in result]
        except KgError:
            raise
        except Exception as error:
            raise EngineError(f"rdflib: {type(error).__name__}: {error}") from error
        return Solutions(variables, rows)

    def ask(self, query: str) -> bool:
        return bool(self._run(query).askAnswer)

    def construct(self, query: str) -> Iterable[ox.Triple]:
        return [triple_from_rdflib(t) for t in self._run(query).graph]

    def answer(self, query: Query, text: str, policy: Policy) -> Answered:
        _warm()
        answer = within(policy.seconds, lambda: direct(self, query.form, text), memory=policy.memory, files=False)
        return in_limits(answer, policy)

    def insert(self, triples: Iterable[ox.Triple], graph: ox.NamedNode) -> None:
        new = [t for t in graph_from(triples) if t not in self._graph]
        self._inserted.setdefault(graph, []).extend(new)
        for t in new:
            self._graph.add(t)

    def drop(self, graph: ox.NamedNode) -> None:
        for t in self._inserted.pop(graph, ()):
            self._graph.remove(t)
