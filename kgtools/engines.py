"""One interface, three engines: Oxigraph in process, rdflib as reference, a SPARQL endpoint over HTTP.

Every engine takes SPARQL 1.1 text and gives terms as :mod:`pyoxigraph` objects, so that a caller cannot
tell from an answer which engine gave it. The terms of an answer from rdflib or from an endpoint are
converted on the way out. Nothing here checks whether a query is allowed: :mod:`kgtools.guard` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pyoxigraph as ox

if TYPE_CHECKING:
    import rdflib

type_Term = ox.NamedNode | ox.BlankNode | ox.Literal
Term = type_Term | ox.Triple
Row = tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class Solutions:
    """The answer to a SELECT: variable names, and one tuple of terms a row (None where unbound)."""

    variables: tuple[str, ...]
    rows: list[Row]


class Engine(Protocol):
    """What a SPARQL engine must offer. Queries are whole texts; nothing is pasted into them here."""

    name: str

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Solutions:
        """Run a SELECT; `bindings` fixes variables to typed terms.

        Raises:
            EngineError: the engine refused the query or failed.
        """
        ...

    def ask(self, query: str, bindings: Mapping[str, Term] | None = None) -> bool:
        """Run an ASK."""
        ...

    def construct(self, query: str, bindings: Mapping[str, Term] | None = None) -> Iterable[ox.Triple]:
        """Run a CONSTRUCT or DESCRIBE."""
        ...
