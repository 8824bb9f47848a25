"""The query policy: what may be asked, on the tokens of the query and not on its letters."""

from __future__ import annotations

import os
import time

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.plugins.sparql.parser import parseQuery

from kgtools import InputError, ask, bind, questions
from kgtools.question import query_of
from kgtools.sparql.policy import Policy, check, read, read_bound
from kgtools.sparql.prefixes import with_prefixes

REFUSED = {
    "SELECT * { SERVICE <http://h/> { ?s ?p ?o } }": "SERVICE <http://h/> is refused",
    "SELECT * { service silent ?h { ?s ?p ?o } }": "SERVICE <> is refused",
    "SELECT * { \\u0053ERVICE <http://h/> { ?s ?p ?o } }": "SERVICE",
    "SELECT * FROM <file:///etc/hosts> { ?s ?p ?o }": "FROM is refused",
    "SELECT * FROM NAMED <http://h/> { ?s ?p ?o }": "FROM is refused",
    "LOAD <http://h/>": "LOAD is an update",
    "INSERT DATA { <a:a> <a:b> 1 }": "INSERT is an update",
    "PREFIX a: <a:> DELETE WHERE { ?s ?p ?o }": "DELETE is an update",
    "ASK " + "{" * 3_000 + "}" * 3_000: "nested more than 100 deep",
    "ASK { FILTER (" + "(" * 3_000 + "1" + ")" * 3_000 + ") }": "nested more than 100 deep",
    "ASK { FILTER (" + "!" * 10_000 + "true) }": "more than 500 operators",
    "ASK { ?s ?p ?o }" + " " * 1_000_001: "over the limit",
    "hello": "neither SELECT",
}
ALLOWED = [
    'SELECT ?s { ?s ?p "SERVICE <http://h/> { }" } # SERVICE FROM LOAD',
    "PREFIX from: <http://service/> SELECT ?s { ?s from:load ?service . ?s <http://x/FROM> '''DELETE''' }",
    "SELECT ?from { ?from ?load ?o FILTER (?o<?load) }",
    'SELECT * { ?s ?p "a\\"} SERVICE <x:y> {"@en }',
]


@pytest.mark.parametrize("query", REFUSED, ids=lambda q: q[:40])
def test_refused(query):
    with pytest.raises(InputError, match=REFUSED[query]):
        check(query)


@pytest.mark.parametrize("query", ALLOWED)
def test_allowed_and_really_sparql(query):
    assert check(query) == "SELECT"
    parseQuery(query)


def test_a_named_host_may_be_asked():
    assert (
        check("SELECT * { SERVICE <http://h/> { ?s ?p ?o } }", policy=Policy(services=frozenset({"http://h/"})))
        == "SELECT"
    )


def test_prefixes_are_added_once_and_only_if_used():
    text = with_prefixes("PREFIX id: <http://mine/> SELECT ?s { ?s a ipp:Nation ; ?p id:x }")
    assert text.startswith("PREFIX ipp: <https://w3id.org/indopacific/ns#> PREFIX id: <http://mine/>")
    assert text.count("PREFIX") == 2


H = "<http://h/>"
DISGUISED = {
    "a trailing dot": "PREFIX e: <x:> SELECT * { ?s a e:.SERVICE <http://h/> { ?a ?b ?c } }",
    "glued to SILENT": "SELECT * { SERVICESILENT <http://h/> { ?a ?b ?c } }",
    "glued to true": "SELECT * { ?s ?p trueSERVICE <http://h/> { ?a ?b ?c } }",
    "glued to a number": "SELECT * { ?s ?p 1.SERVICE <http://h/> { ?a ?b ?c } }",
    "glued to an exponent": "SELECT * { ?s ?p 1e0SERVICE <http://h/> { ?a ?b ?c } }",
    "FROM glued to NAMED": "SELECT * FROMNAMED <http://h/> { ?s ?p ?o }",
    "escaped": "SELECT * { SERV\\u0049CE <http://h/> { ?a ?b ?c } }",
    "a carriage return that ends a comment": "SELECT * { # x\rSERVICE <http://h/> { ?a ?b ?c }\n }",
}


@pytest.mark.parametrize("query", DISGUISED.values(), ids=DISGUISED)
def test_a_disguise_is_seen_through(query):
    with pytest.raises(InputError):
        check(query)


# Oxigraph asks the host in each of these as they stand; what it is given instead asks nobody.
SWALLOWED = {
    "in a name, before the colon": "PREFIX : <http://h/> PREFIX SERVICE: <x:> SELECT * { SERVICE:x { ?a ?b ?c } }",
    "in a name that makes no IRI": "PREFIX e: <http://h:> SELECT * { ?s a e:SERVICE SILENT <http://h/> { ?a ?b ?c } }",
    "between < and >": "PREFIX : <http://h/> SELECT * { BIND (1 AS ?a) FILTER (?a<1)SERVICE#c>\n :x { ?d ?b ?c } }",
}


