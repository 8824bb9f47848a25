"""One interface, three engines: Oxigraph in process, rdflib as reference, a SPARQL endpoint over HTTP.

Every engine takes SPARQL 1.1 text and gives terms as :mod:`pyoxigraph` objects, so that a caller cannot
tell from an answer which engine gave it. Nothing here checks whether a query is allowed:
:mod:`kgtools.sparql.policy` does, before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

import pyoxigraph as ox

from kgtools.errors import LimitError
from kgtools.sparql.workers import spread

if TYPE_CHECKING:
    from kgtools.sparql.policy import Policy, Query

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Concurrency = Literal["none", "threads", "processes"]
MANY = 5_000
"""From this many triples on, asking on several processors gains more than it costs."""

T = TypeVar("T")
R = TypeVar("R")
Row = tuple[Term | None, ...]
"""One row of an answer."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """The answer to a SELECT: variable names, and one tuple of terms a row (None where unbound)."""

    variables: tuple[str, ...]
    rows: list[Row]

    def ordered(self, variables: Sequence[str]) -> Solutions:
        """The same answer with its columns in this order; variables that it does not have are passed over.

        >>> Solutions(("a", "s"), [(None, None)]).ordered(["s", "hidden", "a"]).variables
        ('s', 'a')
        """
        place = {name: n for n, name in enumerate(variables)}
        order = sorted(range(len(self.variables)), key=lambda n: place.get(self.variables[n], len(place)))
        if order == list(range(len(order))):
            return self
        names = tuple(self.variables[n] for n in order)
        return Solutions(names, [tuple(row[n] for n in order) for row in self.rows])


Answered = Solutions | bool | tuple[ox.Triple, ...]
"""What a SELECT, an ASK, and a CONSTRUCT or DESCRIBE give."""


class Engine(Protocol):
    """What a SPARQL engine must offer. Queries are whole texts; nothing is pasted into them here.

    Each method raises InputError where the query is not SPARQL, EngineError where the engine fails, and
    LimitError where a deadline passes.
    """

    name: str
    verbatim: bool
    """Whether a question goes to it word for word, as it does to another's engine, which reads it by itself."""

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

    def answer(self, query: Query, text: str, policy: Policy) -> Answered:
        """Answer a stranger's question within the limits of a policy.

        Args:
            query: the question as it was read.
            text: what the engine is given of it.
            policy: deadline, rows, bytes and memory.

        Raises:
            LimitError: a limit was reached; nothing of the answer was kept.
        """
        ...

    def insert(self, triples: Iterable[ox.Triple], graph: ox.NamedNode) -> None:
        """Add triples to a named graph."""
        ...

    def drop(self, graph: ox.NamedNode) -> None:
        """Remove a named graph, where there is one."""
        ...


def direct(engine: Engine, form: str, text: str) -> Answered:
    """The answer of an engine to a query of this form, without limits."""
    if form == "SELECT":
        return engine.select(text)
    return engine.ask(text) if form == "ASK" else tuple(engine.construct(text))


def in_limits(answer: Answered, policy: Policy) -> Answered:
    """The answer, where it has no more rows than a policy allows.

    Raises:
        LimitError: it has more.
    """
    if not isinstance(answer, bool):
        count = len(answer.rows if isinstance(answer, Solutions) else answer)
        if count > policy.rows:
            raise LimitError(f"the answer has {count:,} rows, the limit is {policy.rows:,}; ask for less, or add LIMIT")
    return answer


def each(engine: Engine, work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """`work` done on every item, in order; on all processors where the engine gains by it (:func:`spread`).

    Raises:
        KgError: what `work` raised first, in the order of the items.
    """
    if engine.concurrency == "none":
        return [work(item) for item in items]
    return spread(work, items, fork=engine.concurrency == "processes")
