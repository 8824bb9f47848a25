"""What the differential tests share: small shapes graphs and data graphs drawn by hypothesis, and what to compare.

Both are Turtle text over one small vocabulary, so that a failing example can be read and run by hand. Shape
`e:s<n>` refers only to shapes of a higher number: no shape is recursive, and one may have several parents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partialmethod
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pyshacl.constraints.core import property_pair_constraints as pairs
from pyshacl.constraints.core import value_range_constraints as ranges
from pyshacl.constraints.sparql.sparql_based_constraints import SPARQLBasedConstraint
from rdflib.paths import MulPath

from kgtools.rdf.datatypes import INTEGERS
from kgtools.shacl.reference import reference
from kgtools.shacl.report import Finding, Report
from kgtools.shacl.validate import validate
from kgtools.sparql.oxigraph import OxigraphEngine
from kgtools.terms import SH, XSD

PREFIXES = """@prefix e: <http://e/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
PREDICATES = ("e:p", "e:q", "e:r")
CLASSES = ("e:C", "e:D", "e:E")
IRIS = ("e:a", "e:b", "e:c", "e:C")
BLANKS = ("_:x", "_:y")
LITERALS = (
    '"x"', '"xy"', '""', '"x"@en', '"X"@en', '"y"@EN', '"y"@en-GB', '"x"@de', '"1"', "1", "2", "-1", "1.5",
    "true", '"2020-01-01"^^xsd:date', '"2021-01-01"^^xsd:date', '"2020-01-01T00:00:00Z"^^xsd:dateTime',
    '"x"^^xsd:integer', '"2020-02-30"^^xsd:date', '"x"^^e:type',
)  # fmt: skip
EVERY_NODE = IRIS + LITERALS


def triples(text: str) -> list[ox.Triple]:
    """The triples of Turtle text, the prefixes added; the labels of its blank nodes stay."""
    return [q.triple for q in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)]


def engine_of(data: Iterable[ox.Triple]) -> tuple[OxigraphEngine, list[ox.Triple]]:
    """An engine that holds the data, and the data as it holds them: it writes numbers in canonical form."""
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in data)
    return OxigraphEngine(store), [q.triple for q in store]


Key = tuple[str, str, str, str, str, str, str]


def key(finding: Finding, messages: dict[str, str]) -> Key:
    """What two reports must agree on; a path that is no IRI is told by its shape, a message is the shape's own."""
    path = str(finding.path_node) if isinstance(finding.path_node, ox.NamedNode) else finding.path and "(path)"
    return (
        str(finding.focus),
        path or "",
        "" if finding.value is None else str(finding.value),
        str(finding.shape),
        finding.component,
        finding.severity,
        finding.message if str(finding.shape) in messages else "",
    )


def keys(report: Report, shapes: Iterable[ox.Triple] = ()) -> Counter[Key]:
    """A report as a multiset of results; with the shapes, the messages that they state count too."""
    messages = {str(t.subject): str(t.object) for t in shapes if t.predicate.value == SH + "message"}
    return Counter(key(f, messages) for f in report)


def both(data_text: str, shapes_text: str) -> tuple[Counter[Key], Counter[Key], Report]:
    """The results of the compiled path and of pySHACL on the same data, and the compiled path's report."""
    shapes = triples(shapes_text)
    engine, data = engine_of(triples(data_text))
    with corrected():
        report = validate(engine, shapes)
        return keys(report, shapes), keys(reference(data, shapes), shapes), report


# ---- data


@st.composite
def data_graphs(draw: DrawFn, literals: tuple[str, ...] = LITERALS) -> str:
    """A few triples, and a class hierarchy of one step."""
    subjects = st.sampled_from(IRIS[:3] + BLANKS)
    objects = st.one_of(subjects, st.sampled_from(literals))
    plain = st.tuples(subjects, st.sampled_from(PREDICATES), objects)
    typed = st.tuples(subjects, st.just("a"), st.sampled_from(CLASSES))
    rows = draw(st.lists(st.one_of(plain, plain, typed), min_size=3, max_size=9))
    return "e:D rdfs:subClassOf e:C .\n" + "".join(f"{' '.join(row)} .\n" for row in dict.fromkeys(rows))


# ---- paths


