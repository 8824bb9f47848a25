"""The guard: what may be asked, on the tokens of the query and not on its letters."""

from __future__ import annotations

import pytest
from rdflib.plugins.sparql.parser import parseQuery

from kgtools import InputError
from kgtools.sparql.policy import Policy, check
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
