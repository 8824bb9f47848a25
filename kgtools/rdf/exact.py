"""Terms that the embedded store would change, in a form that it does not.

Oxigraph keeps the values of most XML Schema datatypes: `"007"^^xsd:int` lies in it as the integer 7. What looks at
terms rather than at values (shapes do) is asked of their exact forms: the same text with the datatype's IRI behind
:data:`EXACT`, of which the store knows nothing and which it keeps as it is.
"""

from __future__ import annotations

import pyoxigraph as ox

from kgtools.rdf.datatypes import stored
from kgtools.terms import BASE

EXACT = BASE + "exact/"
"""Begins the datatype of a literal in its exact form; the IRI of its own datatype follows."""


def encode(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """A term as the store keeps it without a change; most terms are that already.

    >>> print(encode(ox.Literal("007", datatype=ox.NamedNode(XSD + "int"))).value, encode(ox.Literal(7)).value)
    007 7
    >>> encode(ox.Literal("007", datatype=ox.NamedNode(XSD + "int"))).datatype.value.removeprefix(EXACT)
    'http://www.w3.org/2001/XMLSchema#int'
    """
    if isinstance(term, ox.Literal) and (term.datatype.value.startswith(EXACT) or stored(term) != term):
        return ox.Literal(term.value, datatype=ox.NamedNode(EXACT + term.datatype.value))
    return term


def decoded(triple: ox.Triple) -> ox.Triple:
    """A triple with its object decoded; most triples are that already."""
    term = triple.object
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(EXACT):
        return ox.Triple(triple.subject, triple.predicate, decode(term))
    return triple


def decode(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """The term of an exact form; any other term is itself."""
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(EXACT):
        return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype.value.removeprefix(EXACT)))
    return term
