"""A SPARQL 1.1 endpoint over HTTP as an engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgtools.errors import EngineError, InputError
from kgtools.sparql.engine import Answered, Concurrency, Row, Solutions, direct, in_limits
from kgtools.sparql.exchange import MOST, Address, address, post
from kgtools.sparql.workers import deadline

if TYPE_CHECKING:
    from SPARQLWrapper import SPARQLWrapper

    from kgtools.sparql.policy import Policy, Query

BATCH = 5_000
"""How many triples are sent to an update service at once."""


class EndpointEngine:
    """A SPARQL 1.1 endpoint, asked by form-encoded POST (SPARQL 1.1 Protocol, section 2.1.2).

    Args:
        url: the address of the query service.
        timeout: seconds for a whole answer.
        update: the address of the update service, for inference; without it the endpoint is only read.
        most: how many bytes an answer may have.

    Raises:
        InputError: an address is none, or the timeout cannot be kept.
    """

    name = "endpoint"
    verbatim = True
    concurrency: Concurrency = "none"

    def __init__(self, url: str, *, timeout: float, update: str | None = None, most: int = MOST) -> None:
        self._query = address(url)
        self._update = None if update is None else address(update)
        self.url = self._query.url
        self._timeout = deadline(timeout)
        self._most = most

    @classmethod
    def of(cls, wrapper: SPARQLWrapper, *, timeout: float) -> EndpointEngine:
        """The endpoint that a SPARQLWrapper is set up for, with its user and password.

        >>> from SPARQLWrapper import SPARQLWrapper
        >>> EndpointEngine.of(SPARQLWrapper("http://localhost:3030/sparql"), timeout=60).url
        'http://localhost:3030/sparql'
        """
        engine = cls(wrapper.endpoint, timeout=timeout, update=wrapper.updateEndpoint)
        if wrapper.user is not None:
            engine._query = Address(engine._query.url, wrapper.user, wrapper.passwd)
            engine._update = engine._update and Address(engine._update.url, wrapper.user, wrapper.passwd)
        return engine

    def _post(self, to: Address, fields: dict[str, str], accept: str) -> tuple[str, bytes]:
        from importlib.metadata import version

        agent = f"kgtools/{version('kgtools')}"
        return post(to, fields, accept, seconds=self._timeout, agent=agent, most=self._most)

    def _results(self, query: str) -> tuple[ox.QuerySolutions | ox.QueryBoolean, str]:
        kind, body = self._post(self._query, {"query": query}, "application/sparql-results+json")
        if kind == "text/html" or body[:15].lstrip().lower().startswith((b"<!doctype", b"<html")):
            raise EngineError(f"{self.url}: the answer is a web page, not SPARQL results; is this the query service?")
        try:
            return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON), kind
        except (SyntaxError, ValueError) as error:
            raise EngineError(f"{self.url}: the answer is not whole SPARQL results: {_cut(error)}") from error

    def select(self, query: str) -> Solutions:
        results, _ = self._results(query)
        if isinstance(results, ox.QueryBoolean):
            raise EngineError(f"{self.url}: a SELECT was answered with a truth value; is this a SPARQL endpoint?")
        try:
            rows: list[Row] = [tuple(row) for row in results]
        except (SyntaxError, ValueError) as error:
            raise EngineError(f"{self.url}: the answer broke off: {_cut(error)}; nothing of it was kept") from error
        return Solutions(tuple(v.value for v in results.variables), rows)

    def ask(self, query: str) -> bool:
        results, _ = self._results(query)
        if not isinstance(results, ox.QueryBoolean):
            raise EngineError(f"{self.url}: an ASK was answered with rows; is this a SPARQL endpoint?")
        return bool(results)

    def construct(self, query: str) -> Iterable[ox.Triple]:
        _, body = self._post(self._query, {"query": query}, "application/n-triples, text/turtle;q=0.5")
        try:
            return [q.triple for q in ox.parse(body, format=ox.RdfFormat.TURTLE)]
        except (SyntaxError, ValueError) as error:
            raise EngineError(f"{self.url}: the answer is not whole RDF: {_cut(error)}") from error

    def answer(self, query: Query, text: str, policy: Policy) -> Answered:
        return in_limits(direct(self, query.form, text), policy)

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
        try:
            self._post(self._update, {"update": update}, "*/*")
        except InputError as error:
            raise EngineError(f"{self._update.url} refuses an update: {_cut(error)}") from error


def _cut(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
