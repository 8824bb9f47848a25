"""Bad files: each is refused whole, with a message that names the file and says what to do."""

from __future__ import annotations

import gzip

import pytest

from kgtools import InputError, export, infer, load
from kgtools.question import ask
from kgtools.rdf.read import files, read

TRIPLE = "<http://a> <http://p> {} ."
XSD = "^^<http://www.w3.org/2001/XMLSchema#{}>"
BAD = {
    "deep.ttl": (
        ("<http://a> <http://p> " + "[ <http://p> " * 20_000 + "1" + " ]" * 20_000 + " .").encode(),
        "nested more than 100 deep",
    ),
    "bomb.rdf": (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa">]><r/>', "DOCTYPE is refused"),
    "remote.jsonld": (b'{"@context": "http://example.org/c", "p": "x"}', "not bundled and is not fetched"),
    "file.jsonld": (b'{"@context": "file:///c.json", "p": "x"}', "not bundled and is not fetched"),
    "deep.jsonld": (
        b'{"@context": {}, "a":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        "nested more than|not JSON",
    ),
    "utf16.ttl": (TRIPLE.format('"x"').encode("utf-16"), "UTF-16; save it as UTF-8"),
    "latin.ttl": (TRIPLE.format('"\u00e9"').encode("latin-1"), r"latin.ttl:1: not UTF-8 at byte 23 \(0xe9\)"),
    "page.ttl": (b"<!DOCTYPE html><html></html>", "looks like HTML"),
    "zipped.ttl": (gzip.compress(b"x"), "looks like gzip"),
    "pointer.ttl": (b"version https://git-lfs.github.com/spec/v1\n", "pointer to a large file"),
    "last.ttl": (
        (TRIPLE.format(1) + "\n<http://a> <http://p> \n").encode(),
        r"last.ttl:\d: .*nothing of the file was kept",
    ),
    "literal.ttl": (b'"x" <http://p> 1 .', "literal.ttl:1: .*subject"),
    "space.ttl": (b"<http://a b> <http://p> 1 .", "space.ttl:1: .*IRI"),
    "surrogate.ttl": (b'<http://a> <http://p> "\\uD800" .', "surrogate.ttl:1: "),
    "nul.rdf": (b"<r>\x00</r>", "NUL character"),
    "feb30.ttl": (
        ("\n" + TRIPLE.format('"2026-02-30"' + XSD.format("date"))).encode(),
        "feb30.ttl:2: '2026-02-30' is not an xsd:date: there is no such day",
    ),
    "abc.ttl": (TRIPLE.format('"abc"' + XSD.format("integer")).encode(), "'abc' is not an xsd:integer"),
    "digits.ttl": (TRIPLE.format("9" * 6_000).encode(), "6000 characters is over the limit"),
    "what.txt": (b"x", "unknown file type"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_refused_whole(tmp_path, name):
    content, message = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_a_byte_order_mark_is_accepted(tmp_path):
    path = tmp_path / "bom.ttl"
    path.write_bytes(b"\xef\xbb\xbf" + TRIPLE.format(1).encode())
    assert len(read(path).triples) == 1


def test_our_context_is_bundled(tmp_path):
    path = tmp_path / "ours.jsonld"
    path.write_text('{"@context": "https://w3id.org/indopacific/context.jsonld", "@id": "http://a", "ordinal": "18"}')
    (triple,) = read(path).triples
    assert triple.predicate.value == "https://w3id.org/indopacific/ns#ordinal"
    assert triple.object.datatype.value.endswith("#integer")


def test_named_graphs_are_seen_and_told(tmp_path):
    path = tmp_path / "named.trig"
    path.write_text("<http://g> { <http://a> <http://p> 1 }")
    graph = load(path)
    assert len(ask(graph.engine(), "SELECT ?o { <http://a> <http://p> ?o }")) == 1
    assert "named graphs" in graph.warnings[0]


def test_a_string_is_never_a_path():
    with pytest.raises(InputError, match=r"pathlib\.Path"):
        load("data")  # type: ignore[arg-type]


def test_folders_are_walked_in_natural_order_and_hidden_files_passed_over(tmp_path):
    names = ["b.ttl", "a10.ttl", "a9.ttl", "sub/deep/x.nt", "sub/y.ttl", ".git/z.ttl", "sub/.hidden.ttl", "notes.txt"]
    for name in [*names, "context.jsonld"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in files([tmp_path])]
    assert found == ["a9.ttl", "a10.ttl", "b.ttl", "sub/y.ttl", "sub/deep/x.nt"]


def test_a_missing_path_and_an_empty_folder(tmp_path):
    with pytest.raises(InputError, match="no such file or folder"):
        load(tmp_path / "nowhere.ttl")
    with pytest.raises(InputError, match="no RDF file"):
        load(tmp_path)


def test_a_triple_that_data_and_ontology_both_state_counts_once(load_text):
    graph = load_text("ipp:Round rdfs:subClassOf ipp:Event . id:one a ipp:Round .")
    shared = next(t for t in graph.asserted() if t.predicate.value.endswith("subClassOf"))
    count = "SELECT (COUNT(*) AS ?n) { ipp:Round rdfs:subClassOf ipp:Event }"

    def counted(entailed: bool) -> str:
        return next(iter(ask(graph.engine(entailed=entailed), count, name="count").rows))[0].value

    assert shared in set(graph.ontology())
    assert counted(False) == counted(True) == "1"
    assert shared not in infer(graph).closure.triples and len(graph) == 2
    assert counted(False) == counted(True) == "1"
    graph.remove([shared])
    assert shared in set(graph.ontology()) and counted(False) == "1" and len(graph) == 1
    graph.add([shared])
    assert shared in set(graph.asserted()) and counted(False) == "1"


def test_blank_nodes_of_two_files_stay_apart(tmp_path):
    for name in ("one.trig", "two.trig", "three.ttl"):
        graph = "<http://g> " if name.endswith("trig") else ""
        text = "_:b <http://p> <http://o> ."
        (tmp_path / name).write_text(f"{graph}{{ {text} }}" if graph else text, encoding="utf-8")
    assert len({t.subject for t in load(tmp_path).asserted()}) == 3


def test_literals_keep_their_form_from_file_to_graph_and_export(tmp_path):
    """What the store would rewrite is given as it was written, beside the store's own form where both are stated."""
    forms = [('"007"', "integer"), ('"7"', "integer"), ('"7"', "byte"), ('"1.50"', "decimal"), ('"1"', "boolean")]
    forms += [('"PT24H"', "duration"), ('"2024-05-01+00:00"', "date"), ('"24:00:00"', "time"), ('"1e0"', "double")]
    forms += [('"2024-01-01T00:00:00Z"', "dateTimeStamp"), ('"-0044-03-15"', "date"), ('"٣"', "string")]
    text = "".join(TRIPLE.format(value + XSD.format(kind)) + "\n" for value, kind in forms)
    (tmp_path / "forms.ttl").write_text(text, encoding="utf-8")
    written = {str(t) for t in read(tmp_path / "forms.ttl").triples}
    graph = load(tmp_path)
    assert len(written) == len(forms)
    assert {str(t) for t in graph.asserted()} == written
    for form in ("nt", "ttl", "trig", "jsonld", "rdfxml"):
        (path,) = export(graph, form, tmp_path / "out")
        assert {str(t) for t in read(path).triples} == written, form
    seven = next(t for t in graph.rewritten() if t.object.value == "7")
    assert [t.object.value for t in graph.rewritten()[seven]] == ["007", "7", "7"]
    graph.remove(t for t in list(graph.asserted()) if t.object.value == "007")
    assert len(list(graph.asserted())) == len(forms) - 1
    graph.remove(list(graph.asserted()))
    assert not graph.rewritten() and not len(graph)


def test_blank_nodes_have_the_same_labels_at_every_reading(tmp_path):
    path = tmp_path / "blank.ttl"
    path.write_text("_:x <http://p> [ <http://q> (1 2) ] .", encoding="utf-8")
    assert read(path).triples == read(path).triples
    assert set(load(path).asserted()) == set(read(path).triples)
