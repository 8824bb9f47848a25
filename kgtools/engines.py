"""One interface, three engines: Oxigraph in process, rdflib as reference, a SPARQL endpoint over HTTP.

Every engine takes SPARQL 1.1 text and gives terms as :mod:`pyoxigraph` objects, so that a caller cannot
tell from an answer which engine gave it. Nothing here checks whether a query is allowed:
:mod:`kgtools.guard` does, before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import pyoxigraph as ox

from kgtools.errors import EngineError, InputError, LimitError
from kgtools.processes import spread

if TYPE_CHECKING:
    import rdflib

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Concurrency = Literal["none", "threads", "processes"]
MANY = 5_000
"""From this many triples on, asking on several processors gains more than it costs."""

BATCH = 5_000
"""How many triples are sent to an update service at once."""

T = TypeVar("T")
R = TypeVar("R")
Row = tuple[Term | None, ...]
"""One row of an answer."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """The answer to a SELECT: variable names, and one tuple of terms a row (None where unbound)."""

    variables: tuple[str, ...]
    rows: list[Row]


class Engine(Protocol):
    """What a SPARQL engine must offer. Queries are whole texts; nothing is pasted into them here.

    Each method raises InputError where the query is not SPARQL, EngineError where the engine fails, and
    LimitError where a deadline passes.
    """

    name: str

    @property
    def concurrency(self) -> Concurrency:
        """Where several queries may be asked at once, and gain by it."""
        ...

    def select(self, query: str) -> Solutions:
        """Run a SELECT."""
        ...

    def ask(self, query: str) -> bool:
        """Run an ASK."""
        ...

    def construct(self, query: str) -> Iterable[ox.Triple]:
        """Run a CONSTRUCT or DESCRIBE."""
        ...

    def insert(self, triples: Iterable[ox.Triple], graph: ox.NamedNode) -> None:
        """Add triples to a named graph."""
        ...

    def drop(self, graph: ox.NamedNode) -> None:
        """Remove a named graph, where there is one."""
        ...


def each(engine: Engine, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """`work` done on every item, in order; on all processors where the engine gains by it (:func:`spread`).

    Raises:
        KgError: what `work` raised first, in the order of the items.
    """
    if engine.concurrency == "none":
        return [work(item) for item in items]
    return spread(work, items, fork=engine.concurrency == "processes")


class OxigraphEngine:
    """Oxigraph in process, over a store.

    Args:
        store: the store to ask.
        without: a named graph that queries do not see; they see all others and the default graph as one.
        on_disk: whether the store lies on disk; a forked child must not use such a store.
    """

    name = "oxigraph"

    def __init__(self, store: ox.Store, *, without: ox.NamedNode | None = None, on_disk: bool = False) -> None:
        self._store = store
        self._without = without
        self._on_disk = on_disk

    @property
    def concurrency(self) -> Concurrency:
        if len(self._store) < MANY:
            return "none"
        return "threads" if self._on_disk else "processes"

    def _run(self, query: str) -> Any:
        scope: dict[str, Any] = {"use_default_graph_as_union": True}
        if self._without is not None and self._store.contains_named_graph(self._without):
            others = (g for g in self._store.named_graphs() if g != self._without)
            scope = {"default_graph": [ox.DefaultGraph(), *others]}
        try:
            return self._store.query(query, **scope)
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


class RdflibEngine:
    """rdflib's own evaluator, the reference: slow and independent of the others.

    Its one graph holds what is inserted beside the rest; to drop a graph takes out again what was inserted for it.
    """

    name = "rdflib"
    concurrency: Concurrency = "none"

    def __init__(self, graph: rdflib.Graph) -> None:
        self._graph = graph
        self._inserted: dict[ox.NamedNode, list[Any]] = {}

    def _run(self, query: str) -> Any:
        import rdflib.plugins.sparql as sparql

        sparql.SPARQL_LOAD_GRAPHS = False
        try:
            return self._graph.query(query)
        except RecursionError as error:
            raise LimitError("rdflib: the query is nested too deeply") from error
        except Exception as error:
            raise InputError(f"rdflib: {error}") from error

    def select(self, query: str) -> Solutions:
        from kgtools.edge import from_rdflib

        result = self._run(query)
        variables = tuple(str(v) for v in result.vars or ())
        rows: list[Row] = [tuple(None if x is None else from_rdflib(x) for x in row) for row in result]
        return Solutions(variables, rows)

    def ask(self, query: str) -> bool:
        return bool(self._run(query).askAnswer)

    def construct(self, query: str) -> Iterable[ox.Triple]:
        from kgtools.edge import triple_from_rdflib

        return [triple_from_rdflib(t) for t in self._run(query).graph]

    def insert(self, triples: Iterable[ox.Triple], graph: ox.NamedNode) -> None:
        from kgtools.edge import graph_from

        new = [t for t in graph_from(triples) if t not in self._graph]
        self._inserted.setdefault(graph, []).extend(new)
        for t in new:
            self._graph.add(t)

    def drop(self, graph: ox.NamedNode) -> None:
        for t in self._inserted.pop(graph, ()):
            self._graph.remove(t)


class EndpointEngine:
    """A SPARQL 1.1 endpoint, asked through SPARQLWrapper by form-encoded POST.

    Args:
        url: the address of the query service.
        timeout: seconds to wait for an answer; there is no default, because a wrong one hangs or lies.
        update: the address of the update service, for inference; without it the endpoint is only read.
    """

    name = "endpoint"
    concurrency: Concurrency = "none"

    def __init__(self, url: str, *, timeout: float, update: str | None = None) -> None:
        for address in (url, update):
            if address is not None and not address.startswith(("http://", "https://")):
                raise InputError(f"'{address}' is not the address of an endpoint; it starts with http:// or https://")
        if timeout <= 0:
            raise InputError(f"a timeout of {timeout} seconds cannot be kept; give a positive number")
        self.url = url
        self._timeout = timeout
        self._update = update

    def _run(self, query: str, accept: str) -> bytes:
        """Send a query, or an update, which SPARQLWrapper sends to the update service."""
        import urllib.error
        from importlib.metadata import version

        import SPARQLWrapper as sw

        client = sw.SPARQLWrapper(self.url, self._update, agent=f"kgtools/{version('kgtools')} (SPARQLWrapper)")
        client.setMethod(sw.POST)
        client.setRequestMethod(sw.URLENCODED)
        client.setTimeout(max(1, round(self._timeout)))
        client.setOnlyConneg(True)
        client.addCustomHttpHeader("Accept", accept)
        client.setQuery(query)
        try:
            response = client.query().response
            body: bytes = response.read()
        except sw.SPARQLExceptions.QueryBadFormed as error:
            raise InputError(f"{self.url} says that the query is not SPARQL: {error}") from error
        except sw.SPARQLExceptions.SPARQLWrapperException as error:
            raise EngineError(f"{self.url}: {error}") from error
        except TimeoutError as error:
            raise LimitError(f"{self.url}: no answer within {self._timeout:g} s") from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise LimitError(f"{self.url}: no answer within {self._timeout:g} s") from error
            raise EngineError(f"{self.url}: {error.reason}; is the server running?") from error
        except OSError as error:
            raise EngineError(f"{self.url}: {error}") from error
        return body

    def _results(self, query: str) -> Any:
        body = self._run(query, "application/sparql-results+json")
        try:
            return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            raise EngineError(f"{self.url}: the answer is not whole SPARQL results: {error}") from error

    def select(self, query: str) -> Solutions:
        results = self._results(query)
        try:
            rows: list[Row] = [tuple(row) for row in results]
        except (SyntaxError, ValueError) as error:
            raise EngineError(f"{self.url}: the answer broke off: {error}; nothing of it was kept") from error
        return Solutions(tuple(v.value for v in results.variables), rows)

    def ask(self, query: str) -> bool:
        return bool(self._results(query))

    def construct(self, query: str) -> Iterable[ox.Triple]:
        body = self._run(query, "application/n-triples, text/turtle;q=0.5")
        try:
            return [q.triple for q in ox.parse(body, format=ox.RdfFormat.TURTLE)]
        except SyntaxError as error:
            raise EngineError(f"{self.url}: the answer is not whole RDF: {error}") from error

    def insert(self, triples: Iterable[ox.Triple], graph: ox.NamedNode) -> None:
        batch = list(triples)
        if any(isinstance(x, ox.BlankNode) for t in batch for x in (t.subject, t.object)):
            raise InputError(f"{self.url}: a blank node has no name to be sent under; give the nodes of the data IRIs")
        for start in range(0, len(batch), BATCH):
            lines = "".join(f"{t} .\n" for t in batch[start : start + BATCH])
            self._change(f"INSERT DATA {{ GRAPH {graph} {{\n{lines}}} }}")

    def drop(self, graph: ox.NamedNode) -> None:
        self._change(f"DROP SILENT GRAPH {graph}")

    def _change(self, update: str) -> None:
        if self._update is None:
            raise InputError(f"{self.url} is only read; give the address of its update service (--update)")
        self._run(update, "*/*")
