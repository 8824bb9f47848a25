"""One interface, three engines: Oxigraph in process, rdflib as reference, a SPARQL endpoint over HTTP.

Every engine takes SPARQL 1.1 text and gives terms as :mod:`pyoxigraph` objects, so that a caller cannot
tell from an answer which engine gave it. Nothing here checks whether a query is allowed:
:mod:`kgtools.sparql.policy` does, before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

import pyoxigraph as ox

from kgtools.sparql.workers import spread

if TYPE_CHECKING:
    pass

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
