"""Shapes see each literal as its file has it, whatever the store makes of it.

pySHACL over rdflib reads the file by itself here, so that nothing of ours stands between it and the text.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from differential import PREFIXES, compared, corrected
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgtools.graph import KnowledgeGraph, load
from kgtools.rdf.exact import EXACT
from kgtools.rdf.read import read
from kgtools.shacl.reference import reference_findings
from kgtools.shacl.report import Finding
from kgtools.terms import XSD
from kgtools.validation import read_shapes, validate

INTEGERS = ("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "unsignedLong",
            "unsignedInt", "unsignedShort", "unsignedByte")  # fmt: skip
FORMS = {
    **dict.fromkeys(INTEGERS, ("7", "007", "+7", "70")),
    "nonPositiveInteger": ("-7", "-007", "0", "-0"),
    "negativeInteger": ("-7", "-007"),
    "decimal": ("7", "7.0", "1.50", "1.5", ".5", "0.5", "-0.0", "+1.50"),
    "double": ("7", "7.0", "7e0", "7.0E0", "1.5", "INF", "-INF", "NaN"),
    "float": ("7", "7.0", "7e0", "1.5", "INF"),
    "boolean": ("true", "1", "false", "0"),
    "dateTime": ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00+00:00", "2024-01-01T00:00:00.0Z",
                 "2024-01-01T01:00:00+01:00", "2024-01-01T00:00:00"),
    "date": ("2024-01-01", "2024-01-01Z", "2024-01-01+00:00"),
    "time": ("12:00:00", "12:00:00.0", "12:00:00Z"),
    "duration": ("P1Y", "P12M", "PT60S", "PT1M"),
    "dayTimeDuration": ("PT60S", "PT1M"),
    "yearMonthDuration": ("P1Y", "P12M"),
    "gYear": ("2024", "2024Z"),
    "gYearMonth": ("2024-01", "2024-01Z"),
    "string": ("7", "007", "true", ""),
    "hexBinary": ("0a", "0A"),
}  # fmt: skip
"""Lexical forms of each datatype, of which several stand for one value."""
LONG = ("9223372036854775808", "18446744073709551615", "100000000000000000000000000", "-9223372036854775809")
LITERALS = [f'"{form}"^^xsd:{kind}' for kind, forms in FORMS.items() for form in forms]
LITERALS += [f'"{form}"^^xsd:integer' for form in LONG]
SUBJECTS = ("e:a", "e:b", "_:x")


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str]:
    """The text of a data file and of a shapes file."""
    few = draw(st.lists(st.sampled_from(LITERALS), min_size=2, max_size=6, unique=True))
    literal = st.sampled_from(few)
    row = st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(("e:p", "e:q")), literal)
    data = "".join(f"{' '.join(r)} .\n" for r in draw(st.lists(row, min_size=2, max_size=8)))
    constraint = st.one_of(
        st.sampled_from(sorted(FORMS)).map("sh:datatype xsd:{}".format),
        st.lists(literal, min_size=1, max_size=3, unique=True).map(lambda x: f"sh:in ( {' '.join(x)} )"),
        literal.map("sh:hasValue {}".format),
        st.sampled_from(("^0", "^[+]", "Z$", "[.]0", "^[17]$")).map('sh:pattern "{}"'.format),
        st.integers(1, 6).map("sh:minLength {}".format),
        st.integers(1, 6).map("sh:maxLength {}".format),
        st.integers(1, 3).map("sh:maxCount {}".format),
        st.integers(1, 3).map("sh:minCount {}".format),
        st.sampled_from(("sh:equals e:q", "sh:disjoint e:q", "sh:nodeKind sh:Literal")),
        st.sampled_from(("7", "1.5", LONG[0], LONG[2])).map("sh:minInclusive {}".format),
        st.sampled_from(("7", "1.5", LONG[1], LONG[3])).map("sh:maxExclusive {}".format),
        literal.map("sh:not [ sh:hasValue {} ]".format),
        st.sampled_from(sorted(FORMS)).map("sh:or ( [ sh:datatype xsd:{} ] [ sh:nodeKind sh:IRI ] )".format),
        literal.map("sh:qualifiedValueShape [ sh:in ( {} ) ] ; sh:qualifiedMaxCount 0".format),
    )
    parts = []
    for n in range(draw(st.integers(1, 3))):
        target = draw(
            st.sampled_from(("sh:targetSubjectsOf e:p , e:q", "sh:targetNode e:a", "sh:targetSubjectsOf e:p"))
        )
        body = " ; ".join(draw(st.lists(constraint, min_size=1, max_size=2, unique_by=lambda x: x.split()[0])))
        parts.append(f"e:s{n} a sh:PropertyShape ; {target} ; sh:path e:p ; {body} .\n")
    if draw(st.booleans()):
        parts.append(f"e:t a sh:NodeShape ; sh:targetObjectsOf e:p ; {draw(constraint.filter(_on_a_node))} .\n")
    return PREFIXES + data, PREFIXES + "".join(parts)


def _on_a_node(constraint: str) -> bool:
    return not constraint.startswith(("sh:minCount", "sh:maxCount", "sh:equals", "sh:disjoint", "sh:qualified"))


def signature(f: Finding) -> tuple[str, ...]:
    """What two reports agree on; a blank node counts as one, whatever its label."""
    cells = (f.focus, f.value, f.shape)
    return (*("_:" if isinstance(c, ox.BlankNode) else str(c) for c in cells), f.component)


def by_the_reference(data: Path, shapes: Path) -> Counter[tuple[str, ...]]:
    """pySHACL's results on files that rdflib reads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        patch.setattr("kgtools.shacl.reference.graph_from", lambda graph: graph)
        graphs = [rdflib.Graph().parse(path) for path in (data, shapes)]
        with corrected():
            return Counter(map(signature, reference_findings(*graphs)))  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(files())
