"""Exports: every RDF form is the same graph again; the tables say no more than the data."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare
from conftest import FIXTURES

from kgtools import InputError, export, infer, load, stats
from kgtools.exports.forms import serialise
from kgtools.rdf.read import read
from kgtools.rdf.write import to_turtle
from kgtools.records.tables import COLUMNS, table
from kgtools.terms import expand, ipp


@pytest.mark.parametrize("form", ["ttl", "nt", "nq", "trig", "jsonld", "rdfxml"])
def test_round_trip(form, graph, tmp_path):
    (path,) = export(graph, form, tmp_path)
    assert {str(t) for t in read(path).triples} == {str(t) for t in graph.asserted()}


@pytest.mark.parametrize(("form", "name"), [("ttl", "turtle"), ("jsonld", "json-ld"), ("rdfxml", "xml")])
def test_round_trip_in_another_parser(form, name, tmp_path):
    graph = load(FIXTURES / "good.ttl")
    again = rdflib.Graph().parse(data=serialise(graph, form), format=name)
    want = rdflib.Graph().parse(FIXTURES / "good.ttl", format="turtle")
    assert rdflib.compare.isomorphic(again, want)


def test_trig_has_a_graph_for_each_source():
    graph = load(FIXTURES / "good.ttl")
    quads = list(ox.parse(serialise(graph, "trig"), format=ox.RdfFormat.TRIG))
    named = {str(q.graph_name) for q in quads if not isinstance(q.graph_name, ox.DefaultGraph)}
    cited = {str(q.object) for q in quads if q.predicate == ipp("source") and isinstance(q.graph_name, ox.DefaultGraph)}
    assert named == cited
    assert all("id/src-" in g for g in named)


def test_reifiers_are_rdf_12():
    graph = load(FIXTURES / "good.ttl")
    triples = [q.triple for q in ox.parse(serialise(graph, "reifiers"), format=ox.RdfFormat.TURTLE)]
    reified = [t for t in triples if t.predicate.value.endswith("#reifies")]
    assert reified
    assert all(isinstance(t.object, ox.Triple) for t in reified)


def test_a_triple_term_is_kept_where_the_form_has_it_and_else_refused(tmp_path):
    path = tmp_path / "d.ttl"
    path.write_text("<a:r> <a:p> <<( <a:s> <a:p> 1 )>> .", encoding="utf-8")
    graph = load(path)
    for form in ("ttl", "nt"):
        (written,) = export(graph, form, tmp_path / form)
        assert [str(t) for t in read(written).triples] == [str(t) for t in graph.asserted()]
    with pytest.raises(InputError, match=r"JSON-LD 1\.1 has no triple terms"):
        export(graph, "jsonld", tmp_path / "jsonld")
    assert not (tmp_path / "jsonld").exists()


def test_the_description_says_what_the_exported_data_hold(tmp_path):
    graph = load(FIXTURES / "good.ttl")
    infer(graph)
    (path,) = export(graph, "description", tmp_path)
    assert path.name == "indopacific.description.ttl"
    said = {(t.subject.value.rpartition("/")[2], t.predicate.value, t.object.value) for t in read(path).triples}
    title, void, dqv = ("http://purl.org/dc/terms/title", "http://rdfs.org/ns/void#", "http://www.w3.org/ns/dqv#value")
    rounds = sum(1 for t in graph.asserted(ipp("roundOf")) if t.object == expand("talks"))
    assert rounds == 2
    assert {
        ("indopacific", title, "Fixture"),
        ("class-Round", f"{void}entities", "2"),
        ("measure-rounds-talks", dqv, "2"),
    } <= said
    counted = {s: o for s, p, o in said if p in (dqv, f"{void}triples")}
    assert counted["measure-events"] == str(stats(graph).events[0]) == "4"
    assert counted["indopacific"] == str(stats(graph).triples)


def test_deterministic_turtle_is_stable_and_ordered():
    triples = read(FIXTURES / "good.ttl").triples
    text = to_turtle(triples)
    assert text == to_turtle(reversed(triples))
    assert text.index(b"id:talks-1 a ipp:Round") < text.index(b"id:talks-2 a ipp:Round")
    assert {str(q.triple) for q in ox.parse(text, format=ox.RdfFormat.TURTLE)} == {str(t) for t in triples}


def test_tables_of_the_fixture():
    engine = load(FIXTURES / "good.ttl").engine(entailed=False)
    rows = {name: list(csv.DictReader(io.StringIO(table(engine, name)))) for name in COLUMNS}
    talks = next(r for r in rows["events"] if r["id"] == "talks-1")
    assert talks["leads"] == "Asha:IND|Kenji:JPN"
    assert (talks["parties"], talks["city"], talks["country"], talks["level"]) == (
        "IND|JPN",
        "Delhi",
        "IND",
        "foreign-ministers",
    )
    assert (talks["sources"], talks["n_sources"], talks["mode"]) == ("https://example.org/one", "1", "in-person")
    planned = next(r for r in rows["events"] if r["id"] == "talks-2")
    assert (planned["start"], planned["window_start"], planned["window_end"], planned["status"]) == (
        "",
        "2031-01-01",
        "2031-06-30",
        "scheduled",
    )
    ravi = next(r for r in rows["tenures"] if r["id"] == "ravi-ind-minister-2015")
    assert (ravi["start"], ravi["end"], ravi["party"], ravi["acting"]) == (
        "2015",
        "2019-12-01/2020-01-01",
        "IND",
        "false",
    )
    (treaty,) = rows["instruments"]
    assert (treaty["binding"], treaty["signed"], treaty["in_force"], treaty["kind"]) == (
        "true",
        "2025-05-05",
        "2026-05-05",
        "treaty",
    )
    plan = next(r for r in rows["initiatives"] if r["id"] == "plan")
    assert (plan["launched"], plan["kind"], plan["status"]) == ("2024", "initiative", "active")
    promise = next(r for r in rows["outcomes"] if r["id"] == "talks-1-promise")
    assert (promise["event"], promise["obligors"], promise["fate"], promise["fate_by"], promise["due_end"]) == (
        "talks-1",
        "IND",
        "partly",
        "drill-1",
        "2031-12-31",
    )


def test_an_unknown_form_and_a_folder_that_cannot_be(tmp_path, graph):
    with pytest.raises(InputError, match="no export form is called 'xls'"):
        export(graph, "xls", tmp_path)
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        export(graph, "nt", blocked)
    assert blocked.read_text() == "x"
