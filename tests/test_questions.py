"""Every question runs on both engines with the same rows; pinned answers are read against data and sources."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import chain

import pytest
from conftest import ROOT
from pinned import PINNED, comparable
from server import put, running

from kgtools import EngineError, InputError, LimitError, ask, bind, query, questions
from kgtools.question import Question, read_question
from kgtools.sparql.endpoint import EndpointEngine
from kgtools.sparql.prefixes import with_prefixes

QUESTIONS = questions()


@pytest.fixture(scope="module")
def reference(core):
    return core.engine("rdflib")


@pytest.mark.parametrize("name", QUESTIONS)
def test_same_rows_on_both_engines(name, core, reference):
    question = QUESTIONS[name]
    one, other = ask(core.engine(), question.text, name=name), ask(reference, question.text, name=name)
    assert one.columns == other.columns == tuple(c for c, _ in question.columns)
    assert Counter(map(str, one.to_dicts())) == Counter(map(str, other.to_dicts()))


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_example_is_a_call_of_the_question(name):
    words = QUESTIONS[name].example.split(maxsplit=3)
    assert words[:3] == ["kgtools", "query", name]
    given = dict(w.split("=", 1) for w in (words[3].split() if len(words) > 3 else []))
    bind(QUESTIONS[name], given)


@pytest.mark.parametrize("call", PINNED)
def test_pinned_answer(call, graph):
    name, *given = call.split()
    columns, expected = PINNED[call]
    answer = ask(graph.engine(), bind(QUESTIONS[name], dict(g.split("=", 1) for g in given)))
    rows = [tuple(row[c] for c in columns) for row in answer]
    assert comparable(name, rows, expected) == expected


def test_pinned_dates_of_the_strategic_dialogue(graph):
    """Days on which the ministries' own pages or the press of the day put these rounds."""
    rows = ask(graph.engine(), bind(QUESTIONS["hosting-alternation"], {"series": "ind-jpn-strategic-dialogue"}))
    found = {row["ordinal"]: (row["day"], row["host"]) for row in rows}
    expected = {
        1: (date(2007, 3, 22), "id:jpn"),
        5: (date(2011, 10, 29), "id:jpn"),
        7: (date(2013, 3, 26), "id:jpn"),
        8: (date(2015, 1, 17), "id:ind"),
        10: (date(2019, 1, 7), "id:ind"),
        14: (date(2022, 9, 8), "id:jpn"),
        15: (date(2023, 7, 27), "id:ind"),
        16: (date(2024, 3, 7), "id:jpn"),
        18: (date(2026, 1, 16), "id:ind"),
    }
    assert {n: found[n] for n in expected} == expected


def test_the_first_article_is_in_the_graph(graph):
    """The dialogues, the working group, the initiative, the plan and the leaders' meeting that it states."""
    rows = ask(
        graph.engine(),
        "SELECT ?x { ?x ipp:citation/ipp:source/ipp:url <https://gulfpress.net/india-japan-launch-ai-dialogue-jwg-on-critical-minerals> }",
    )
    cited = {row["x"] for row in rows}
    assert cited >= {
        "id:ind-jpn-ai-dialogue",
        "id:ind-jpn-critical-minerals-jwg",
        "id:ind-jpn-private-sector-dialogue",
        "id:ind-jpn-economic-security-initiative",
        "id:ind-jpn-economic-security-dialogue-2",
        "id:ind-jpn-leaders-meeting-2025-11-23",
        "id:ind-jpn-strategic-dialogue-18",
    }


def test_a_parameter_is_a_typed_term_and_never_text():
    nasty = 'x" } ; DELETE WHERE {?s ?p ?o } #'
    text = bind(QUESTIONS["find"], {"text": nasty})
    assert 'VALUES ?text { "x\\" } ; DELETE WHERE {?s ?p ?o } #" }' in text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"year": "soon"}, "'soon' is not a whole number"),
        ({"yaer": "2025"}, "has no parameter 'yaer'; it has year"),
    ],
)
def test_a_wrong_parameter(given, message):
    with pytest.raises(InputError, match=message):
        bind(QUESTIONS["mechanisms-in-year"], given)
    with pytest.raises(InputError, match="is not a date; write it as 2026-01-31"):
        bind(QUESTIONS["commitments-overdue"], {"date": "2026-02-30"})
    with pytest.raises(InputError, match="unknown prefix 'nope:'"):
        bind(QUESTIONS["who-led-round"], {"round": "nope:x"})


def test_a_question_without_header_is_refused(tmp_path):
    path = tmp_path / "bare.rq"
    path.write_text("SELECT ?s { ?s ?p ?o }")
    with pytest.raises(InputError, match="no '#\\+ summary:' line"):
        read_question(path)
    path.write_text("#+ summary: x\n#+ column: s y\n#+ param: p iri id:a b\nSELECT ?s { ?s ?p ?o }")
    with pytest.raises(InputError, match="no 'VALUES \\?p"):
        read_question(path)


