"""The triple patterns of a SPARQL query, each with the patterns that hold whenever it matters.

rdflib parses the query and translates it to the algebra of SPARQL 1.1, section 18.2; this module only walks
the result. A pattern under OPTIONAL, UNION, EXISTS or MINUS can change an answer only together with the
patterns that enclose it: those are its context.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyoxigraph as ox

from kgtools.rdf.bridge import from_rdflib

Term = str | ox.NamedNode | ox.BlankNode | ox.Literal
"""A term of a pattern; a string is a variable, with its question mark."""


@dataclass(frozen=True, slots=True)
class Path:
    """A property path: its SPARQL text, and the predicates in it that are followed forwards and backwards.

    Attributes:
        text: the path in SPARQL syntax, bracketed where it is more than one predicate.
        forward: predicates of steps from subject to object; None where any predicate can match.
        backward: predicates of inverse steps.
    """

    text: str
    forward: frozenset[str] | None
    backward: frozenset[str] = frozenset()

    @property
    def simple(self) -> bool:
        """One predicate, forwards, or a variable."""
        return self.text.startswith(("<", "?"))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern: subject, path, object."""

    subject: Term
    path: Path
    object: Term

    def variables(self) -> set[str]:
        """The variables in it, that of the predicate included."""
        named = {x for x in (self.subject, self.object) if isinstance(x, str)}
        return named | {self.path.text} if self.path.text.startswith("?") else named

    def __str__(self) -> str:
        return f"{self.subject} {self.path.text} {self.object} ."


Found = tuple[Pattern, tuple[Pattern, ...]]
"""A pattern and its context."""


def step(predicate: str) -> Path:
    """The path of one predicate.

    >>> step("http://e/p").text
    '<http://e/p>'
    """
    return Path(f"<{predicate}>", frozenset((predicate,)))


@cache
def patterns(query: str) -> tuple[Found, ...]:
    """All triple patterns of a query, each with its context; kept, since rdflib takes some 30 ms to parse a query.

    Args:
        query: a SELECT, ASK or CONSTRUCT that rdflib can parse.

    >>> [(str(p), len(c)) for p, c in patterns("ASK { ?a <x:p> ?b OPTIONAL { ?b <x:q> ?c } }")]
    [('?a <x:p> ?b .', 0), ('?b <x:q> ?c .', 1)]
    """
    from rdflib.plugins.sparql.algebra import translateQuery
    from rdflib.plugins.sparql.parser import parseQuery

    return tuple(_Walk().walk(translateQuery(parseQuery(query)).algebra.p, ()))


