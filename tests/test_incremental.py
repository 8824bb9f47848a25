"""Incremental validation gives, edit by edit, the very report that a full run gives."""

from __future__ import annotations

import random

import pyoxigraph as ox
import pytest
from conftest import FIXTURES, PREFIXES
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtools import load, validate
from kgtools.shacl.incremental import Validation
from kgtools.terms import CODE, ID, IPP, XSD, expand, ipp
from kgtools.validation import read_shapes

pytestmark = pytest.mark.slow

SHAPES = read_shapes()
GOOD = sorted(load(FIXTURES / "good.ttl").asserted(), key=str)
PREDICATES = sorted({t.predicate for t in GOOD}, key=str)
TERMS = sorted({t.object for t in GOOD} | {t.subject for t in GOOD}, key=str)


def keys(report):
    return sorted(str((f.focus, f.path, f.value, f.shape, f.component, f.severity, f.message)) for f in report)


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_edits_end_in_the_report_of_a_full_run(chance: random.Random):
    graph = load(FIXTURES / "good.ttl")
    kept = Validation(graph, SHAPES)
    for _ in range(3):
        there = sorted(graph.asserted(), key=str)
        removed = chance.sample(there, chance.randint(0, 3))
        added = []
        for t in chance.sample(there, chance.randint(0, 3)):
            part = chance.randrange(3)
            subject = chance.choice([x for x in TERMS if isinstance(x, ox.NamedNode)]) if part == 0 else t.subject
            predicate = chance.choice(PREDICATES) if part == 1 else t.predicate
            value = chance.choice(TERMS) if part == 2 else t.object
            added.append(ox.Triple(subject, predicate, value))
        report = kept.edit(added=added, removed=removed)
        assert keys(report) == keys(validate(graph, SHAPES))


def test_an_edit_and_its_undoing(graph):
    again = load()
    kept = Validation(again, SHAPES)
    before = keys(kept.report)
    event = expand("ind-jpn-strategic-dialogue-18")
    start = next(t for t in again.asserted() if t.subject == event and t.predicate == ipp("startDate"))
    late = ox.Triple(event, ipp("startDate"), ox.Literal("2027-01-16", datatype=ox.NamedNode(XSD + "date")))
    report = kept.edit(added=[late], removed=[start])
    assert {f.shape for f in report.violations} >= {expand("ipps:T04")}
    assert keys(report) == keys(validate(again, SHAPES))
    assert keys(kept.edit(added=[start], removed=[late])) == before


SHAPE_TEXT = (
    PREFIXES
    + """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e/> .
e:S a sh:NodeShape ; sh:targetClass ipp:Person ; sh:targetSubjectsOf ipp:holder ; sh:targetObjectsOf ipp:person ;
  sh:closed true ; sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> rdfs:label ) ;
  sh:property [ sh:path ( [ sh:inversePath ipp:holder ] ipp:office ) ; sh:maxCount 1 ; sh:class ipp:Office ] ;
  sh:property [ sh:path [ sh:alternativePath ( [ sh:inversePath ipp:person ] ipp:holder ) ] ; sh:minCount 1 ;
    sh:node [ sh:property [ sh:path ipp:role ; sh:minCount 1 ] ] ] ;
  sh:property [ sh:path [ sh:zeroOrMorePath [ sh:inversePath ipp:participation ] ] ; sh:qualifiedValueShape [ sh:class ipp:Event ] ; sh:qualifiedMaxCount 1 ] ;
  sh:or ( [ sh:property [ sh:path rdfs:label ; sh:maxCount 1 ] ] [ sh:not [ sh:class ipp:Person ] ] ) .
"""
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, len(GOOD) - 1), min_size=1, max_size=6))
def test_paths_of_every_form_are_followed(tmp_path_factory, which):
    """Triples that the shape's paths run through are cut and joined again, wherever they lie on the path."""
    from kgtools.rdf.read import read

    path = tmp_path_factory.mktemp("shapes") / "shapes.ttl"
    path.write_text(SHAPE_TEXT, encoding="utf-8")
    shapes = read(path).triples
    graph = load(FIXTURES / "good.ttl")
    kept = Validation(graph, shapes)
    near = [t for t in GOOD if t.predicate.value.startswith(IPP)]
    for n in which:
        t = near[n % len(near)]
        assert keys(kept.edit(removed=[t])) == keys(validate(graph, shapes))
        moved = ox.Triple(t.subject, t.predicate, expand("asha"))
        assert keys(kept.edit(added=[moved, t])) == keys(validate(graph, shapes))
        kept.edit(removed=[moved])


def test_an_edit_that_changes_nothing_checks_nothing(monkeypatch):
    graph = load(FIXTURES / "good.ttl")
    kept = Validation(graph, SHAPES)
    monkeypatch.setattr("kgtools.shacl.incremental.run_by_target", lambda *a, **k: pytest.fail("a query was run"))
    kept.edit(added=[GOOD[0]], removed=[ox.Triple(ox.NamedNode(ID + "no"), ipp("host"), ox.NamedNode(CODE + "no"))])


def test_a_blank_focus_node_is_reached_from_a_named_one():
    graph = load(FIXTURES / "good.ttl")
    kept = Validation(graph, SHAPES)
    node = ox.BlankNode("someone")
    taking = expand("id:talks-1-asha")
    kept.edit(added=[ox.Triple(node, t.predicate, t.object) for t in GOOD if t.subject == taking])
    kept.edit(added=[ox.Triple(expand("id:talks-1"), ipp("participation"), node)])
    end = next(t for t in GOOD if t.subject == expand("id:asha-ind-minister-2020") and t.predicate == ipp("tenureEnd"))
    report = kept.edit(
        removed=[end],
        added=[ox.Triple(end.subject, end.predicate, ox.Literal("2025-01-01", datatype=ox.NamedNode(XSD + "date")))],
    )
    assert {f.focus for f in report.violations if f.shape == expand("ipps:T01")} == {node, taking}
    assert keys(report) == keys(validate(graph, SHAPES))
