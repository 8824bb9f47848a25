"""Bad files: each is refused whole, with a message that names the file and says what to do."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
from pathlib import Path

import pyoxigraph as ox
import pytest

from kgtools import InputError, export, infer, load
from kgtools.question import ask
from kgtools.rdf.datatypes import ill_formed
from kgtools.rdf.read import Reading, files, read

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
    "utf16.ttl": (TRIPLE.format('"x"').encode("utf-16"), r"UTF-16 \(byte order mark at byte 0\); save it as UTF-8"),
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
    "nul.rdf": (b"<r>\x00</r>", "nul.rdf:1: not well-formed XML"),
    "feb30.ttl": (
        ("\n" + TRIPLE.format('"2026-02-30"' + XSD.format("date"))).encode(),
        "feb30.ttl:2: '2026-02-30' is not an xsd:date: there is no such day",
    ),
    "abc.ttl": (TRIPLE.format('"abc"' + XSD.format("integer")).encode(), "'abc' is not an xsd:integer"),
    "digits.ttl": (TRIPLE.format("9" * 6_000).encode(), "6000 characters is over the limit"),
    "what.txt": (b"x", "unknown file type"),
    "deep2.ttl": (b'<http://a> <http://p> \'"""\' , ' + b"( " * 101 + b") " * 101 + b".", "deep2.ttl:1: nested more"),
    "deep3.ttl": (
        b"<http://a> <http://p> <http://b#> , '#' , " + b"[ <http://p> " * 101 + b"1 " + b"] " * 101 + b".",
        "nested more",
    ),
    "deep.trig": (
        b"<http://a> <http://p> " + b"<<( <http://a> <http://p> " * 101 + b"1" + b" )>>" * 101 + b".",
        "nested more",
    ),
    "quotes.ttl": (b"[]" * 101 + b'"' + b'\\"' * 200_000, "nothing of the file was kept"),
    "long.ttl": (TRIPLE.format('"' + "x" * 17_000_000 + '"').encode(), "a single term is longer than 16 MiB"),
    "lower.rdf": (b'<?xml version="1.0"?>\n<!doctype r [<!ENTITY a "aaaa">]><r/>', "lower.rdf:2: a DOCTYPE is refused"),
    "deep.rdf": (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://a/">'
        + b"<e:C><e:p>" * 60
        + b"</e:p></e:C>" * 60
        + b"</rdf:RDF>",
        "deep.rdf:1: nested more than 100 deep",
    ),
    "empty.rdf": (b"", "the file is empty"),
    "latin.rdf": (b'<?xml version="1.0" encoding="ISO-8859-1"?><r/>', "declares the encoding ISO-8859-1"),
    "turtle.rdf": (b"@prefix e: <http://e/> .", "looks like Turtle; name it .ttl"),
    "turtle.jsonld": (b"<http://a> <http://b> 1 .", "looks like Turtle"),
    "xml.ttl": (b'<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="x"/>', "looks like XML; RDF/XML is named .rdf or .owl"),
    "json.ttl": (b'{"error": "not found"}', "looks like JSON"),
    "xhtml.ttl": (b'<?xml version="1.0"?><!-- x --><!DOCTYPE html PUBLIC "x"><html/>', "looks like HTML"),
    "bzip.ttl": (bz2.compress(b"x"), "looks like bzip2"),
    "xz.nt": (lzma.compress(b"x"), "looks like xz"),
    "zip.ttl": (b"PK\x03\x04", "looks like a zip archive"),
    "annex.nt": (b"/annex/objects/SHA256E-s1--0.nt\n", "git-annex"),
    "utf16bare.ttl": (TRIPLE.format(1).encode("utf-16-le"), "UTF-16 without a byte order mark"),
    "utf32.ttl": (TRIPLE.format(1).encode("utf-32"), "UTF-32"),
    "cut.ttl": (
        (TRIPLE.format(1) + "\n").encode() * 100_000 + b'"\xe2\x82',
        r"cut.ttl:100001: not UTF-8 at byte 2600001 \(0xe2\)",
    ),
    "packed.ttl.gz": (b"x", "archives and compressed files are not read"),
    "relative.ttl": (b"<a> <http://p> 1 .", "it is relative and the file has no base"),
    "relative.jsonld": (b'{"@id": "a",\n"http://p": 1}', "relative.jsonld:1: the IRI 'a' is relative"),
    "type.jsonld": (b'{"@id": "http://a", "@type": "T"}', "the IRI 'T' is relative"),
    "space.jsonld": (b'[\n{"@id": "http://a b", "http://p": 1}]', "space.jsonld:2: 'http://a b' is not an IRI"),
    "object.jsonld": (b'{"@id": "http://a", "http://p": {"@id": "http://[x"}}', r"'http://\[x' is not an IRI"),
    "percent.jsonld": (b'{"@context": {"e": "http://e/"}, "@id": "e:%zz", "http://p": 1}', "'http://e/%zz' is not"),
    "tag.jsonld": (
        b'{"@id": "http://a", "http://p": {"@value": "x",\n "@language": "en_US"}}',
        "tag.jsonld:2: 'en_US' is not a language tag",
    ),
    "map.jsonld": (
        b'{"@context": {"l": {"@id": "http://l", "@container": "@language"}}, "@id": "http://a", "l": {"e n": "x"}}',
        "'e n' is not a language tag",
    ),
    "twice.jsonld": (b'{"@id": "http://a",\n "http://p": 1,\n "http://p": 2}', "twice.jsonld:3: the key 'http://p'"),
    "nan.jsonld": (b'{"@id": "http://a", "http://p": NaN}', "NaN is not JSON"),
    "huge.jsonld": (b'{"@id": "http://a", "http://p": 1e999}', "beyond the range of xsd:double"),
    "digits.jsonld": (b'{"@id": "http://a", "http://p": ' + b"9" * 5_000 + b"}", "5000 digits"),
    "cut.jsonld": (b'{"@id": "http://a",', "cut.jsonld:1: not JSON"),
    "scoped.jsonld": (
        b'{"@context": {"p": {"@id": "http://p", "@context": "http://x/c"}}, "@id": "http://a", "p": 1}',
        "the context 'http://x/c' is not bundled",
    ),
    "import.jsonld": (b'{"@context": {"@import": "http://x/c"}, "@id": "http://a"}', "'http://x/c' is not bundled"),
    "comment.ttl": (
        ('# "abc"\n<http://a> <http://p> "abc" ;\n <http://q> "a\\u0062c"' + XSD.format("integer") + " .").encode(),
        "comment.ttl:3: 'abc' is not an xsd:integer",
    ),
    "number.ttl": (
        ("# 007\n<http://a> <http://p> '300' ;\n <http://q> '300'" + XSD.format("byte") + " .").encode(),
        "number.ttl:3: '300' is not an xsd:byte: it must lie between -128 and 127",
    ),
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
    assert {str(t.object) for t in graph.rewritten()[seven]} == {v + XSD.format(k) for v, k in forms[:3]}
    graph.remove(t for t in list(graph.asserted()) if t.object.value == "007")
    assert len(list(graph.asserted())) == len(forms) - 1
    graph.remove(list(graph.asserted()))
    assert not graph.rewritten() and not len(graph)