def test_exact_terms(tmp_path_factory, texts) -> None:
    folder = tmp_path_factory.mktemp("exact")
    data, shapes = folder / "data.ttl", folder / "shapes.ttl"
    for path, text in zip((data, shapes), texts, strict=True):
        path.write_text(text, encoding="utf-8")
    report = validate(load(data), read_shapes(shapes))
    ours, theirs = Counter(map(signature, report)), by_the_reference(data, shapes)
    assert ours == theirs, f"\n{texts[0]}{texts[1]}\nours alone {ours - theirs}\ntheirs alone {theirs - ours}"


def test_the_reference_compares_numbers_of_any_size() -> None:
    one, other = (rdflib.Literal(x, datatype=rdflib.XSD.integer) for x in LONG[:2])
    assert compared(one, other) == -1


@pytest.mark.parametrize("kind", FORMS)
def test_a_datatype_is_that_datatype_alone(kind: str, tmp_path: Path) -> None:
    """Each form of each datatype conforms to its own datatype, and to no other."""
    text = "".join(f'e:{k} e:p "{form}"^^xsd:{k} .\n' for k, forms in FORMS.items() for form in forms)
    (tmp_path / "d.ttl").write_text(PREFIXES + text, encoding="utf-8")
    shape = f"e:s a sh:PropertyShape ; sh:targetSubjectsOf e:p ; sh:path e:p ; sh:datatype xsd:{kind} ."
    (tmp_path / "s.ttl").write_text(PREFIXES + shape, encoding="utf-8")
    report = validate(load(tmp_path / "d.ttl"), read_shapes(tmp_path / "s.ttl"))
    assert Counter(str(f.value) for f in report) == Counter(
        str(ox.Literal(form, datatype=ox.NamedNode(XSD + k)))
        for k, forms in FORMS.items()
        for form in forms
        if k != kind
    )


def test_a_value_and_its_other_form_come_and_go() -> None:
    """What is stated once by value and once in another form is seen by questions as long as either stands."""
    s, p = ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p")
    plain, odd, byte = (
        ox.Triple(s, p, ox.Literal(v, datatype=ox.NamedNode(XSD + k)))
        for v, k in (("7", "integer"), ("07", "integer"), ("7", "byte"))
    )
    graph = KnowledgeGraph(ox.Store())
    question = "SELECT ?v { <http://e/s> <http://e/p> ?v FILTER (?v < 8) }"

    def seen(*left: ox.Triple) -> None:
        assert set(graph.asserted()) == set(left)
        assert len(graph.engine().select(question).rows) == (1 if left else 0)
        exact = graph.engine(entailed=False, exact=True).select("SELECT ?v { ?s ?p ?v }").rows
        assert len(exact) == len(left)

    graph.add([odd, byte])
    seen(odd, byte)
    graph.add([plain])
    seen(plain, odd, byte)
    graph.remove([byte])
    seen(plain, odd)
    graph.remove([plain])
    seen(odd)
    graph.remove([plain, odd])
    seen()


def test_a_literal_of_the_reserved_datatype_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "d.ttl").write_text(f'<http://e/a> <http://e/p> "7"^^<{EXACT}{XSD}int> .', encoding="utf-8")
    shape = "e:s a sh:PropertyShape ; sh:targetSubjectsOf e:p ; sh:path e:p ; sh:datatype xsd:int ."
    (tmp_path / "s.ttl").write_text(PREFIXES + shape, encoding="utf-8")
    graph = load(tmp_path / "d.ttl")
    assert set(graph.asserted()) == set(read(tmp_path / "d.ttl").triples)
    assert [f.component for f in validate(graph, read_shapes(tmp_path / "s.ttl"))] == ["DatatypeConstraintComponent"]