@pytest.mark.parametrize("query", SWALLOWED.values(), ids=SWALLOWED)
def test_what_an_engine_is_given_cannot_be_read_otherwise(query):
    ox.Store().query(query)
    try:
        given = read(query).text
    except InputError:
        return
    with pytest.raises(SyntaxError):
        ox.Store().query(given)


MANY = {
    "OPTIONAL": lambda n: "SELECT * { " + "OPTIONAL { ?s ?p ?o } " * n + "}",
    "BIND": lambda n: "SELECT * { " + " ".join(f"BIND (1 AS ?b{i})" for i in range(n)) + " }",
    "FILTER": lambda n: "SELECT * { ?s ?p ?o " + "FILTER (?s) " * n + "}",
    "MINUS": lambda n: "SELECT * { ?s ?p ?o " + "MINUS { ?s ?p 1 } " * n + "}",
    "EXISTS": lambda n: "SELECT * { ?s ?p ?o " + "FILTER EXISTS { ?s ?p 1 } " * n + "}",
    "GRAPH": lambda n: "SELECT * { " + "GRAPH ?g { ?s ?p ?o } " * n + "}",
    "UNION": lambda n: "SELECT * { { ?s ?p ?o } " + "UNION { ?s ?p ?o } " * n + "}",
    "VALUES": lambda n: "SELECT * { ?s ?p ?o " + "VALUES ?s { 1 } " * n + "}",
    "columns": lambda n: "SELECT " + " ".join(f"(1 AS ?x{i})" for i in range(n)) + " { ?s ?p ?o }",
    "patterns": lambda n: "SELECT * { " + "?s ?p ?o . " * n + "}",
    "objects": lambda n: "SELECT * { ?s ?p ?o" + " , ?o" * 3 * n + " }",
    "semicolons": lambda n: "SELECT * { ?s ?p ?o " + "; ?p ?o " * n + "}",
    "a list": lambda n: "SELECT * { ?s ?p ( " + "1 " * 4 * n + ") }",
    "ORDER BY": lambda n: "SELECT * { ?s ?p ?o } ORDER BY " + "?s " * 4 * n,
    "IN": lambda n: "SELECT * { ?s ?p ?o FILTER (?s IN (1" + ",1" * 10 * n + ")) }",
    "a path": lambda n: "SELECT * { ?s <x:p>" + "/<x:p>" * n + " ?o }",
    "a sum": lambda n: "SELECT * { ?s ?p ?o FILTER (1" + "+1" * n + ") }",
}


@pytest.mark.parametrize("many", MANY.values(), ids=MANY)
def test_there_is_a_limit_far_below_what_kills_the_engine(many):
    check(many(20))
    with pytest.raises(InputError, match="more than"):
        check(many(2_000))


def test_reading_takes_time_in_proportion_to_the_text():
    def seconds(n: int) -> float:
        started = time.process_time()
        with pytest.raises(InputError, match="not closed"):
            check('SELECT * { ?s ?p "' + '\\"' * n)
        return time.process_time() - started

    assert seconds(400_000) < 100 * max(seconds(40_000), 0.01)


PIECES = st.sampled_from(
    [
        "?s",
        "?p",
        "e:a",
        "e:a.b",
        "e:",
        ":x",
        "<http://h/>",
        "SERVICE",
        "SILENT",
        "FROM",
        "NAMED",
        "true",
        "1",
        "1.",
        "1e0",
        "-1",
        "'a'",
        '"b"',
        "@en",
        "^^",
        "_:b",
        "_:b.c",
        ".",
        ";",
        ",",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "*",
        "+",
        "?",
        "/",
        "|",
        "<",
        ">",
        "#",
        "\\n",
        "\\r",
        " ",
        "FILTER",
        "BIND",
        "AS",
        "OPTIONAL",
        "a",
        "=",
        "\\\\",
        "\\u0053",
        "VALUES",
        "service",
        "$",
    ]
)


@settings(max_examples=int(os.environ.get("KG_FUZZ", "300")), deadline=None)
@given(st.lists(PIECES, max_size=14), st.sampled_from(["", " "]))
def test_two_parsers_read_the_given_text_as_the_policy_does(pieces, between):
    """Whatever is let through names no host, for Oxigraph and for rdflib: each is asked for the hosts it sees."""
    text = "PREFIX e: <http://e/> PREFIX : <http://c/> SELECT * { ?s ?p ?o " + between.join(pieces) + " }"
    try:
        given = read(text).text
    except InputError:
        return
    words = [w.upper() for w in given.split()]
    assert "SERVICE" not in words and "FROM" not in words
    try:
        ox.Store().query(given)
    except SyntaxError:
        return
    assert "Service" not in str(parseQuery(given)) if "'" not in given and '"' not in given else True


