"""Terms that the embedded store would change, in a form that it does not.

Oxigraph keeps the values of most XML Schema datatypes: `"007"^^xsd:int` lies in it as the integer 7. What looks at
terms rather than at values (shapes do) is asked of their exact forms: the same text with the datatype's IRI behind
:data:`EXACT`, of which the store knows nothing and which it keeps as it is.
"""

from __future__ import annotations

from typing import TypeVar

import pyoxigraph as ox

from kgtools.rdf.datatypes import stored
from kgtools.terms import BASE

EXACT = BASE + "exact/"
"""Begins the datatype of a literal in its exact form; the IRI of its own datatype follows."""

Term = TypeVar(
    "Term",
    ox.NamedNode,
    ox.BlankNode,
    ox.Literal,
    ox.Triple,
    ox.NamedNode | ox.BlankNode | ox.Literal,
    ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple,
    ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None,
)


def encode(term: Term) -> Term:
    """A term as the store keeps it without a change; most terms are that already.

    >>> xsd = "http://www.w3.org/2001/XMLSchema#"
    >>> seven = encode(ox.Literal("007", datatype=ox.NamedNode(xsd + "int")))
    >>> print(seven.value, seven.datatype.value.removeprefix(EXACT), encode(ox.Literal(7)).datatype.value)
    007 http://www.w3.org/2001/XMLSchema#int http://www.w3.org/2001/XMLSchema#integer
    >>> decode(seven).datatype.value
    'http://www.w3.org/2001/XMLSchema#int'
    """
    if isinstance(term, ox.Triple):
        return encoded(term)
    if isinstance(term, ox.Literal) and (term.datatype.value.startswith(EXACT) or stored(term) != term):
        return ox.Literal(term.value, datatype=ox.NamedNode(EXACT + term.datatype.value))
    return term


def decode(term: Term) -> Term:
    """The term of an exact form; any other term is itself."""
    if isinstance(term, ox.Triple):
        return decoded(term)
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(EXACT):
        return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype.value.removeprefix(EXACT)))
    return term


def encoded(triple: ox.Triple) -> ox.Triple:
    """A triple as the store keeps it without a change."""
    kept = encode(triple.object)
    return triple if kept is triple.object else ox.Triple(triple.subject, triple.predicate, kept)


def decoded(triple: ox.Triple) -> ox.Triple:
    """The triple of an exact form; any other triple is itself."""
    kept = decode(triple.object)
    return triple if kept is triple.object else ox.Triple(triple.subject, triple.predicate, kept)
