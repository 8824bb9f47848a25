"""The traps of the ontology's design: each is shown to bite, and the real ontology to stay out of it.

owlrl is the reference: it computes the whole OWL 2 RL closure and reports contradictions as triples.
"""

from __future__ import annotations

from pathlib import Path

import owlrl
import pytest
from rdflib import Graph, Literal, Namespace
from rdflib.collection import Collection
from rdflib.namespace import OWL, RDF, RDFS, SKOS

ROOT = Path(__file__).resolve().parents[1]
IPP = Namespace("https://w3id.org/indopacific/ns#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
ID = Namespace("https://w3id.org/indopacific/id/")
PREFIXES = """@prefix ipp: <https://w3id.org/indopacific/ns#> .
@prefix id: <https://w3id.org/indopacific/id/> .
@prefix code: <https://w3id.org/indopacific/code/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
# What ORG, PROV-O and SKOS themselves say about the terms that ours are aligned to.
NEIGHBOURS = """
prov:Activity owl:disjointWith prov:Entity .
prov:wasDerivedFrom rdfs:domain prov:Entity ; rdfs:range prov:Entity .
org:Organization rdfs:subClassOf foaf:Agent .
org:FormalOrganization rdfs:subClassOf org:Organization .
org:OrganizationalCollaboration rdfs:subClassOf org:Organization .
org:member a owl:FunctionalProperty ; rdfs:domain org:Membership ; rdfs:range foaf:Agent .
org:organization a owl:FunctionalProperty ; rdfs:domain org:Membership ; rdfs:range org:Organization .
org:postIn rdfs:domain org:Post ; rdfs:range org:Organization .
skos:semanticRelation rdfs:domain skos:Concept ; rdfs:range skos:Concept .
skos:exactMatch rdfs:subPropertyOf skos:semanticRelation .
skos:Concept owl:disjointWith skos:ConceptScheme .
"""
RECORDS = """
id:ind a ipp:Nation . id:jpn a ipp:Nation . id:quad a ipp:Grouping .
id:office a ipp:Office ; ipp:officeOf id:ind ; ipp:officeIn id:mea .
id:series a ipp:DialogueSeries ; ipp:party id:ind , id:jpn .
id:r1 a ipp:Round ; ipp:roundOf id:series ; ipp:host id:ind ; ipp:participation id:p1 ;
  ipp:startDate "2026-01-16"^^xsd:date ; ipp:endDate "2026-01-16"^^xsd:date ; ipp:citation id:c1 .
id:p1 a ipp:Participation ; ipp:person id:who ; ipp:inOffice id:office .
id:t1 a ipp:Tenure ; ipp:holder id:who ; ipp:office id:office ; ipp:tenureStart "2019-05-30"^^xsd:date .
id:m1 a ipp:Membership ; ipp:member id:ind ; ipp:memberOf id:quad ; ipp:memberUntil "2027-01-01"^^xsd:date .
id:i1 a ipp:BindingInstrument ; ipp:party id:ind ; ipp:signedDate "2011-02-16"^^xsd:date .
id:w1 a ipp:Meeting ; ipp:windowStart "2026-01-01"^^xsd:date ; ipp:windowEnd "2026-06-30"^^xsd:date .
id:c1 a ipp:Citation ; ipp:source id:s1 . id:s1 a ipp:Source ; ipp:publisherParty id:jpn .
"""


def graph_of(*texts: str) -> Graph:
    graph = Graph()
    for text in texts:
        graph.parse(data=PREFIXES + text, format="turtle")
    return graph


def close(graph: Graph) -> Graph:
    owlrl.DeductiveClosure(
        owlrl.OWLRL_Semantics, rdfs_closure=False, axiomatic_triples=False, datatype_axioms=False
    ).expand(graph)
    return graph


def contradictions(graph: Graph) -> list[str]:
    return [str(o) for _, p, o in graph if str(p).startswith("http://www.daml.org/") and str(p).endswith("error")]


@pytest.fixture(scope="module")
def real() -> Graph:
    """Our own ontology, as written."""
    graph = Graph()
    for path in sorted((ROOT / "ontology").glob("*.ttl")):
        graph.parse(path)
    return graph


@pytest.fixture(scope="module")
def closure(real) -> Graph:
    """The whole ontology, what its neighbours say, and a record of each kind, closed."""
    return close(real + graph_of(NEIGHBOURS, RECORDS))


def test_the_ontology_with_its_neighbours_is_consistent(closure):
    assert contradictions(closure) == []
    assert {(s, o) for s, o in closure.subject_objects(OWL.sameAs) if s != o} == set()


def test_the_closure_says_what_the_axioms_promise(closure):
    for triple in [
        (ID.p1, IPP.representing, ID.ind),
        (ID.r1, IPP.participant, ID.ind),
        (ID.r1, IPP.party, ID.ind),
        (ID.ind, IPP.partyTo, ID.series),
        (ID.series, IPP.hasRound, ID.r1),
        (ID.p1, IPP.participationIn, ID.r1),
        (ID.r1, IPP.earliestDate, Literal("2026-01-16", datatype=XSD.date)),
        (ID.w1, IPP.earliestDate, Literal("2026-01-01", datatype=XSD.date)),
        (ID.w1, IPP.latestDate, Literal("2026-06-30", datatype=XSD.date)),
        (ID.i1, IPP.latestDate, Literal("2011-02-16", datatype=XSD.date)),
        (ID.t1, IPP.latestStart, Literal("2019-05-30", datatype=XSD.date)),
        (ID.m1, IPP.earliestEnd, Literal("2027-01-01", datatype=XSD.date)),
    ]:
        assert triple in closure, triple


@pytest.mark.parametrize(
    "contradiction",
    [
        "id:x a ipp:Person , ipp:Place .",
        "id:x a ipp:Round , ipp:Meeting .",
        "id:x a ipp:Tenure , ipp:Membership .",
        "id:r1 ipp:venue id:ind .",
        "id:p1 ipp:inOffice id:who .",
    ],
)
def test_a_planted_contradiction_is_found(real, contradiction):
    """So that the consistency above can fail."""
    assert contradictions(close(real + graph_of(RECORDS, contradiction)))


def test_trap_1_a_round_as_an_activity_contradicts_its_derivation(real):
    derived = "id:r1 prov:wasDerivedFrom id:s1 ."
    assert contradictions(close(real + graph_of(NEIGHBOURS, RECORDS, derived))) == []
    wrong = "ipp:Round rdfs:subClassOf prov:Activity ."
    assert contradictions(close(real + graph_of(NEIGHBOURS, RECORDS, derived, wrong)))


def test_trap_2_an_exact_match_makes_a_nation_a_concept(real, closure):
    matched = close(graph_of(NEIGHBOURS, RECORDS, "id:ind skos:exactMatch <http://example.org/india> ."))
    assert (ID.ind, RDF.type, SKOS.Concept) in matched
    assert (ID.ind, RDF.type, SKOS.Concept) not in closure
    mapped = {s for p in (SKOS.exactMatch, SKOS.closeMatch) for s in real.subjects(p)}
    assert mapped <= set(real.subjects(RDF.type, IPP.Sector))


def test_trap_3_same_as_swells_the_closure(real):
    """Every statement about a nation is repeated for each of its other names."""
    links = "id:ind owl:sameAs <http://example.org/a> , <http://example.org/b> ."
    plain, linked = close(graph_of(RECORDS)), close(graph_of(RECORDS, links))
    about = sum(ID.ind in (s, o) for s, _, o in plain)
    assert len(linked) - len(plain) >= 2 * about > 10
    assert set(real.subject_objects(OWL.sameAs)) == set()


def test_trap_4_a_functional_host_makes_two_nations_one(real):
    two_hosts = RECORDS + "id:r1 ipp:host id:jpn ."
    functional = "ipp:host a owl:FunctionalProperty ."
    merged = close(graph_of(two_hosts, functional))
    assert (ID.ind, OWL.sameAs, ID.jpn) in merged
    assert contradictions(close(graph_of(two_hosts, functional, "id:ind owl:differentFrom id:jpn .")))
    assert (ID.ind, OWL.sameAs, ID.jpn) not in close(real + graph_of(two_hosts))
    assert not [
        *real.subjects(RDF.type, OWL.FunctionalProperty),
        *real.subjects(RDF.type, OWL.InverseFunctionalProperty),
    ]


def test_partial_dates_do_not_compare_and_have_no_place_here(real):
    """rdflib calls January 2026 not earlier than February 2026; whole days compare rightly."""

    def earlier(one: str, other: str) -> bool:
        return bool(Graph().query(f"PREFIX xsd: <{XSD}> ASK {{ FILTER ({one} < {other}) }}").askAnswer)

    assert not earlier('"2026-01"^^xsd:gYearMonth', '"2026-02"^^xsd:gYearMonth')
    assert earlier('"2026-01-31"^^xsd:date', '"2026-02-01"^^xsd:date')
    ranges = set(real.objects(None, RDFS.range))
    assert not {XSD.date, XSD.gYear, XSD.gYearMonth, XSD.dateTime} & ranges


def test_a_chain_of_a_property_and_its_inverse_loops(real):
    """engagedWith as the chain partyTo∘party engages a party with itself; a CONSTRUCT rule does not."""
    chain = "ipp:engagedWith owl:propertyChainAxiom ( ipp:partyTo ipp:party ) . ipp:partyTo owl:inverseOf ipp:party ."
    looped = close(graph_of(RECORDS, chain))
    assert (ID.ind, IPP.engagedWith, ID.jpn) in looped
    assert (ID.ind, IPP.engagedWith, ID.ind) in looped
    heads = set(real.subjects(OWL.propertyChainAxiom))
    assert heads == {IPP.representing, IPP.participant}
    rule = (ROOT / "ontology" / "rules" / "engaged-with.rq").read_text(encoding="utf-8")
    by_rule = graph_of(RECORDS, "ipp:DialogueSeries rdfs:subClassOf ipp:Mechanism . id:series a ipp:Mechanism .")
    found = set(
        by_rule.query(
            "PREFIX ipp: <https://w3id.org/indopacific/ns#>\nPREFIX code: <https://w3id.org/indopacific/code/>\n" + rule
        )
    )
    assert found == {(ID.ind, IPP.engagedWith, ID.jpn), (ID.jpn, IPP.engagedWith, ID.ind)}


def test_every_root_class_is_kept_apart_from_the_others(real):
    roots = {
        c for c in real.subjects(RDF.type, OWL.Class)
        if c.startswith(IPP) and not any(str(up).startswith(IPP) for up in real.objects(c, RDFS.subClassOf))
    }  # fmt: skip
    groups = [set(Collection(real, head)) for head in real.objects(None, OWL.members)]
    assert roots in groups
