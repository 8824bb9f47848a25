"""owlrl on rdflib, the reference for the axioms: complete for OWL 2 RL, slow, and noisy until filtered."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.rdf.bridge import graph_from, triple_from_rdflib
from kgtools.terms import OWL, RDF, RDFS, XSD

_BOOKKEEPING = (RDF, RDFS, OWL, XSD)


def reference_closure(asserted: Iterable[ox.Triple], ontology: Iterable[ox.Triple]) -> set[ox.Triple]:
    """The OWL 2 RL closure by owlrl, without the asserted triples and without junk.

    Left out are what :mod:`kgtools.rules.fixpoint` leaves out, and statements about the vocabularies of RDF,
    RDFS and OWL or between terms of the ontology, which are the business of the axioms and not of the data.
    """
    import owlrl

    given, schema = list(asserted), list(ontology)
    graph = graph_from([*given, *schema])
    owlrl.DeductiveClosure(
        owlrl.OWLRL_Semantics, rdfs_closure=False, axiomatic_triples=False, datatype_axioms=False
    ).expand(graph)
    kinds = {
        ox.NamedNode(OWL + k) for k in ("Ontology", "Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
    }
    terms = {t.subject for t in schema if t.object in kinds}
    blank = {t.subject for t in given if isinstance(t.subject, ox.BlankNode)}
    known = {*given, *schema}
    out: set[ox.Triple] = set()
    for row in graph:
        try:
            t = triple_from_rdflib(row)
        except InputError:
            continue
        if (
            t in known
            or t.subject in terms
            or t.object in (ox.NamedNode(OWL + "Thing"), ox.NamedNode(RDFS + "Resource"))
        ):
            continue
        if t.predicate.value.startswith(OWL) or (isinstance(t.subject, ox.BlankNode) and t.subject not in blank):
            continue
        if isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(_BOOKKEEPING):
            continue
        out.add(t)
    return out
