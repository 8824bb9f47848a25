"""The ontology against the curators' model: the same terms, codes, evidence marks and JSON-LD names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS

import kgtools
from kgtools.terms import TYPE, expand, ipp

ROOT = Path(__file__).resolve().parents[1]
ONTOLOGY = ROOT / "ontology"
MODEL = (ROOT / "docs" / "reference" / "data-model.md").read_text(encoding="utf-8")
IPP = Namespace("https://w3id.org/indopacific/ns#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
CODE = Namespace("https://w3id.org/indopacific/code/")
KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)

LISTS = {
    "event-status-list": "scheduled held postponed cancelled",
    "arrangement-status-list": "announced active concluded superseded suspended",
    "commitment-status-list": "open fulfilled partly-fulfilled postponed superseded withdrawn lapsed",
    "role-list": "chair co-chair lead member signatory",
    "level-list": "leaders foreign-ministers 2+2 defence-ministers senior-officials working-group other",
    "mode-list": "in-person virtual hybrid",
    "frequency-list": "annual biennial twice-yearly irregular",
    "recurrence-list": "annual biennial twice-yearly quarterly monthly",
    "read-extent-list": "whole part press-only",
    "office-kind-list": "head-of-state head-of-government foreign-minister defence-minister trade-minister "
    "economy-minister finance-minister energy-minister digital-minister transport-minister "
    "national-security-adviser foreign-secretary defence-secretary secretary-general commission-president "
    "council-president high-representative deputy-minister ambassador military-chief other-official",
    "instrument-kind-list": "treaty agreement arrangement memorandum exchange-of-notes joint-statement declaration "
    "vision action-plan roadmap guidelines",
    "source-kind-list": "official news research aggregator",
    "rank-list": "normal deprecated",
    "tier-list": "comprehensive strategic strategic-global special-strategic comprehensive-strategic "
    "global-comprehensive-strategic special-global-strategic other-tier",
    "political-status-list": "state economy union",
}
DATES = (
    "startDate endDate windowStart windowEnd dueStart dueEnd establishedDate endedDate signedDate inForceDate "
    "inForceEarliest inForceLatest tenureStart tenureEnd earliestStart latestStart earliestEnd latestEnd "
    "memberSince memberUntil changedOn attestedOn reportedOn documentDate"
)
NAMED = (
    "ordinal host venue status person inOffice role launches adopts obligor fulfilledBy holder office marginsOf "
    "launchedAt adoptedAt signedAt member claimValue toStatus tier recurrence amount supersededBy"
)


@pytest.fixture(scope="module")
def ontology() -> Graph:
    graph = Graph()
    for path in sorted(ONTOLOGY.glob("*.ttl")):
        graph.parse(path)
    return graph


def own(graph: Graph, kind: URIRef) -> set[URIRef]:
    return {s for s in graph.subjects(RDF.type, kind) if s.startswith(IPP)}


def worked_text() -> str:
    text = re.search(r"```turtle\n(.*?)```", MODEL, re.DOTALL)
    assert text
    return text[1].replace("id:cit-…", "id:cit-x").replace('"…"^^xsd:date', '"2020-01-01"^^xsd:date')


def worked_example() -> Graph:
    return Graph().parse(data=worked_text(), format="turtle")


def test_every_term_of_the_worked_example_is_declared(ontology):
    example = worked_example()
    assert len(example) >= 150
    used = {p for p in example.predicates() if p.startswith(IPP)} | {o for o in example.objects() if o.startswith(IPP)}
    declared = own(ontology, OWL.Class).union(*(own(ontology, k) for k in KINDS))
    assert used - declared == set()


def test_the_worked_example_is_valid(tmp_path):
    """Loaded and validated as a curator's file would be.

    The page leaves out what repeats itself, and the test adds it: citations of the other records, and the two
    events beside it that it names. Findings about values that the page only points to are not its own.
    """
    path = tmp_path / "example.ttl"
    path.write_text(worked_text(), encoding="utf-8")
    graph = kgtools.load(path)
    stated = list(graph.asserted())
    described = {t.subject for t in stated}
    (source,) = (t.subject for t in stated if t.predicate == TYPE and t.object == ipp("Source"))
    evidence = {t.subject for t in graph.ontology() if t.predicate == ipp("needsEvidence")}
    for t in stated:
        if t.predicate == ipp("citation") and t.object not in described:
            graph.add([ox.Triple(t.object, TYPE, ipp("Citation")), ox.Triple(t.object, ipp("source"), source)])
            supported = {u.predicate for u in stated if u.subject == t.subject} & evidence
            graph.add(ox.Triple(t.object, ipp("supports"), predicate) for predicate in supported)
    for event in ("ind-jpn-economic-security-dialogue-2", "quad-leaders-summit-2024-01"):
        graph.add([ox.Triple(expand(event), TYPE, ipp("Round"))])
    described = {t.subject for t in graph.asserted()}
    beside = {expand("ind-jpn-economic-security-dialogue-2"), expand("quad-leaders-summit-2024-01")}
    found = [
        str(f)
        for f in kgtools.validate(graph).violations
        if f.focus not in beside and not (isinstance(f.value, ox.NamedNode) and f.value not in described)
    ]
    assert found == []


def test_every_code_of_the_worked_example_is_a_code_or_sector(ontology):
    used = {o for o in worked_example().objects() if o.startswith(CODE)}
    assert used - {*ontology.subjects(RDF.type, IPP.Code), *ontology.subjects(RDF.type, IPP.Sector)} == set()


def test_every_term_that_the_model_names_is_declared(ontology):
    names = set(re.findall(r"\bipp:([A-Za-z]\w+)", MODEL))
    declared = {str(t).rpartition("#")[2] for k in (OWL.Class, *KINDS) for t in own(ontology, k)}
    assert len(names) > 80
    assert names - declared == set()


@pytest.mark.parametrize("scheme", LISTS)
def test_a_code_list_is_exactly_the_models(ontology, scheme):
    codes = set(ontology.subjects(SKOS.inScheme, CODE[scheme]))
    assert {str(ontology.value(c, SKOS.notation)) for c in codes} == set(LISTS[scheme].split())
    assert {str(c).rpartition("/")[2].replace("two-plus-two", "2+2") for c in codes} == set(LISTS[scheme].split())


def test_there_are_no_other_code_lists(ontology):
    schemes = {str(s).removeprefix(str(CODE)) for s in ontology.subjects(RDF.type, SKOS.ConceptScheme)}
    assert schemes == {*LISTS, "sector-list"}


def test_sectors_have_three_languages_and_a_hierarchy(ontology):
    sectors = set(ontology.subjects(RDF.type, IPP.Sector))
    assert len(sectors) >= 40
    for sector in sectors:
        assert {label.language for label in ontology.objects(sector, SKOS.prefLabel)} == {"en", "ja", "hi"}
    assert (CODE["rare-earths"], SKOS.broader, CODE["critical-minerals"]) in ontology


def test_needs_evidence_is_exactly_the_models_list(ontology):
    marked = {str(s).rpartition("#")[2] for s in ontology.subjects(IPP.needsEvidence, Literal(True))}
    assert marked == {*DATES.split(), *NAMED.split()}
    assert set(ontology.objects(None, IPP.needsEvidence)) == {Literal(True)}


def test_every_competency_question_is_a_file(ontology):
    asked = {str(o) for o in ontology.objects(None, IPP.competencyQuestion)}
    assert asked - {p.stem for p in (ROOT / "queries").glob("*.rq")} == set()


def test_the_context_names_every_term_and_types_it_as_the_axioms_do(ontology):
    context = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    identifiers = {"supports", "claimPredicate"}
    for kind in (OWL.Class, *KINDS):
        for term in own(ontology, kind):
            name = str(term).rpartition("#")[2]
            entry = context[name]
            given = entry if isinstance(entry, dict) else {"@id": entry}
            expected = "@id" if kind == OWL.ObjectProperty or name in identifiers else None
            if kind == OWL.DatatypeProperty:
                ranged = ontology.value(term, RDFS.range)
                expected = {
                    RDFS.Literal: "xsd:date",
                    XSD.integer: "xsd:integer",
                    XSD.boolean: "xsd:boolean",
                    XSD.decimal: "xsd:decimal",
                }.get(ranged)
            if name == "needsEvidence":
                expected = "xsd:boolean"
            assert (given["@id"], given.get("@type")) == (f"ipp:{name}", expected), name


def test_the_context_gives_back_the_graph():
    """Compact the worked example with our context, read it again: the same triples."""
    context = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    example = worked_example()
    text = example.serialize(format="json-ld", context=context, auto_compact=False)
    assert '"startDate": "2026-01-16"' in text
    assert set(Graph().parse(data=text, format="json-ld")) == set(example)


def test_every_prefix_is_that_of_the_one_table(ontology):
    table = {
        str(ontology.value(row, SH.prefix)): str(ontology.value(row, SH.namespace))
        for row in ontology.objects(URIRef("https://w3id.org/indopacific/ns"), SH.declare)
    }
    context = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    assert {p: context[p] for p in table if p in context} == {p: n for p, n in table.items() if p != "id"}
    for path in [*ONTOLOGY.rglob("*.ttl"), *(ROOT / "data").rglob("*.ttl")]:
        written = dict(re.findall(r"^@prefix (\w+): <([^>]+)> \.$", path.read_text(encoding="utf-8"), re.MULTILINE))
        assert written.items() <= table.items(), path.name
