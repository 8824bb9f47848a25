"""The ontology: its hygiene, each check with a failing case, and the traps of its design."""

from __future__ import annotations

import pycountry
import pyoxigraph as ox
import pytest
from conftest import PREFIXES, ROOT

from kgtools import infer, load, stats
from kgtools.gate import read
from kgtools.hygiene import check_ontology, lint
from kgtools.statistics import description
from kgtools.vocab import IPP, OWL, RDF, home, ipp

CHECKS = home("queries") / "checks"
HEADER = (
    PREFIXES
    + """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
"""
)
FAILING = {
    "no-label": "ipp:X a owl:Class .",
    "no-definition": "ipp:X a owl:Class .",
    "no-example": "ipp:X a owl:Class .",
    "no-defined-by": "ipp:X a owl:Class .",
    "no-competency-question": "ipp:X a owl:Class .",
    "two-definitions": 'ipp:X a owl:Class ; skos:definition "a"@en , "b"@en .',
    "circular-definition": 'ipp:X a owl:Class ; rdfs:label "office"@en ; skos:definition "An office is held."@en .',
    "class-cycle": "ipp:X rdfs:subClassOf ipp:Y . ipp:Y rdfs:subClassOf ipp:X .",
    "property-cycle": "ipp:x rdfs:subPropertyOf ipp:x .",
    "unconnected": "ipp:X a owl:Class .",
    "no-disjointness": "<https://w3id.org/indopacific/ns> a owl:Ontology .",
    "inverse-of-itself": "ipp:x owl:inverseOf ipp:x .",
    "inverse-of-symmetric": "ipp:x a owl:SymmetricProperty ; owl:inverseOf ipp:y .",
    "symmetric-domain-range": "ipp:x a owl:SymmetricProperty ; rdfs:domain ipp:A ; rdfs:range ipp:B .",
    "transitive-domain-range": "ipp:x a owl:TransitiveProperty ; rdfs:domain ipp:A ; rdfs:range ipp:B .",
    "several-domains": "ipp:x rdfs:domain ipp:A , ipp:B .",
    "wrong-inverse": "ipp:x owl:inverseOf ipp:y ; rdfs:domain ipp:A . ipp:y rdfs:range ipp:B .",
    "one-link-chain": "ipp:x owl:propertyChainAxiom ( ipp:y ) .",
    "duplicate-label": 'ipp:X a owl:Class ; rdfs:label "x"@en . ipp:Y rdfs:label "x"@en ; rdfs:isDefinedBy <http://o> .',
    "untyped-class": "ipp:x rdfs:range ipp:X .",
    "untyped-property": "id:a ipp:x id:b .",
    "no-ontology": "ipp:X a owl:Class .",
    "no-licence": "<http://o> a owl:Ontology .",
    "header": "ipp:X a owl:Class .",
    "class-name": "ipp:badName a owl:Class .",
    "property-name": "ipp:BadName a owl:ObjectProperty .",
    "and-or-name": "ipp:DogAndCat a owl:Class .",
    "miscellaneous-class": "ipp:OtherThing a owl:Class .",
    "hijacking": "foaf:Person rdfs:subClassOf ipp:Person .",
    "profile": "ipp:x a owl:FunctionalProperty .",
    "date-range": "ipp:x rdfs:range xsd:date .",
    "concept-no-definition": "code:x a ipp:Code .",
    "concept-labels": "code:x a ipp:Sector .",
    "concept-overlap": 'code:x skos:prefLabel "a"@en ; skos:inScheme code:s . code:y skos:prefLabel "a"@en ; skos:inScheme code:s .',
    "concept-orphan": "code:x a ipp:Code .",
    "concept-cycle": "code:x skos:broader code:x .",
    "concept-redundant": "code:x skos:broader code:y , code:z . code:y skos:broader code:z .",
    "top-concept-both-ways": "code:x skos:topConceptOf code:s .",
}  # fmt: skip


def test_the_real_ontology_shapes_and_queries_are_clean(graph):
    assert [str(p) for p in lint(graph) if p.severity == "error"] == []


def test_every_check_has_a_failing_case():
    assert {p.stem for p in CHECKS.glob("*.rq")} == set(FAILING)


@pytest.mark.parametrize("name", FAILING)
def test_check_fails(name, tmp_path):
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / f"{name}.rq").write_text(
        (CHECKS / f"{name}.rq").read_text(encoding="utf-8"), encoding="utf-8"
    )
    path = tmp_path / "onto.ttl"
    path.write_text(HEADER + FAILING[name], encoding="utf-8")
    found = list(check_ontology(read(path).triples, tmp_path / "checks"))
    assert found
    assert all(p.what and p.cure for p in found)