def test_blank_nodes_have_the_same_labels_at_every_reading(tmp_path):
    path = tmp_path / "blank.ttl"
    path.write_text("_:x <http://p> [ <http://q> (1 2) ] .", encoding="utf-8")
    assert read(path).triples == read(path).triples
    assert set(load(path).asserted()) == set(read(path).triples)


GOOD_XML = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">
 <e:C rdf:about="http://a">
  <e:p>one</e:p>
 </e:C>
</rdf:RDF>"""


def test_rdf_xml_is_refused_at_every_cut(tmp_path):
    path = tmp_path / "cut.rdf"
    for end in range(len(GOOD_XML)):
        path.write_bytes(GOOD_XML[:end])
        with pytest.raises(InputError, match="nothing of the file was kept"):
            read(path)
    path.write_bytes(GOOD_XML)
    assert len(read(path).triples) == 2


def test_entities_are_read_where_they_are_asked_for_and_harmless(tmp_path):
    path = tmp_path / "entities.rdf"
    entity = b'<!DOCTYPE rdf:RDF [<!ENTITY e "http://e/">]>'
    path.write_bytes(entity + GOOD_XML.replace(b'"http://a"', b'"&e;a"'))
    with pytest.raises(InputError, match="a DOCTYPE is refused"):
        read(path)
    assert {t.subject.value for t in read(path, Reading(entities=True)).triples} == {"http://e/a"}
    for bad in (b'<!ENTITY e SYSTEM "file:///x">', b'<!ENTITY x "x"><!ENTITY e "&x;">', b'<!ENTITY % e "x">'):
        path.write_bytes(entity.replace(b'<!ENTITY e "http://e/">', bad) + GOOD_XML)
        with pytest.raises(InputError, match="is refused"):
            read(path, Reading(entities=True))
    large = b"<e:p>" + b"&e;" * 1_100 + b"</e:p>"
    path.write_bytes(entity.replace(b"http://e/", b"x" * 1_000) + GOOD_XML.replace(b"<e:p>one</e:p>", large))
    with pytest.raises(InputError, match="entities add more"):
        read(path, Reading(entities=True))


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ('{"@id": "http://a", "http://p": 1, "name": "x"}', "no context maps the key 'name'"),
        ('{"@context": {"n": null}, "@id": "http://a", "http://p": 1, "n": "x"}', None),
        ('{"@id": "http://a", "http://p": 1, "http://q": null}', "'http://q' is null"),
        ('{"@id": "http://a", "http://p": 1, "@foo": 1}', "'@foo' is no keyword"),
        ('{"@id": "http://a", "http://p": 1, "_:q": 1}', "a blank node cannot be a predicate"),
        ('["free", {"@id": "http://a", "http://p": 1}]', "a value outside of any node"),
        ('{"@id": "http://a", "http://p": {"@type": "@json", "@value": {"@context": "x", "y": null}}}', None),
        ('{"@context": {"p": {"@id": "http://p", "@type": "@json"}}, "@id": "http://a", "p": {"@context": 1}}', None),
    ],
)
def test_json_ld_says_what_it_does_not_read(text, warning, tmp_path):
    path = tmp_path / "data.jsonld"
    path.write_text(text, encoding="utf-8")
    warnings = load(path).warnings
    assert len(read(path).triples) == 1
    assert [warning in w for w in warnings] == [True] if warning else not warnings


def test_a_base_makes_relative_iris_whole(tmp_path):
    (tmp_path / "one.ttl").write_text("<a> <p> 1 .", encoding="utf-8")
    (tmp_path / "two.jsonld").write_text('{"@id": "b", "@type": "T", "http://x/p": 2}', encoding="utf-8")
    graph = load(tmp_path, reading=Reading(base="http://x/y/"))
    assert {t.subject.value for t in graph.asserted()} == {"http://x/y/a", "http://x/y/b"}
    assert "http://x/y/T" in {t.object.value for t in graph.asserted()}
    with pytest.raises(InputError, match="'nowhere' cannot be a base"):
        Reading(base="nowhere")


def test_only_regular_files_of_bounded_size_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.ttl")
    (tmp_path / "zero.ttl").symlink_to("/dev/zero")
    (tmp_path / "circle.ttl").symlink_to(tmp_path / "circle.ttl")
    (tmp_path / "folder.ttl").mkdir()
    (tmp_path / "large.ttl").write_bytes(b"#" * 2_000)
    for name, message in (
        ("pipe.ttl", "this is a named pipe"),
        ("zero.ttl", "this is a device"),
        ("circle.ttl", "a link that leads to itself"),
        ("folder.ttl", "this is a folder"),
        ("nowhere.ttl", "No such file"),
    ):
        with pytest.raises(InputError, match=message):
            read(tmp_path / name)
    with pytest.raises(InputError, match="2,000 bytes are over the limit of 1,999"):
        read(tmp_path / "large.ttl", Reading(max_bytes=1_999))
    assert read(tmp_path / "large.ttl", Reading(max_bytes=2_000)).statements == 0


@pytest.mark.parametrize(
    "text",
    [
        TRIPLE.format(1).encode(),
        b"<http://g> { <http://a> <http://p> 1 }",
        b'<http://a> <http://p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> <http://g> .',
        b'{"@id": "http://a", "http://p": 1}',
        GOOD_XML.replace(b"  <e:p>one</e:p>\n", b""),
    ],
)
def test_standard_input_is_read_in_any_form(text, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert len(load(Path("-"))) == 1


@pytest.mark.parametrize("text", ["'%s'", '"%s"', "'''%s'''", '"""%s"""', "e:x\\(\\'\\# . # '%s"])
def test_brackets_in_strings_and_comments_are_not_nesting(text, tmp_path):
    path = tmp_path / "brackets.ttl"
    path.write_text(f"@prefix e: <http://e/> . e:a e:p [] , {text % ('[' * 101)}\n .".replace(" . #", " #"))
    assert len(read(path).triples) == 2


def test_well_formed_literals_of_xml_schema():
    """Lexical forms of XML Schema 1.1 part 2, section 3, and their nearest neighbours that are none."""
    good = {
        "date": "0000-02-29 -0004-02-29 12024-01-01 2024-01-01-14:00 2024-02-29Z",
        "dateTime": "2024-01-01T24:00:00 2024-01-01T24:00:00.000Z 2024-01-01T23:59:59.123456789+13:59",
        "dateTimeStamp": "2024-01-01T00:00:00Z",
        "time": "24:00:00 00:00:00Z 12:30:00.5-05:00",
        "gYear": "2024 -0044 12024 0000Z",
        "gYearMonth": "2024-12 -0044-01+14:00",
        "gMonthDay": "--02-29 --12-31Z",
        "gDay": "---31 ---01Z",
        "gMonth": "--12 --01-05:00",
        "duration": "P1Y P1M PT24H -P1Y2M3DT4H5M6.7S P0D PT0S P1YT1S",
        "yearMonthDuration": "P1Y2M -P13M",
        "dayTimeDuration": "P1DT2H PT1.5S",
        "integer": "007 +7 -0",
        "byte": "-128 127 +007",
        "unsignedLong": "18446744073709551615 -0",
        "decimal": "1. .5 -0.50 +1",
        "double": "1e0 -1.5E-10 INF -INF NaN +INF 1e999999999",
        "boolean": "true false 0 1",
        "hexBinary": "0aFF",
        "base64Binary": "AAEC AAE= AA==",
        "language": "en en-GB zh-Hant-TW",
        "NCName": "a _b.c-d",
    }
    bad = {
        "date": "2024-1-01 2023-02-29 -0001-02-29 2024-04-31 2024-01-01+14:01 2024-01-01+99:99 02024-01-01 24-01-01 20260715",
        "dateTime": "2024-01-01 2024-01-01T24:00:01 2024-01-01T12:60:00 2024-01-01T12:00:60 2024-01-01T1:00:00",
        "dateTimeStamp": "2024-01-01T00:00:00",
        "time": "25:00:00 12:00 24:00:00.1",
        "gYear": "24 02024 +2024",
        "gYearMonth": "2024-13 2024",
        "gMonthDay": "--02-30 --04-31 02-01",
        "gDay": "---32 ---00 31",
        "gMonth": "--13 --00 --1",
        "duration": "P 1Y P1 PT P1YT P1S PT1D P-1Y 1Y P1.5Y",
        "yearMonthDuration": "P1D P",
        "dayTimeDuration": "P1Y PT",
        "integer": "1.0 ٣٣ 1e3 - 0x1",
        "byte": "128 -129",
        "nonNegativeInteger": "-1",
        "positiveInteger": "0",
        "unsignedByte": "256 -1",
        "decimal": "1e0 . INF",
        "double": "1e nan inf 1,5",
        "boolean": "True TRUE yes 2",
        "hexBinary": "0 0g",
        "base64Binary": "A AA= AAE",
        "language": "en_US e-- 1",
        "NCName": "1a a:b",
    }
    for forms, well in ((good, True), (bad, False)):
        for kind, values in forms.items():
            for value in values.split():
                literal = ox.Literal(value, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#" + kind))
                assert (ill_formed(literal) is None) == well, f"{value} as xsd:{kind}"
