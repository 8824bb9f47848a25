"""Every branch of every check of lint, by a small fault and the exact term and detail that it must name."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

ROOT = Path(__file__).resolve().parents[1]
CHECKS = {p.stem: p.read_text(encoding="utf-8") for p in sorted((ROOT / "queries" / "checks").glob("*.rq"))}
NAMESPACES = {
    "": "https://w3id.org/indopacific/ns",
    "ipp:": "https://w3id.org/indopacific/ns#",
    "code:": "https://w3id.org/indopacific/code/",
    "dcterms:": "http://purl.org/dc/terms/",
    "owl:": "http://www.w3.org/2002/07/owl#",
    "rdf:": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs:": "http://www.w3.org/2000/01/rdf-schema#",
    "skos:": "http://www.w3.org/2004/02/skos/core#",
    "vann:": "http://purl.org/vocab/vann/",
    "xsd:": "http://www.w3.org/2001/XMLSchema#",
    "e:": "http://example.org/",
}
TURTLE = "".join(f"@prefix {p or 'o:'} <{n}> .\n" for p, n in NAMESPACES.items())
SPARQL = TURTLE.replace("@prefix", "PREFIX").replace("> .\n", ">\n")

# check | fault | term detail, as prefixed names or plain text; one row a line
TABLE = """
no-label | ipp:X a owl:Class . | ipp:X none
no-label | ipp:x a owl:ObjectProperty ; rdfs:label "x"@ja . | ipp:x none
no-label | ipp:X a owl:Class ; rdfs:label "a"@en , "b"@en . | ipp:X a
no-label | ipp:X a owl:Class ; rdfs:label "x"@en , "x" . | ipp:X x
no-label | ipp:X a owl:Class ; rdfs:label "Big thing"@en . | ipp:X Big thing
no-label | ipp:X a owl:Class ; rdfs:label "a thing that is."@en . | ipp:X a thing that is.
no-label | ipp:X a owl:Class ; rdfs:label "URL"@en . |
no-definition | ipp:X a owl:Class . | ipp:X none
no-definition | ipp:X a owl:Class ; skos:definition "a thing of some kind"@en . | ipp:X a thing of some kind
no-definition | ipp:X a owl:Class ; skos:definition "A thing of some kind."@en . |
no-definition | ipp:X a owl:Class ; rdfs:label "a thing that goes on and on"@en ; skos:definition "Anything so."@en . | ipp:X Anything so.
no-example | ipp:X a owl:Class ; skos:example ""@en . | ipp:X none
no-defined-by | ipp:X a owl:Class . | ipp:X none
no-defined-by | ipp:X a owl:Class ; rdfs:isDefinedBy e:o . | ipp:X http://example.org/o
no-defined-by | ipp:X a owl:Class ; rdfs:isDefinedBy e:o . e:o a owl:Ontology . |
no-competency-question | ipp:X a owl:Class . | ipp:X none
no-competency-question | ipp:X a owl:Class ; ipp:competencyQuestion "Who led it?" . | ipp:X Who led it?
two-definitions | ipp:X skos:definition "a"@en , "b"@en . | ipp:X a
two-definitions | ipp:X skos:definition "a"@en , "b"@ja . |
circular-definition | ipp:X rdfs:label "office"@en ; skos:definition "Two offices."@en . | ipp:X Two offices.
circular-definition | code:x skos:prefLabel "2+2"@en ; skos:definition "A 2+2 meeting."@en . | code:x A 2+2 meeting.
circular-definition | ipp:X rdfs:label "office"@en ; skos:definition "One officer."@en . |
class-cycle | ipp:X rdfs:subClassOf ipp:Y . ipp:Y rdfs:subClassOf ipp:X . | ipp:X ipp:Y ; ipp:Y ipp:X
property-cycle | ipp:x rdfs:subPropertyOf ipp:x . | ipp:x ipp:x
unconnected | ipp:X a owl:Class . | ipp:X class
unconnected | ipp:x a owl:ObjectProperty . | ipp:x property
unconnected | ipp:x a owl:AnnotationProperty . |
unconnected | ipp:x a owl:ObjectProperty ; rdfs:domain ipp:X . ipp:X a owl:Class . |
no-disjointness | o: a owl:Ontology . | o: none at all
no-disjointness | ipp:X a owl:Class . ipp:Y a owl:Class ; owl:disjointWith ipp:Z . | ipp:X root
no-disjointness | ipp:X a owl:Class . [] a owl:AllDisjointClasses ; owl:members ( ipp:Z ipp:X ) . |
inverse-of-itself | ipp:x owl:inverseOf ipp:x . | ipp:x ipp:x
inverse-of-symmetric | ipp:x a owl:SymmetricProperty . ipp:y owl:inverseOf ipp:x . | ipp:x ipp:y
symmetric-domain-range | ipp:x a owl:SymmetricProperty ; rdfs:domain ipp:A ; rdfs:range ipp:B . | ipp:x ipp:B
transitive-domain-range | ipp:x a owl:TransitiveProperty ; rdfs:domain ipp:A ; rdfs:range ipp:B . | ipp:x ipp:B
several-domains | ipp:x rdfs:domain ipp:A , ipp:B . | ipp:x ipp:A
several-domains | ipp:x rdfs:range ipp:A , ipp:B . | ipp:x ipp:A
wrong-inverse | ipp:x owl:inverseOf ipp:y ; rdfs:domain ipp:A . ipp:y rdfs:range ipp:B . | ipp:x ipp:y
wrong-inverse | ipp:x owl:inverseOf ipp:y ; rdfs:range ipp:A . ipp:y rdfs:domain ipp:B . | ipp:x ipp:y
wrong-inverse | ipp:hasPart a owl:ObjectProperty . ipp:partOf a owl:ObjectProperty . | ipp:hasPart ipp:partOf
wrong-inverse | ipp:hasPart a owl:ObjectProperty . ipp:partOf a owl:ObjectProperty ; owl:inverseOf ipp:hasPart . |
one-link-chain | ipp:x owl:propertyChainAxiom ( ipp:y ) . | ipp:x ipp:y
duplicate-label | ipp:X a owl:Class ; rdfs:label "one"@en . ipp:Y rdfs:label "One"@en ; rdfs:isDefinedBy o: . | ipp:X ipp:Y
duplicate-label | ipp:X owl:equivalentClass ipp:Y . | ipp:X ipp:Y
untyped-class | ipp:x rdfs:range ipp:X . | ipp:X axiom
untyped-class | [] a owl:AllDisjointClasses ; owl:members ( ipp:X ) . | ipp:X disjointness
untyped-class | code:x a ipp:X . | ipp:X type
untyped-property | code:x ipp:x code:y . | ipp:x undeclared
untyped-property | ipp:y a owl:ObjectProperty ; owl:inverseOf ipp:x . | ipp:x undeclared
untyped-property | ipp:x rdfs:domain ipp:X . | ipp:x undeclared
untyped-property | ipp:y a owl:ObjectProperty ; owl:propertyChainAxiom ( ipp:y ipp:x ) . | ipp:x undeclared
untyped-property | ipp:x a owl:ObjectProperty , owl:DatatypeProperty . | ipp:x two kinds
untyped-property | ipp:x a owl:ObjectProperty ; rdfs:range xsd:string . | ipp:x xsd:string
untyped-property | ipp:x a owl:DatatypeProperty ; rdfs:range ipp:X . ipp:X a owl:Class . | ipp:x ipp:X
no-ontology | ipp:X a owl:Class . | owl:Ontology none
no-licence | e:o a owl:Ontology ; dcterms:license "free" . | e:o none
class-name | ipp:badName a owl:Class . | ipp:badName badName
class-name | ipp:ABCName a owl:Class . | ipp:ABCName ABCName
property-name | ipp:BadName a owl:AnnotationProperty . | ipp:BadName BadName
property-name | ipp:is a owl:ObjectProperty . | ipp:is is
and-or-name | ipp:DogAndCat a owl:Class . | ipp:DogAndCat DogAndCat
miscellaneous-class | ipp:OtherThing a owl:Class . | ipp:OtherThing OtherThing
hijacking | e:Person rdfs:subClassOf ipp:Person . | e:Person rdfs:subClassOf
hijacking | e:knows a owl:SymmetricProperty . | e:knows rdf:type
hijacking | e:knows a owl:AnnotationProperty . |
profile | ipp:x a owl:FunctionalProperty . | ipp:x owl:FunctionalProperty
profile | ipp:X owl:unionOf ( ipp:A ipp:B ) . | ipp:X owl:unionOf
profile | ipp:x a owl:IrreflexiveProperty ; owl:propertyChainAxiom ( ipp:a ipp:b ) . | ipp:x owl:IrreflexiveProperty
profile | ipp:x owl:propertyChainAxiom ( ipp:a ipp:b ) . ipp:a owl:inverseOf ipp:b . | ipp:x ipp:b
profile | ipp:x owl:propertyChainAxiom ( ipp:a ipp:b ) . |
date-range | ipp:x rdfs:range xsd:date . | ipp:x xsd:date
date-range | ipp:x rdfs:range rdfs:Literal . |
concept-no-definition | code:x a ipp:Code . | code:x ipp:Code
concept-no-definition | code:s a skos:ConceptScheme ; skos:definition "Eine Liste."@de . | code:s skos:ConceptScheme
concept-labels | code:x a ipp:Sector ; skos:prefLabel "x"@en , "x"@hi . | code:x ja
concept-labels | code:s a skos:ConceptScheme . | code:s en
concept-labels | code:x a ipp:Code ; skos:prefLabel "a"@en , "b"@en . | code:x a
concept-labels | code:x a ipp:Code ; skos:prefLabel "a"@en , "c" . | code:x c
concept-labels | code:x a ipp:Code ; skos:prefLabel "a"@en ; skos:altLabel "a"@en . | code:x a
concept-labels | code:x a ipp:Code ; skos:prefLabel "Held"@en . | code:x Held
concept-overlap | code:x skos:notation "x" ; skos:prefLabel "a"@en ; skos:inScheme code:s . code:y skos:altLabel "A"@en ; skos:inScheme code:s . | code:x code:y
concept-overlap | code:x skos:notation "x" ; skos:inScheme code:s . code:y skos:notation "x" ; skos:inScheme code:s . | code:x code:y
concept-overlap | code:x a ipp:Code . | code:x ipp:Code
concept-overlap | code:x skos:prefLabel "a"@en ; skos:inScheme code:s . code:y skos:prefLabel "a"@en ; skos:inScheme code:t . |
concept-orphan | code:x a ipp:Code . | code:x ipp:Code
concept-orphan | code:x skos:inScheme code:s . | code:x code:s
concept-orphan | code:x skos:inScheme code:s . code:s a skos:ConceptScheme . | code:x code:s
concept-orphan | code:x skos:broader code:y , code:z ; skos:inScheme code:s . code:z skos:topConceptOf code:s ; skos:inScheme code:s . code:s a skos:ConceptScheme . | code:x code:y
concept-orphan | code:s a skos:ConceptScheme . | code:s empty scheme
concept-cycle | code:x skos:broader code:x . | code:x code:x
concept-redundant | code:x skos:broader code:y , code:z . code:y skos:broader code:z . | code:x code:z
concept-redundant | code:x skos:related code:y ; skos:broader code:y . | code:x code:y
concept-redundant | code:x skos:topConceptOf code:s ; skos:broader code:y . | code:x code:y
concept-redundant | code:x skos:exactMatch e:x ; skos:broadMatch e:x . | code:x e:x
top-concept-both-ways | code:x skos:topConceptOf code:s . | code:x code:s
top-concept-both-ways | code:s skos:hasTopConcept code:x . | code:x code:s
"""
ROWS = [
    tuple(cell.strip() for cell in line.split(" | ")) for line in TABLE.strip().replace(" |\n", " | \n").split("\n")
]
HEADER = """o: a owl:Ontology ; rdfs:label "t"@en ; dcterms:title "t"@en ; dcterms:abstract "a"@en ;
  dcterms:description "d"@en ; dcterms:creator "c" ; dcterms:publisher "p" ; dcterms:license e:l ;
  dcterms:created "2026-11-24" ; dcterms:issued "2026-11-24" ; dcterms:bibliographicCitation "b"@en ;
  owl:versionIRI <https://w3id.org/indopacific/ns/1.0.0> ; owl:versionInfo "1.0.0" ;
  vann:preferredNamespacePrefix "ipp" ; vann:preferredNamespaceUri "https://w3id.org/indopacific/ns#" ."""
HEADERS = {
    "whole": ("", "", ""),
    "no creator": ('dcterms:creator "c" ; ', "", "o: dcterms:creator"),
    "another version in the IRI": ("ns/1.0.0>", "ns/0.9.0>", "o: https://w3id.org/indopacific/ns/0.9.0"),
    "another namespace": ('indopacific/ns#"', 'indopacific/vocab#"', "o: https://w3id.org/indopacific/vocab#"),
    "a module without import": (
        " .", ' . e:m a owl:Ontology ; rdfs:label "m"@en ; dcterms:title "m"@en ; dcterms:description "m"@en ; dcterms:license e:l .',
        "e:m owl:imports",
    ),
    "a module that is a file": (
        " .", ' . e:m.ttl a owl:Ontology ; owl:imports o: ; rdfs:label "m"@en ; dcterms:title "m"@en ; '
        'dcterms:description "m"@en ; dcterms:license e:l .',
        "e:m.ttl a file extension in its IRI",
    ),
}  # fmt: skip


def short(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
    if isinstance(term, ox.NamedNode):
        for prefix, namespace in NAMESPACES.items():
            if term.value == namespace or (prefix and term.value.startswith(namespace)):
                return (prefix or "o:") + term.value[len(namespace) :]
    return term.value


def run(name: str, store: ox.Store) -> set[str]:
    found = store.query(SPARQL + CHECKS[name])
    assert [v.value for v in found.variables] == ["term", "detail"]
    return {f"{short(row['term'])} {short(row['detail'])}" for row in found}


def store_of(text: str) -> ox.Store:
    store = ox.Store()
    store.load(input=TURTLE + text, format=ox.RdfFormat.TURTLE)
    return store


@pytest.fixture(scope="module")
def real() -> ox.Store:
    store = ox.Store()
    for path in sorted((ROOT / "ontology").glob("*.ttl")):
        store.load(path=path)
    return store


@pytest.mark.parametrize(("name", "fault", "expected"), ROWS)
def test_the_check_names_exactly_the_fault(name, fault, expected):
    assert run(name, store_of(fault)) == set(filter(None, expected.split(" ; ")))


@pytest.mark.parametrize("case", HEADERS)
def test_the_header_check_names_exactly_the_fault(case):
    old, new, expected = HEADERS[case]
    text = HEADER[: -len(old)] + new if old == " ." else HEADER.replace(old, new)
    assert case == "whole" or text != HEADER
    assert run("header", store_of(text)) == set(filter(None, [expected]))


@pytest.mark.parametrize("name", CHECKS)
def test_the_real_ontology_passes(name, real):
    assert run(name, real) == set()


@pytest.mark.parametrize("name", CHECKS)
def test_the_check_says_what_it_is(name):
    head = dict(re.findall(r"^#\+ (\w+): (.+)$", CHECKS[name], re.MULTILINE))
    assert set(head) == {"problem", "solution", "severity", "pitfall"}
    assert head["severity"] in ("error", "warning", "info")


def test_every_check_has_a_fault():
    assert {name for name, _, expected in ROWS if expected} | {"header"} == set(CHECKS)