@pytest.mark.parametrize("engine", ["oxigraph", "rdflib"])
@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT * { ?s ?p ?o }", ("s", "p", "o")),
        ("select distinct * { ?z <x:p> $b . ?b <x:q> ?a }", ("z", "b", "a")),
        ("BASE <x:> SELECT REDUCED * { ?z a ?k }", ("z", "k")),
        ("# ?a\nSELECT * { ?z ?y '?b' OPTIONAL { ?z <x:p> ?a } }", ("z", "y", "a")),
        ("SELECT * { { SELECT ?b (COUNT(?x) AS ?n) { ?x ?a ?b } GROUP BY ?b } ?b <x:p>? ?a }", ("b", "n", "a")),
        ("SELECT ?o ?s { ?s ?p ?o }", ("o", "s")),
        ("SELECT (STR(?b) AS ?z) ?b { ?b ?p ?o }", ("z", "b")),
    ],
)
def test_columns_come_in_the_order_of_the_query(engine, query, columns, load_text):
    graph = load_text("<x:z> <x:p> <x:b> . <x:b> <x:q> 1 . <x:z> a <x:k> .")
    assert ask(graph.engine(engine, entailed=False), query).columns == columns


def test_a_variable_out_of_scope_is_no_column(load_text):
    query = "SELECT * { ?z ?y ?b FILTER NOT EXISTS { ?hidden ?y ?a } OPTIONAL { ?z <x:p> ?c } }"
    assert ask(load_text("").engine(), query).columns == ("z", "y", "b", "c")


@pytest.mark.parametrize("engine", ["oxigraph", "rdflib"])
def test_values_stand_in_their_columns(engine, load_text):
    answer = ask(load_text("<x:s> <x:p> <x:o> .").engine(engine, entailed=False), "SELECT * { ?s <x:p> ?o }")
    assert [[str(t) for t in row] for row in answer.rows] == [["<x:s>", "<x:o>"]]


AWKWARD = ["x", "", 'a"b', "a\nb\\", "\\u0041", "}", "?o", "# no", "VALUES ?x { 1 }", "\u00e9\U0001f600", "*"]


@pytest.mark.parametrize(
    "text",
    [
        "#+ param: x string a x\nSELECT * { VALUES ?x { 'a' } ?s ?p ?x }",
        "#+ param: x string a x\nPREFIX e: <x:>\nSELECT ?s { ?s e:p ?x VALUES ?x{UNDEF}{ VALUES ?x { 'a' 'b' } } }",
        "#+ param: x string a x\nBASE <x:> ASK { ?s <p> '\\u0041' VALUES ?x { 'a' } }",
        "#+ param: x string a x\nASK { VALUES ?x { 'a' } ?s <x:\\u0041> ?x }",
        "#+ param: x string a x\nASK { VALUES ?x { 'a' } # }\n { VALUES ?\\u0078 { 'b' } ?s ?p ?x } }",
    ],
)
@pytest.mark.parametrize("value", AWKWARD)
def test_a_bound_question_is_read_as_its_whole_text_would_be(text, value):
    bound = bind(query_of(text), {"x": value})
    quick, whole = read_bound(bound, bound.template, bound.edits), read(str(bound))
    assert quick == whole
    assert [quick.place(n) for n in range(1, len(whole.text), 7)] == [
        whole.place(n) for n in range(1, len(whole.text), 7)
    ]


def test_every_bundled_question_is_read_bound_as_whole():
    given = {"iri": "jpn", "date": "2024-02-29", "integer": "7", "string": "'\"", "any": "*"}
    for question in questions().values():
        for one in (*question.parameters, None):
            values = {p.name: "*" if p is one else given[p.type] for p in question.parameters}
            bound = bind(question, values)
            assert read_bound(bound, bound.template, bound.edits) == read(str(bound))


def test_a_bound_question_is_as_long_as_any_may_be(load_text):
    bound = bind(query_of("#+ param: x string a x\nASK { VALUES ?x { 'a' } }"), {"x": "a" * 1_000_000})
    with pytest.raises(InputError, match="is over the limit of 1,000,000"):
        ask(load_text("").engine(), bound)


def test_another_policy_reads_a_bound_question_anew(load_text):
    bound = bind(query_of("#+ param: x string a x\nASK { VALUES ?x { 'a' } ?s ?p ?x }"), {"x": "b"})
    with pytest.raises(InputError, match="more than 0 clauses"):
        ask(load_text("").engine(), bound, policy=Policy(clauses=0))