def test_not_sparql_is_said(graph):
    with pytest.raises(InputError, match="not SPARQL"):
        ask(graph.engine(), "SELECT ?s WHERE { ?s ?p }")


@pytest.fixture(scope="module")
def server(graph):
    """A real Oxigraph server on loopback with the asserted data, ontology and entailed triples in it."""
    with running() as address:
        put(address, chain(graph.asserted(), graph.ontology(), graph.entailed()))
        yield f"{address}/query"


def test_an_endpoint_gives_the_same_answers(server, graph):
    engine = EndpointEngine(server, timeout=20)
    for name in ("mechanisms-in-year", "who-led-round", "coverage", "instruments-in-force", "find"):
        question: Question = QUESTIONS[name]
        here, there = ask(graph.engine(), question.text), ask(engine, question.text)
        assert (here.columns, here.rows) == (there.columns, there.rows), name
    assert engine.ask(with_prefixes("ASK { ?x a ipp:Round }"))
    assert list(engine.construct(with_prefixes("CONSTRUCT { id:jpn a ipp:Nation } WHERE { }")))


def test_an_endpoint_validates_like_the_store(server, graph):
    from kgtools.shacl.validate import validate as run
    from kgtools.validation import read_shapes

    shapes = read_shapes()
    here, there = run(graph.engine(), shapes), run(EndpointEngine(server, timeout=60), shapes)
    assert here.findings == there.findings
    assert here.focus_counts == there.focus_counts


def test_an_endpoint_that_fails_is_said(server):
    with pytest.raises(InputError, match="not SPARQL"):
        EndpointEngine(server, timeout=5).select("SELECT nonsense")
    with pytest.raises(EngineError, match="is the server running"):
        EndpointEngine("http://127.0.0.1:9/query", timeout=1).select("SELECT * { ?s ?p ?o }")
    with pytest.raises(InputError, match="starts with http"):
        EndpointEngine("file:///etc/hosts", timeout=1)


def test_a_deadline_stops_a_query(graph):
    from kgtools.sparql.workers import within

    with pytest.raises(LimitError, match=r"no answer within 0\.5 s"):
        within(0.5, lambda: graph.engine().select("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"))
    assert within(20, lambda: graph.engine().ask("ASK { ?s ?p ?o }")) is True
    with pytest.raises(InputError):
        within(20, lambda: ask(graph.engine(), "SELECT nonsense {"))


def test_one_call_asks_a_question_with_python_values(graph):
    answer = query(graph, "instruments-in-force", party="ind", date=date(2012, 1, 1))
    row = next(r for r in answer.named() if r.instrument == "id:ind-jpn-cepa-2011")
    assert (row.signed, row.inForce) == (date(2011, 2, 16), date(2011, 8, 1))
    wide = query(graph, "who-led-round", round="quad-foreign-ministers-meeting-10").to_dicts(labels=True)[0]
    assert (wide["party"], wide["partyLabel"]) == ("id:aus", "Australia")
    assert query(graph, "mechanisms-in-year", year=2024).rows == query(graph, "mechanisms-in-year", year="2024").rows


def test_one_call_takes_text_a_path_or_a_question(graph, tmp_path):
    text = "ASK { id:quad a ipp:Grouping }"
    path = tmp_path / "mine.rq"
    path.write_text(text, encoding="utf-8")
    assert query(graph, text).to_dicts() == query(graph, path).to_dicts() == [{"answer": True}]
    assert query(graph, QUESTIONS["coverage"]).rows
    assert len(query(graph, "CONSTRUCT { id:quad a ipp:Grouping } WHERE { }")) == 1


def test_a_question_infers_where_nobody_has(load_text):
    small = load_text("id:a a ipp:Round ; ipp:roundOf id:s . id:s a ipp:DialogueSeries .")
    assert query(small, "ASK { id:s ipp:hasRound id:a }").to_dicts() == [{"answer": True}]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"year": date(2024, 1, 1)},
            r"'year': datetime.date\(2024, 1, 1\) is a date; this parameter takes a whole number",
        ),
        ({"year": True}, "is a bool"),
        ({"year": 2.5}, "is a float"),
        ({"year": None}, "is a NoneType"),
        ({"year": "٢٠٢٤"}, "is not a whole number"),
    ],
)
def test_a_value_of_another_type_is_said(graph, given, message):
    with pytest.raises(InputError, match=message):
        query(graph, "mechanisms-in-year", **given)


@pytest.mark.parametrize(
    ("question", "message"),
    [("mechanism-in-year", "did you mean mechanisms-in-year"), (7, "not int"), ("SELECT", "not SPARQL")],
)
def test_a_question_that_is_none_is_said(graph, question, message):
    with pytest.raises(InputError, match=message):
        query(graph, question)


VIEWS = sorted(p.stem for p in (ROOT / "queries" / "views").glob("*.rq"))


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_bare_sparql_with_rows(name, graph):
    text = (ROOT / "queries" / "views" / f"{name}.rq").read_text(encoding="utf-8")
    assert graph.engine().select(text).rows
