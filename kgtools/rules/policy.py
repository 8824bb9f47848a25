"""The junk policy: what OWL 2 RL derives and this project leaves out, in one place for every evaluator.

Left out of the entailed triples:

- generalised RDF: a literal as subject, a predicate that is no IRI;
- reflexive noise: `x owl:sameAs x`;
- types that say nothing: owl:Thing, rdfs:Resource and other terms of the RDF, RDFS and OWL vocabularies
  (owl:Nothing is kept: it is a finding);
- datatypes as types, of literals and of anything else (dt-type1/2, prp-rng with a datatype). A value outside
  its datatype is an :class:`~kgtools.rules.consistency.Inconsistency` instead. Equality between literals (dt-eq,
  dt-diff) is not drawn either;
- T-box bookkeeping: statements in the RDFS and OWL vocabularies (scm-*), and anything about a class, a
  property or an ontology. The ontology's files say what a reader needs; `rdfs:subClassOf` and
  `rdfs:subPropertyOf` closed would drown it;
- membership in an anonymous class, use of an anonymous property: they serve inside the run only.

What remains is about individuals, `owl:sameAs` and `owl:differentFrom` between distinct ones included.
From `x a owl:Nothing` nothing further is drawn: the contradiction is reported, and not spread over all classes.
"""

from __future__ import annotations

from collections.abc import Collection

import pyoxigraph as ox

from kgtools.vocab import OWL, RDF, RDFS, TYPE, XSD

ANONYMOUS = "urn:kgtools:anonymous:"
"""The prefix of the names that anonymous classes and properties bear inside a run."""

SAME = ox.NamedNode(OWL + "sameAs")
DIFFERENT = ox.NamedNode(OWL + "differentFrom")
THING = ox.NamedNode(OWL + "Thing")
NOTHING = ox.NamedNode(OWL + "Nothing")
_VOCABULARY = (RDF, RDFS, OWL, XSD, ANONYMOUS)
_LOOSE = {RDFS + n for n in ("label", "comment", "seeAlso", "isDefinedBy", "member")} | {RDF + "value"}


def junk_class(iri: str) -> bool:
    """Whether `x a <iri>` says nothing about x.

    >>> junk_class(OWL + "Thing"), junk_class(OWL + "Nothing"), junk_class("https://example.org/C")
    (True, False, False)
    """
    return iri.startswith(_VOCABULARY) and iri != NOTHING.value


def junk_property(iri: str) -> bool:
    """Whether a triple with this predicate is bookkeeping."""
    return iri.startswith(_VOCABULARY) and iri not in _LOOSE and iri not in (SAME.value, DIFFERENT.value, TYPE.value)


def keep(triple: ox.Triple, schema_terms: Collection[object]) -> bool:
    """Whether an entailed triple passes the policy.

    Args:
        triple: a triple of RDF 1.1.
        schema_terms: the classes, properties, ontologies and axiom nodes, which nothing is entailed about.
    """
    s, p, o = triple
    if s in schema_terms or isinstance(s, ox.Literal) or p == SAME and s == o:
        return False
    if isinstance(s, ox.NamedNode) and s.value.startswith(_VOCABULARY):
        return False
    if p == TYPE:
        return isinstance(o, ox.NamedNode) and not junk_class(o.value)
    return not junk_property(p.value)