class _Walk:
    """One walk over one query; fresh names keep the variables of a sub-SELECT apart from those outside."""

    def __init__(self) -> None:
        self._fresh = itertools.count()
        self._names: dict[int, dict[str, str]] = {}

    def walk(self, node: Any, context: tuple[Pattern, ...], names: dict[str, str] | None = None) -> Iterator[Found]:
        names = names or {}
        kind = getattr(node, "name", "")
        if kind == "BGP":
            own = self._bgp(node, names)
            for at, pattern in enumerate(own):
                yield pattern, (*context, *own[:at], *own[at + 1 :])
        elif kind == "Join":
            one, other = self._certain(node.p1, names), self._certain(node.p2, names)
            yield from self.walk(node.p1, (*context, *other), names)
            yield from self.walk(node.p2, (*context, *one), names)
        elif kind in ("LeftJoin", "Minus"):
            inside = (*context, *self._certain(node.p1, names))
            yield from self.walk(node.p1, context, names)
            yield from self.walk(node.p2, inside, names)
            if kind == "LeftJoin":
                yield from self._expression(node.expr, (*inside, *self._certain(node.p2, names)), names)
        elif kind == "Union":
            yield from self.walk(node.p1, context, names)
            yield from self.walk(node.p2, context, names)
        elif kind in ("Filter", "Extend"):
            yield from self.walk(node.p, context, names)
            yield from self._expression(node.expr, (*context, *self._certain(node.p, names)), names)
        elif "p" in (node or {}):
            yield from self.walk(node.p, context, self._inner(node, names))

    def _inner(self, node: Any, names: dict[str, str]) -> dict[str, str]:
        """The names inside a node: those of a sub-SELECT that it does not project are its own."""
        if node.name != "ToMultiSet" or getattr(node.p, "name", "") == "values":
            return names
        select = node.p
        while getattr(select, "name", "") != "Project":
            select = select.p
        known = self._names.get(id(select))
        if known is None:
            projected = {f"?{v}" for v in select.PV}
            hidden = {f"?{v}" for v in select._vars} - projected
            known = {**{n: names.get(n, n) for n in projected}, **{n: f"{n}_{next(self._fresh)}" for n in hidden}}
            self._names[id(select)] = known
        return known

    def _certain(self, node: Any, names: dict[str, str]) -> tuple[Pattern, ...]:
        """The patterns that match in every solution of a node."""
        kind = getattr(node, "name", "")
        if kind == "BGP":
            return self._bgp(node, names)
        if kind == "Join":
            return (*self._certain(node.p1, names), *self._certain(node.p2, names))
        if kind in ("LeftJoin", "Minus"):
            return self._certain(node.p1, names)
        if kind == "Union" or "p" not in (node or {}):
            return ()
        return self._certain(node.p, self._inner(node, names))

    def _expression(self, expression: Any, context: tuple[Pattern, ...], names: dict[str, str]) -> Iterator[Found]:
        """The patterns under EXISTS and NOT EXISTS anywhere in an expression."""
        from rdflib.plugins.sparql.algebra import translateGroupGraphPattern
        from rdflib.plugins.sparql.parserutils import CompValue

        if isinstance(expression, CompValue):
            if expression.name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
                graph = expression.graph
                if graph.name == "GroupGraphPatternSub":
                    graph = translateGroupGraphPattern(graph)
                yield from self.walk(graph, context, names)
            else:
                for part in expression.values():
                    yield from self._expression(part, context, names)
        elif isinstance(expression, list | tuple):
            for part in expression:
                yield from self._expression(part, context, names)

    def _bgp(self, node: Any, names: dict[str, str]) -> tuple[Pattern, ...]:
        return tuple(Pattern(_term(s, names), _path(p, names), _term(o, names)) for s, p, o in node.triples)


def _term(term: Any, names: dict[str, str]) -> Term:
    from rdflib.term import BNode, Variable

    if isinstance(term, Variable | BNode):
        name = f"?{term}" if isinstance(term, Variable) else f"?blank_{term}"
        return names.get(name, name)
    return from_rdflib(term)


def _path(path: Any, names: dict[str, str]) -> Path:
    from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, SequencePath
    from rdflib.term import URIRef

    def steps(part: Any, turned: bool) -> Iterator[tuple[str | None, bool]]:
        if isinstance(part, URIRef):
            yield str(part), turned
        elif isinstance(part, InvPath):
            yield from steps(part.arg, not turned)
        elif isinstance(part, MulPath):
            yield from steps(part.path, turned)
        elif isinstance(part, SequencePath | AlternativePath):
            for inner in part.args:
                yield from steps(inner, turned)
        else:
            yield None, turned

    if isinstance(path, URIRef):
        return step(str(path))
    if not isinstance(path, AlternativePath | InvPath | MulPath | NegatedPath | SequencePath):
        return Path(str(_term(path, names)), None)
    found = list(steps(path, False))
    if any(p is None for p, _ in found):
        return Path(f"({path.n3()})", None)
    forward = frozenset(p for p, turned in found if p and not turned)
    return Path(f"({path.n3()})", forward, frozenset(p for p, turned in found if p and turned))


def instantiate(pattern: Pattern, binding: Callable[[str], Any]) -> ox.Triple | None:
    """The triple that a pattern of one predicate is under a binding; None where a variable is unbound."""
    s, o = (binding(x) if isinstance(x, str) else x for x in (pattern.subject, pattern.object))
    predicate = next(iter(pattern.path.forward or ()), None)
    if s is None or o is None or predicate is None or not pattern.path.simple:
        return None
    return ox.Triple(s, ox.NamedNode(predicate), o)  # type: ignore[arg-type]