def paths() -> SearchStrategy[str]:
    """All forms of SHACL property paths, nested."""

    def wider(inner: SearchStrategy[str]) -> SearchStrategy[str]:
        members = st.lists(inner, min_size=2, max_size=3).map(" ".join)
        steps = st.sampled_from(("inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"))
        return st.one_of(
            members.map("( {} )".format),
            members.map("[ sh:alternativePath ( {} ) ]".format),
            st.tuples(steps, inner).map(lambda x: f"[ sh:{x[0]} {x[1]} ]"),
        )

    simple = st.sampled_from(PREDICATES)
    return st.one_of(simple, simple, st.recursive(simple, wider, max_leaves=4))


# ---- shapes


def _list(members: Iterable[str]) -> str:
    return f"( {' '.join(members)} )"


def _value_constraints(literals: tuple[str, ...]) -> list[SearchStrategy[str]]:
    """The constraints that stand on any shape and refer to no other."""
    nodes = st.sampled_from(IRIS + literals)
    kinds = ("BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
    datatypes = ("xsd:string", "xsd:integer", "xsd:date", "xsd:decimal", "xsd:boolean", "rdf:langString", "e:type")
    bounds = ("0", "1", "2", "1.5", '"2020-06-01"^^xsd:date', '"x"')
    tags = st.lists(st.sampled_from(('"en"', '"de"', '"en-GB"', '"EN"')), min_size=1, max_size=2, unique=True)
    patterns = ('"x"', '"^x$"', '"^[xy]+$"', '"X" ; sh:flags "i"', '"^X$" ; sh:flags "im"', '"e/[ab]"')
    return [
        st.lists(st.sampled_from(CLASSES), min_size=1, max_size=2, unique=True).map(
            lambda x: f"sh:class {' , '.join(x)}"
        ),
        st.sampled_from(datatypes).map("sh:datatype {}".format),
        st.sampled_from(kinds).map("sh:nodeKind sh:{}".format),
        *(
            st.sampled_from(bounds).map(f"sh:{name} {{}}".format)
            for name in ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive")
        ),
        st.integers(1, 10).map("sh:minLength {}".format),
        st.integers(0, 10).map("sh:maxLength {}".format),
        st.sampled_from(patterns).map("sh:pattern {}".format),
        tags.map(lambda x: f"sh:languageIn {_list(x)}"),
        st.sampled_from(PREDICATES).map("sh:disjoint {}".format),
        st.lists(nodes, max_size=4, unique=True).map(lambda x: f"sh:in {_list(x)}"),
        st.lists(nodes, min_size=1, max_size=2, unique=True).map(lambda x: f"sh:hasValue {' , '.join(x)}"),
        st.lists(st.sampled_from(("rdf:type", *PREDICATES)), max_size=2, unique=True).map(
            lambda x: "sh:closed true" + (f" ; sh:ignoredProperties {_list(x)}" if x else "")
        ),
    ]


def _path_constraints() -> list[SearchStrategy[str]]:
    """The constraints that stand on property shapes alone."""
    return [
        st.integers(0, 3).map("sh:minCount {}".format),
        st.integers(0, 3).map("sh:maxCount {}".format),
        st.just("sh:uniqueLang true"),
        st.sampled_from(PREDICATES).map("sh:equals {}".format),
        st.sampled_from(PREDICATES).map("sh:lessThan {}".format),
        st.sampled_from(PREDICATES).map("sh:lessThanOrEquals {}".format),
    ]


def _references(of_nodes: list[str], of_properties: list[str], has_path: bool) -> list[SearchStrategy[str]]:
    """The constraints that refer to the shapes given."""
    shapes = of_nodes + of_properties
    out: list[SearchStrategy[str]] = []
    if of_nodes:
        out.append(st.sampled_from(of_nodes).map("sh:node {}".format))
    if of_properties:
        several = st.lists(st.sampled_from(of_properties), min_size=1, max_size=2, unique=True)
        out += [several.map(lambda x: f"sh:property {' , '.join(x)}")] * 2
    if shapes:
        members = st.lists(st.sampled_from(shapes), min_size=1, max_size=3).map(_list)
        out.append(
            st.lists(st.sampled_from(shapes), min_size=1, max_size=2, unique=True).map(
                lambda x: f"sh:not {' , '.join(x)}"
            )
        )
        out += [members.map(f"sh:{name} {{}}".format) for name in ("and", "or", "xone")]
    if shapes and has_path:
        counts = st.sampled_from(
            ("sh:qualifiedMinCount 1", "sh:qualifiedMinCount 2", "sh:qualifiedMaxCount 0", "sh:qualifiedMaxCount 1",
             "sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1")
        )  # fmt: skip
        apart = st.sampled_from(("", " ; sh:qualifiedValueShapesDisjoint true"))
        out += [
            st.tuples(st.sampled_from(shapes), counts, apart).map(
                lambda x: f"sh:qualifiedValueShape {x[0]} ; {x[1]}{x[2]}"
            )
        ] * 2
    return out


@st.composite
def targets(draw: DrawFn, literals: tuple[str, ...] = LITERALS) -> list[str]:
    """One or two targets, of all kinds."""
    one = st.one_of(
        st.sampled_from(CLASSES).map("sh:targetClass {}".format),
        *[st.sampled_from(PREDICATES).map("sh:targetSubjectsOf {}".format)] * 2,
        *[st.sampled_from(PREDICATES).map("sh:targetObjectsOf {}".format)] * 2,
        st.sampled_from(IRIS + literals[:3]).map("sh:targetNode {}".format),
    )
    return draw(st.lists(one, min_size=1, max_size=2, unique=True))


@st.composite
def shapes_graphs(draw: DrawFn, literals: tuple[str, ...] = LITERALS) -> str:
    """One to four shapes over SHACL Core; the first has a target."""
    count = draw(st.integers(1, 4))
    has_path = [draw(st.booleans()) for _ in range(count)]
    texts = []
    for n in range(count):
        of_nodes = [f"e:s{m}" for m in range(n + 1, count) if not has_path[m]]
        of_properties = [f"e:s{m}" for m in range(n + 1, count) if has_path[m]]
        parts = _value_constraints(literals)
        if has_path[n]:
            parts += _path_constraints() * 2
        references = _references(of_nodes, of_properties, has_path[n])
        if references:
            parts += references * 2
        drawn = draw(st.lists(st.one_of(*parts), min_size=1, max_size=3, unique_by=lambda x: x.split()[0]))
        body = ["a sh:PropertyShape" if has_path[n] else "a sh:NodeShape"]
        if has_path[n]:
            body.append(f"sh:path {draw(paths())}")
        if n == 0 or draw(st.integers(0, 3)) == 0:
            body += draw(targets(literals))
        if draw(st.integers(0, 9)) == 0:
            body.append("a rdfs:Class")
        if draw(st.integers(0, 9)) == 0:
            body.append(draw(st.sampled_from(("sh:deactivated true", "sh:deactivated false"))))
        if draw(st.integers(0, 3)) == 0:
            body.append(draw(st.sampled_from(("sh:severity sh:Warning", "sh:severity sh:Info", "sh:severity e:Grave"))))
        if draw(st.integers(0, 3)) == 0:
            body.append(f'sh:message "message {n}"@en')
        texts.append(f"e:s{n} {' ; '.join(body + drawn)} .\n")
    return "".join(texts)


# ---- SHACL-SPARQL

DECLARED = 'e:prefixes sh:declare [ sh:prefix "e" ; sh:namespace "http://e/"^^xsd:anyURI ] .\n'

QUERIES = (
    "SELECT $this ?value WHERE {{ $this {0} ?value . FILTER (!isIRI(?value)) }}",
    "SELECT $this WHERE {{ OPTIONAL {{ $this {0} ?x }} FILTER (!BOUND(?x)) }}",
    "SELECT $this WHERE {{ OPTIONAL {{ $this {0} ?x . OPTIONAL {{ ?x {1} ?y }} }} FILTER (!BOUND(?y)) }}",
    "SELECT DISTINCT $this WHERE {{ OPTIONAL {{ ?x {0} ?y FILTER (sameTerm(?y, $this)) }} FILTER (!BOUND(?x)) }}",
    "SELECT $this ?value WHERE {{ {{ $this {0} ?value }} UNION {{ ?value {1} $this }} FILTER NOT EXISTS {{ ?value {2} ?x }} }}",
    "SELECT $this WHERE {{ {{ FILTER (isBlank($this)) }} UNION {{ $this {0} ?x }} }}",
    "SELECT $this WHERE {{ {{ ?x {0} ?y FILTER (sameTerm(?y, $this)) }} UNION {{ $this {1} ?x }} }}",
    "SELECT $this WHERE {{ $this {0} ?x {{ ?x {1} ?y }} UNION {{ ?y {1} ?x FILTER (!sameTerm(?y, $this)) }} }}",
    "SELECT $this WHERE {{ FILTER EXISTS {{ $this {0}/{1} ?x }} }}",
    "SELECT $this WHERE {{ FILTER NOT EXISTS {{ ?x {0} ?y FILTER (sameTerm(?y, $this)) }} }}",
    "SELECT $this WHERE {{ FILTER NOT EXISTS {{ {{ $this {0} ?x }} UNION {{ ?x {1} $this }} }} }}",
    "SELECT $this ?value WHERE {{ $this {0} ?value . FILTER EXISTS {{ ?value {1} ?x OPTIONAL {{ ?x {2} ?z FILTER (sameTerm(?z, $this)) }} FILTER (!BOUND(?z)) }} }}",
    "SELECT $this ?value WHERE {{ {{ SELECT $this (COUNT(?x) AS ?value) WHERE {{ $this {0} ?x }} GROUP BY $this HAVING (COUNT(?x) > 1) }} }}",
    "SELECT $this ?value WHERE {{ {{ SELECT $this (COUNT(?x) AS ?value) {{ ?x {0} ?y FILTER (sameTerm(?y, $this)) }} GROUP BY $this }} }}",
    "SELECT $this WHERE {{ OPTIONAL {{ SELECT $this (COUNT(?x) AS ?n) WHERE {{ $this {0} ?x }} GROUP BY $this }} FILTER (COALESCE(?n, 0) < 2) }}",
    "SELECT $this ?value WHERE {{ $this {0} ?value {{ SELECT $this (COUNT(?x) AS ?n) WHERE {{ ?x {1} $this }} GROUP BY $this }} FILTER (?n > 0) }}",
    "SELECT $this WHERE {{ $this {0} ?x }} GROUP BY $this HAVING (COUNT(?x) > 1)",
    "SELECT $this (MIN(STR(?x)) AS ?value) WHERE {{ $this {0} ?x FILTER (isIRI(?x)) }} GROUP BY $this",
    "SELECT $this ?value WHERE {{ $this ({0}|^{1})+ ?value . ?value {2}? ?x FILTER (!sameTerm(?x, $this)) }}",
    "SELECT DISTINCT $this ?value WHERE {{ $this {0}* ?value . FILTER NOT EXISTS {{ ?value {1} ?x }} ?value {2} ?any }}",
    "SELECT DISTINCT $this ?value ?path WHERE {{ $this ?path ?value . FILTER (isBlank(?value)) }}",
    "SELECT $this ?value WHERE {{ $this {0} ?x . BIND (STR(?x) AS ?value) FILTER (STRLEN(?value) > 3) }}",
    "SELECT $this ?value WHERE {{ BIND (STR($this) AS ?value) FILTER (STRENDS(?value, 'a')) ?class a ?any }}",
    "SELECT $this ?value WHERE {{ $this {0} ?value FILTER (!isBlank(?value) && STR(?value) != '$this') }} # $this",
    "SELECT $this WHERE {{ FILTER (isIRI($this)) {{ ?x {0} ?y FILTER (sameTerm(?y, $this)) }} }}",
    "SELECT DISTINCT $this WHERE {{ OPTIONAL {{ ?x {0} ?y OPTIONAL {{ ?y {1} ?z FILTER (sameTerm(?z, $this)) }} }} FILTER (!BOUND(?z)) }}",
)
PATH_QUERIES = (
    "SELECT DISTINCT $this ?value WHERE {{ $this $PATH ?value . FILTER (isLiteral(?value) && LANG(?value) = '') }}",
    "SELECT $this WHERE {{ $this $PATH ?x }} GROUP BY $this HAVING (COUNT(DISTINCT ?x) > 1)",
    "SELECT DISTINCT $this ?value WHERE {{ $this $PATH ?value . ?value {0} ?x OPTIONAL {{ $this ($PATH)/{1} ?z }} FILTER (!BOUND(?z)) }}",
    "SELECT DISTINCT $this ?value WHERE {{ $this $PATH ?value FILTER NOT EXISTS {{ ?value $PATH $this }} }}",
)

_STEP_ON_STEP = re.compile(r"Path \[ sh:(?!alternative)")
TRUTHY = tuple(x for x in LITERALS if x != '""')
PORTABLE = tuple(x for x in TRUTHY if x not in ('"x"^^xsd:integer', '"2020-02-30"^^xsd:date'))
"""Literals on which the engines agree: rdflib orders ill-typed ones as text (the gate refuses them)."""


@st.composite
def sparql_shapes_graphs(draw: DrawFn) -> str:
    """One or two shapes, each with one or two SPARQL constraints."""
    texts = [DECLARED]
    for n in range(draw(st.integers(1, 2))):
        has_path = draw(st.booleans())
        body = [f"sh:path {draw(paths().filter(lambda x: not _STEP_ON_STEP.search(x)))}"] if has_path else []
        body += draw(targets(TRUTHY))
        if draw(st.booleans()):
            body.append("sh:severity sh:Warning")
        for _ in range(draw(st.integers(1, 2))):
            query = draw(st.sampled_from(PATH_QUERIES + QUERIES[::3] if has_path else QUERIES))
            text = query.format(*(draw(st.sampled_from(PREDICATES)) for _ in range(3)))
            off = draw(st.sampled_from(("", "", "", "", " ; sh:deactivated true")))
            body.append(f'sh:sparql [ sh:prefixes e:prefixes ; sh:select """{text}"""{off} ]')
        texts.append(f"e:s{n} a sh:{'Property' if has_path else 'Node'}Shape ; {' ; '.join(body)} .\n")
    return "".join(texts)


# ---- pySHACL's departures from the specification


def compared(one: object, other: object) -> int | None:
    """Two rdflib literals by SPARQL's `<` and `=` (section 17.3, and dates likewise): -1, 0, 1, or None for an error."""
    if isinstance(one, rdflib.Literal) and one == other and not one.language:
        return 0  # engines extend `<=` so that a literal is never greater than itself (section 17.3.1 allows it)
    kinds = [_comparable(x) for x in (one, other)]
    if kinds[0] is None or kinds[1] is None or kinds[0][0] != kinds[1][0]:
        return None
    first, second = kinds[0][1], kinds[1][1]
    return (first > second) - (first < second)


def _comparable(term: object) -> tuple[str, Any] | None:
    if not isinstance(term, rdflib.Literal) or term.language or term.ill_typed:
        return None
    kind = str(term.datatype or XSD + "string").removeprefix(XSD)
    if kind in INTEGERS or kind in ("decimal", "double", "float"):
        number = Decimal(str(term))
        return None if number.is_nan() else ("number", number)
    if kind in ("string", "boolean", "date", "dateTime"):
        return kind, str(term)  # all in one form here: four-digit years, UTC
    return None


def _compare_literal(one: Any, other: Any) -> int:
    order = compared(one, other)
    if order is None:
        raise TypeError("the two cannot be compared")
    return order


def _pairs(
    self: Any, values: Any, others: Any, graph: Any, focus: Any, allowed: tuple[int, ...]
) -> tuple[bool, list[Any]]:
    found = [
        self.make_v_result(graph, focus, value_node=v) for v in values for o in others if compared(v, o) not in allowed
    ]
    return bool(found), found


def _each_row(_: Any, query: str, bindings: Any, graph: Any) -> list[tuple[Any, ...]]:
    rows = [dict(r.asdict()) for r in graph.query(query, initBindings=bindings)]
    return [(row.pop("this", None), row.pop("path", None), row.pop("value", None), row) for row in rows]


_repeated = MulPath.eval


def _once(self: MulPath, graph: Any, subj: Any = None, obj: Any = None) -> Iterator[Any]:
    """SPARQL 1.1, section 18.4: `?`, `*` and `+` give each pair of nodes once; rdflib repeats some."""
    return iter(dict.fromkeys(_repeated(self, graph, subj, obj)))


@contextmanager
def corrected() -> Iterator[None]:
    """pySHACL with what DEVIATIONS in `test_differential.py` names set right, each by the text of the specification."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranges, "compare_literal", _compare_literal)
        patch.setattr(pairs.LessThanConstraintComponent, "_compare_lt", partialmethod(_pairs, allowed=(-1,)))
        patch.setattr(
            pairs.LessThanOrEqualsConstraintComponent, "_compare_ltoe", partialmethod(_pairs, allowed=(-1, 0))
        )
        patch.setattr(SPARQLBasedConstraint, "_validate_sparql_query", _each_row)
        patch.setattr(MulPath, "eval", _once)
        yield
