"""The rdflib bridge: terms, triples and graphs to and from rdflib. Nothing else in the package imports rdflib terms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.term import BNode, Identifier, Literal, URIRef

from kgtools.errors import InputError


def to_rdflib(term: object) -> Identifier:
    """A pyoxigraph term as an rdflib term, lexical form untouched."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.direction:
            raise InputError(f"{term}: rdflib has no literals with a base direction; give it as plain text")
        if term.language:
            return Literal(term.value, lang=term.language)
        if term.datatype.value == "http://www.w3.org/2001/XMLSchema#string":
            return Literal(term.value)
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    raise InputError(f"{term} has no counterpart in rdflib")


def from_rdflib(term: Any) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """An rdflib term as a pyoxigraph term.

    Raises:
        InputError: the term is not one of RDF 1.1 (a literal with a broken language tag, a bad IRI).
    """
    try:
        if isinstance(term, URIRef):
            return ox.NamedNode(str(term))
        if isinstance(term, BNode):
            return ox.BlankNode(str(term))
        if isinstance(term, Literal):
            if term.language:
                return ox.Literal(str(term), language=term.language)
            return (
                ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)))
                if term.datatype
                else ox.Literal(str(term))
            )
    except ValueError as error:
        raise InputError(f"{term!r} is not an RDF 1.1 term: {error}") from error
    raise InputError(f"{term!r} is not an RDF 1.1 term")


def triple_from_rdflib(triple: Any) -> ox.Triple:
    """An rdflib triple as a pyoxigraph triple.

    Raises:
        InputError: it is a generalised triple, such as one with a literal subject.
    """
    s, p, o = (from_rdflib(x) for x in triple)
    if isinstance(s, ox.Literal) or not isinstance(p, ox.NamedNode):
        raise InputError(f"{triple!r}: the subject of a triple is an IRI or blank node, its predicate an IRI")
    return ox.Triple(s, p, o)


def graph_from(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """A new rdflib graph with these triples."""
    graph = rdflib.Graph()
    for t in triples:
        graph.add((to_rdflib(t.subject), to_rdflib(t.predicate), to_rdflib(t.object)))
    return graph
