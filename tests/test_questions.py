"""Every question runs on both engines with the same rows; pinned answers are read against data and sources."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import chain

import pytest
from server import put, running

from kgtools import EngineError, InputError, LimitError, ask, bind, questions
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


# Each was read against the data file and the sources that it cites; rows are given whole, in order.
PINNED: dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]] = {
    # CEPA: signed 16 February, in force 1 August 2011. Japan's trade ministry alone dates the signing the 15th (a claim).
    "instruments-in-force party=ind date=2012-01-01": (
        ("instrument", "signed", "inForce"),
        [("id:ind-jpn-cepa-2011", date(2011, 2, 16), date(2011, 8, 1))],
    ),
    # New Delhi, 16 January 2026: the article of the first day names no ministers; the press of the day does.
    "who-led-round round=ind-jpn-strategic-dialogue-18": (
        ("person", "officeName", "party"),
        [
            ("id:s-jaishankar", "Minister of External Affairs of India", "id:ind"),
            ("id:toshimitsu-motegi", "Minister for Foreign Affairs of Japan", "id:jpn"),
        ],
    ),
    # The joint press release of 22 March 2007 says that the ministers initiated the dialogue that day.
    "who-led-round round=ind-jpn-strategic-dialogue-1": (
        ("person", "party"),
        [("id:pranab-mukherjee", "id:ind"), ("id:taro-aso", "id:jpn")],
    ),
    # Manila, 8 July 2024: the joint press release of the Philippine side and Japan's ministry name the same four.
    "who-led-round round=jpn-phl-two-plus-two-2": (
        ("person", "party"),
        [
            ("id:minoru-kihara", "id:jpn"),
            ("id:yoko-kamikawa", "id:jpn"),
            ("id:enrique-manalo", "id:phl"),
            ("id:gilberto-teodoro", "id:phl"),
        ],
    ),
    # Washington, 1 July 2025.
    "who-led-round round=quad-foreign-ministers-meeting-10": (
        ("person", "party"),
        [
            ("id:penny-wong", "id:aus"),
            ("id:s-jaishankar", "id:ind"),
            ("id:takeshi-iwaya", "id:jpn"),
            ("id:marco-rubio", "id:usa"),
        ],
    ),
    # Signed in Manila on the day of that meeting; in force thirty days after the exchange of notes of August 2025.
    "instruments-in-force party=phl date=2025-12-31": (
        ("instrument", "signed", "inForce"),
        [("id:jpn-phl-reciprocal-access-agreement-2024", date(2024, 7, 8), date(2025, 9, 11))],
    ),
    # Launched or announced in Johannesburg, Tokyo and New Delhi; no source shows the private-sector dialogue to have met.
    "commitments-overdue date=2026-07-15": (
        ("commitment", "due", "obligor"),
        [
            ("id:ind-jpn-strategic-dialogue-18-private-sector-dialogue", date(2026, 3, 31), "id:ind"),
            ("id:ind-jpn-strategic-dialogue-18-private-sector-dialogue", date(2026, 3, 31), "id:jpn"),
            ("id:ind-jpn-strategic-dialogue-18-economic-security-dialogue-2", date(2026, 6, 30), "id:ind"),
            ("id:ind-jpn-strategic-dialogue-18-economic-security-dialogue-2", date(2026, 6, 30), "id:jpn"),
        ],
    ),
}


GROWING = {
    "commitments-overdue",
    "instruments-in-force",
}  # gains rows with the data: the pinned ones must be among them, in this order


@pytest.mark.parametrize("call", PINNED)
def test_pinned_answer(call, graph):
    name, *given = call.split()
    columns, expected = PINNED[call]
    answer = ask(graph.engine(), bind(QUESTIONS[name], dict(g.split("=", 1) for g in given)))
    rows = [tuple(row[c] for c in columns) for row in answer]
    if name in GROWING:
        rows = [row for row in rows if row in expected]
    assert rows == expected


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
