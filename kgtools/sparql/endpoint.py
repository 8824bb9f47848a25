"""A SPARQL 1.1 endpoint over HTTP as an engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from kgtools.errors import EngineError, InputError, LimitError
from kgtools.sparql.engine import Concurrency, Row, Solutions

BATCH = 5_000
"""How many triples are sent to an update service at once."""


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
