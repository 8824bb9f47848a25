"""What a rule is: patterns that must hold together, filters, patterns that must be absent, and one head.

A variable is a string such as `?x`; everything else in a pattern is a term. Both evaluators read these
objects: :mod:`kgtools.rules.fixpoint` over interned terms, and any SPARQL engine the text of
:meth:`Rule.to_sparql`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kgtools.vocab import TYPE

Node = ox.NamedNode | ox.BlankNode | ox.Literal
Atom = tuple[str | Node, ox.NamedNode, str | Node]
"""A triple pattern with a known predicate; a string is a variable."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A SPARQL expression over the variables of a body.

    Attributes:
        text: the expression with full IRIs, without the word FILTER.
        variables: the variables in it, in order of first occurrence.
        simple: operator and operands where it only asks whether two variables or terms are (not) equal.
    """

    text: str
    variables: tuple[str, ...]
    simple: tuple[str, str | Node, str | Node] | None = None

    def __str__(self) -> str:
        return f"FILTER ({self.text})"


def unequal(one: str, other: str) -> Filter:
    """The filter `one != other`."""
    return Filter(f"{one} != {other}", (one, other), ("!=", one, other))


@dataclass(frozen=True, slots=True)
class Absent:
    """Patterns that must not hold: FILTER NOT EXISTS."""

    body: tuple[Atom, ...]
    filters: tuple[Filter, ...] = ()

    def __str__(self) -> str:
        return f"FILTER NOT EXISTS {{ {where(self.body, self.filters)} }}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule over data.

    Attributes:
        name: the rule of the OWL 2 RL tables, or the file of a CONSTRUCT rule.
        body: the patterns that must hold together; a rule without any states a fact.
        head: the pattern that then holds.
        axiom: the axiom from which it was made, in words, or the summary of a CONSTRUCT rule.
        filters: conditions on the variables.
        absent: what must not hold; it is settled in a lower stratum.
    """

    name: str
    body: tuple[Atom, ...]
    head: Atom
    axiom: str
    filters: tuple[Filter, ...] = ()
    absent: tuple[Absent, ...] = ()

    def to_sparql(self) -> str:
        """The rule as a CONSTRUCT for any SPARQL 1.1 engine; a literal never becomes a subject."""
        return f"CONSTRUCT {{ {triple_text(self.head)} }} WHERE {{ {self._where()} }}"

    def to_insert(self, graph: ox.NamedNode) -> str:
        """The rule as one SPARQL 1.1 Update that writes what is new into a named graph of a server.

        The server's default graph must be the union of its graphs, or the entailed triples stay unseen.
        """
        new = f"FILTER NOT EXISTS {{ {triple_text(self.head)} }}"
        return f"INSERT {{ GRAPH {graph} {{ {triple_text(self.head)} }} }} WHERE {{ {self._where()} {new} }}"

    def _where(self) -> str:
        subject = self.head[0]
        guard = f" FILTER (!isLiteral({subject}))" if isinstance(subject, str) and self.body else ""
        return where(self.body, self.filters, self.absent) + guard


@dataclass(frozen=True, slots=True)
class SparqlRule:
    """A CONSTRUCT rule that only a SPARQL engine can run.

    Attributes:
        name: the file without `.rq`.
        text: the whole query.
        heads: the patterns of its template.
        axiom: the summary of the file.
        reads: relations (see :func:`relation`) that it reads, or None where it reads all.
        monotone: whether more facts can never take an answer back.
    """

    name: str
    text: str
    heads: tuple[Atom, ...]
    axiom: str
    reads: frozenset[str] | None
    monotone: bool

    def to_sparql(self) -> str:
        """The whole query."""
        return self.text


@dataclass(frozen=True, slots=True)
class Denial:
    """What must never hold together: a rule of OWL 2 RL whose head is false.

    Attributes:
        name: the rule of the OWL 2 RL tables.
        body: the patterns.
        axiom: the axiom from which it was made, in words.
        shown: the terms that a report names, the individual first.
        filters: conditions on the variables.
    """

    name: str
    body: tuple[Atom, ...]
    axiom: str
    shown: tuple[str | Node, ...]
    filters: tuple[Filter, ...] = ()

    def to_sparql(self) -> str:
        """The denial as a SELECT of its variables, in order of first occurrence."""
        return f"SELECT DISTINCT {' '.join(variables(self.body)) or '*'} WHERE {{ {where(self.body, self.filters)} }}"


@dataclass(frozen=True, slots=True)
class DatatypeRange:
    """Values of a property must lie in a datatype: by its range (`cls` None) or by allValuesFrom on a class."""

    prop: ox.NamedNode
    datatype: ox.NamedNode
    cls: ox.NamedNode | None
    axiom: str


def triple_text(atom: Atom) -> str:
    """A pattern as SPARQL."""
    return " ".join(x if isinstance(x, str) else str(x) for x in atom)


def where(body: Iterable[Atom], filters: Iterable[Filter] = (), absent: Iterable[Absent] = ()) -> str:
    """The inside of a WHERE clause."""
    return " ".join([*(triple_text(a) + " ." for a in body), *map(str, filters), *map(str, absent)])


def variables(atoms: Iterable[Atom]) -> tuple[str, ...]:
    """The variables of some patterns, in order of first occurrence."""
    return tuple(dict.fromkeys(x for a in atoms for x in a if isinstance(x, str)))


def relation(atom: Atom) -> str:
    """What a pattern speaks of: a property, or the members of a class (`a` and its IRI).

    >>> relation(("?x", TYPE, ox.NamedNode("ex:C"))), relation(("?x", ox.NamedNode("ex:p"), "?y"))
    ('a ex:C', 'ex:p')
    """
    if atom[1] == TYPE:
        return "a " + (atom[2] if isinstance(atom[2], str) else atom[2].value)
    return atom[1].value