def test_alignments_have_our_terms_as_subjects_and_no_activity():
    triples = read(home("ontology") / "alignments.ttl").triples
    axioms = [t for t in triples if t.predicate.value.endswith(("subClassOf", "subPropertyOf"))]
    assert len(axioms) >= 25
    assert all(t.subject.value.startswith(IPP) for t in axioms)
    assert not any(t.object.value == "http://www.w3.org/ns/prov#Activity" for t in axioms)


def test_trap_a_round_as_an_activity_would_contradict_prov(tmp_path):
    """ONTOLOGY trap 1: prov:Activity and prov:Entity are disjoint."""
    path = tmp_path / "trap.ttl"
    path.write_text(
        HEADER + "@prefix prov: <http://www.w3.org/ns/prov#> . prov:Activity owl:disjointWith prov:Entity . "
        "ipp:Round rdfs:subClassOf prov:Activity . prov:wasDerivedFrom rdfs:domain prov:Entity . "
        "id:r a ipp:Round ; prov:wasDerivedFrom id:s ."
    )
    graph = load(path)
    for t in read(path).triples:
        graph.store.add(
            ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode("https://w3id.org/indopacific/graph/ontology"))
        )
    assert "cax-dw" in {i.rule for i in infer(graph).inconsistencies}


def test_trap_nations_are_no_concepts(graph):
    """ONTOLOGY trap 2: no SKOS mapping is used on a nation, so that none becomes a skos:Concept."""
    assert not [t for t in graph.asserted() if t.predicate.value.endswith(("exactMatch", "closeMatch"))]


def test_trap_no_same_as_and_no_functional_property(graph):
    """ONTOLOGY traps 3 and 4."""
    all_triples = [*graph.asserted(), *graph.ontology()]
    assert not [t for t in all_triples if t.predicate.value == OWL + "sameAs"]
    assert not [t for t in all_triples if getattr(t.object, "value", "") == OWL + "FunctionalProperty"]


def test_trap_no_partial_dates(graph):
    """ONTOLOGY: gYearMonth compares wrongly in one engine and not at all in the other; precision is kept beside."""
    kinds = {t.object.datatype.value.rpartition("#")[2] for t in graph.asserted() if isinstance(t.object, ox.Literal)}
    assert kinds <= {"date", "integer", "boolean", "string", "langString"}


def test_codes_of_nations_are_those_of_the_reference_package(graph):
    iso = {t.subject: t.object.value for t in graph.asserted() if t.predicate == ipp("iso3")}
    m49 = {t.subject: t.object.value for t in graph.asserted() if t.predicate == ipp("m49")}
    assert len(iso) > 50
    for nation, code in iso.items():
        country = pycountry.countries.get(alpha_3=code)
        assert country is not None
        assert country.numeric == m49[nation]
        assert nation.value.endswith("/" + code.lower())


def test_sources_are_described_once_and_all_are_cited(graph):
    kind = ox.NamedNode(RDF + "type")
    sources = [t.subject for t in graph.asserted() if t.predicate == kind and t.object == ipp("Source")]
    cited = {t.object for t in graph.asserted() if t.predicate == ipp("source")}
    urls = [t.object for t in graph.asserted() if t.predicate == ipp("url")]
    assert len(urls) == len(set(urls)) == len(sources)
    assert set(sources) == cited


def test_the_description_counts_what_is_there(graph):
    """Run `make describe` where this fails."""
    written = {str(t) for t in graph.asserted()}
    assert [str(t) for t in description(stats(graph)) if str(t) not in written] == []


def test_every_data_file_says_what_it_covers():
    for path in sorted((ROOT / "data").glob("*.ttl")):
        if path.stem != "dataset":
            subjects = {t.subject.value for t in read(path).triples if t.object == ipp("DataFile")}
            assert subjects == {f"https://w3id.org/indopacific/id/file-{path.stem}"}


def test_minimum_counts(graph):
    """What a release must not fall below; raised as the data grow."""
    found = stats(graph).classes
    floor = {"ipp:Event": 70, "ipp:Instrument": 65, "ipp:Arrangement": 65, "ipp:Tenure": 35, "ipp:Source": 200}
    assert {k: found.get(k, 0) for k in floor if found.get(k, 0) < floor[k]} == {}
