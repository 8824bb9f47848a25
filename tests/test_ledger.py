"""The promise ledger: the questions against a slow, obvious reference; its commands on an invented story."""

from __future__ import annotations

import json
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgtools import DataError, InputError, ask, bind, due, follow_through, load, questions, story
from kgtools.records.ledger import tallies_to_text

QUESTIONS = questions()
HEAD = """@prefix code: <https://w3id.org/indopacific/code/> .
@prefix id: <https://w3id.org/indopacific/id/> .
@prefix ipp: <https://w3id.org/indopacific/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/indopacific/dataset/indopacific> a void:Dataset ; ipp:asOf "2026-12-01"^^xsd:date .
id:ind a ipp:Nation ; ipp:partyCode "IND" . id:jpn a ipp:Nation ; ipp:partyCode "JPN" .
"""
WEIGHT = ["open", "postponed", "partly-fulfilled", "lapsed", "withdrawn", "superseded", "fulfilled"]
MONTHS = {"annual": 12, "biennial": 24, "twice-yearly": 6, "quarterly": 3, "monthly": 1}


@dataclass(frozen=True)
class Change:
    """A change of status: to what, within which days it came, and the new last day of a postponement."""

    to: str
    first: date
    last: date
    new_end: date | None = None


@dataclass(frozen=True)
class Made:
    """A promise: when made, its window, how often, and its changes of status."""

    made: date
    start: date | None
    end: date | None
    every: str | None
    changes: tuple[Change, ...]


def turtle(promises: list[Made]) -> str:
    text = HEAD

    def day(name: str, value: date | None) -> str:
        return f' ; ipp:{name} "{value}"^^xsd:date' if value else ""

    for n, p in enumerate(promises):
        text += (
            f"id:talks-{n} a ipp:Round ; ipp:roundOf id:talks ; ipp:hasOutcome id:p-{n}{day('startDate', p.made)} .\n"
        )
        text += f'id:p-{n} a ipp:Commitment ; rdfs:label "Promise {n}"@en ; ipp:obligor id:ind , id:jpn{day("dueStart", p.start)}{day("dueEnd", p.end)}'
        text += f" ; ipp:recurrence code:{p.every} .\n" if p.every else " .\n"
        for m, c in enumerate(p.changes):
            when = (
                day("changedOn", c.first)
                if c.first == c.last
                else day("windowStart", c.first) + day("windowEnd", c.last)
            )
            text += f"id:p-{n}-{m} a ipp:StatusChange ; ipp:statusChangeOf id:p-{n} ; ipp:toStatus code:{c.to}{when}{day('dueEnd', c.new_end)} .\n"
    return text


def periods(p: Made, on: date) -> list[tuple[date, date, date | None]]:
    """Each calendar period that had begun: first day, first day after it, the day on which it was kept."""
    length = MONTHS[p.every or "annual"]
    origin = p.start or p.made
    stopped = min((c.last for c in p.changes if c.to in ("superseded", "withdrawn", "lapsed")), default=date.max)
    out = []
    first_year = origin.year if p.start else origin.year + 1
    start = date(first_year if p.every == "biennial" else origin.year, 1, 1)
    while start <= on and start <= (p.end or date.max) and start <= stopped:
        months = start.year * 12 + start.month - 1 + length
        following = date(months // 12, months % 12 + 1, 1)
        if following > origin if p.start else start > origin:
            kept = [c.first for c in p.changes if c.to == "fulfilled" and c.last <= on and start <= c.first < following]
            out.append((start, following, min(kept, default=None)))
        start = following
    return out


def became(p: Made, on: date) -> tuple[str, int | None]:
    """What became of a promise by a day, told step by step."""
    known = sorted((c for c in p.changes if c.last <= on), key=lambda c: (c.last, WEIGHT.index(c.to)))
    last = known[-1] if known else None
    if last and last.to == "partly-fulfilled":
        return "partly", None
    if last and last.to in ("superseded", "withdrawn", "lapsed"):
        return last.to, None
    if p.every:
        judged = [(kept is not None) for _, following, kept in periods(p, on) if kept or following <= on]
        if not judged:
            return "open", None
        return ("kept" if all(judged) else "partly" if any(judged) else "due-passed"), None
    if last and last.to == "fulfilled":
        late = (last.first - p.end).days if p.end and last.first > p.end else None
        return ("kept-late" if late else "kept"), late
    if last and last.to == "postponed":
        return ("due-passed" if last.new_end and last.new_end < on else "postponed"), None
    if p.end and p.end < on:
        return "due-passed", None
    return ("due" if p.end and (p.start or p.made) <= on else "open"), None


def block(name: str, first: str, last: str) -> str:
    """A part of a question's text, without regard to white space."""
    words = " ".join(QUESTIONS[name].text.split())
    start = words.index(first)
    return words[start : words.index(last, start)]


def test_the_questions_share_one_text():
    """Each file runs alone on any engine, so the computation stands in each of them: it must be the same."""
    fate = {
        block(n, "# What became of each promise", "AS ?fate) } }")
        for n in ("promises", "follow-through", "pair-promises", "grouping-promises")
    }
    assert len(fate) == 1
    names = ("promises", "promise-periods")
    assert len({block(n, "# The calendar periods of each", "?known <= ?date) }") for n in names}) == 1


DAYS = st.dates(date(2015, 1, 1), date(2027, 12, 31))


@st.composite
def made(draw: st.DrawFn) -> Made:
    day = draw(st.dates(date(2015, 1, 1), date(2024, 12, 31)))
    later = st.integers(0, 1500).map(lambda n: day + timedelta(n))
    every = draw(st.sampled_from([None, None, None, *MONTHS]))
    end = draw(st.none() | later)
    start = draw(st.none() | later.filter(lambda d: end is None or d <= end)) if end or every else None
    changes = []
    for to in draw(st.lists(st.sampled_from(WEIGHT), max_size=4)):
        first = draw(later)
        last = date(first.year, first.month, monthrange(first.year, first.month)[1]) if draw(st.booleans()) else first
        changes.append(Change(to, first, last, draw(st.none() | later) if to == "postponed" else None))
    if len({(c.last, c.to) for c in changes}) < len(
        changes
    ):  # two changes to one status on one day: which one counts is open
        changes = changes[:1]
    return Made(day, start, end, every, tuple(changes))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(made(), min_size=1, max_size=12), DAYS)
def test_the_questions_agree_with_the_reference(tmp_path, promises, on):
    path = tmp_path / "ledger.ttl"
    path.write_text(turtle(promises), encoding="utf-8")
    graph = load(path)
    found = {p.promise: (p.fate, p.days_late) for p in due(graph, on=on).promises}
    assert found == {f"id:p-{n}": became(p, on) for n, p in enumerate(promises) if p.made <= on}
    rows = ask(graph.engine(), bind(QUESTIONS["promise-periods"], {"date": on})).to_dicts()
    got = {(r["promise"], r["start"]): (r["next"], r["on"]) for r in rows}
    assert got == {
        (f"id:p-{n}", start): (following, kept)
        for n, p in enumerate(promises)
        if p.every and p.made <= on
        for start, following, kept in periods(p, on)
    }


STORY = (
    HEAD
    + """
id:talks-1 a ipp:Round ; rdfs:label "First talks"@en ; ipp:roundOf id:talks ; ipp:startDate "2020-03-04"^^xsd:date ; ipp:hasOutcome id:kept , id:late , id:none , id:passed .
id:kept a ipp:Commitment ; rdfs:label "To meet"@en ; ipp:obligor id:ind , id:jpn ; ipp:dueEnd "2020-12-31"^^xsd:date ; ipp:dueText "in 2020" ; ipp:citation id:cit .
id:kept-1 a ipp:StatusChange ; ipp:statusChangeOf id:kept ; ipp:toStatus code:fulfilled ; ipp:changedOn "2020-12-31"^^xsd:date ; ipp:shownBy id:talks-2 ; ipp:citation id:cit .
id:talks-2 a ipp:Round ; rdfs:label "Second talks"@en ; ipp:startDate "2020-12-31"^^xsd:date .
id:late a ipp:Commitment ; rdfs:label "To lend"@en ; ipp:obligor id:jpn ; ipp:sector code:trade ; ipp:dueEnd "2020-12-31"^^xsd:date .
id:late-1 a ipp:StatusChange ; ipp:statusChangeOf id:late ; ipp:toStatus code:fulfilled ; ipp:changedOn "2021-03-01"^^xsd:date ; ipp:shownBy id:talks-2 .
id:none a ipp:Commitment ; rdfs:label "To think"@en ; ipp:obligor id:ind ; ipp:dueText "none given" .
id:passed a ipp:Commitment ; rdfs:label "To build"@en ; ipp:obligor id:ind ; ipp:dueEnd "2021-06-30"^^xsd:date ; ipp:checkedOn "2026-12-01"^^xsd:date .
id:cit a ipp:Citation ; ipp:source id:src ; ipp:supports ipp:obligor , ipp:dueEnd , ipp:toStatus .
id:src a ipp:Source ; ipp:url <https://example.org/talks> ; ipp:publisher "Example Press" ; ipp:sourceKind code:news .
"""
)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    path = Path(tmp_path_factory.mktemp("story")) / "story.ttl"
    path.write_text(STORY, encoding="utf-8")
    return load(path)


@pytest.mark.parametrize(
    ("filters", "promises"),
    [
        ({}, ["id:kept", "id:late", "id:none", "id:passed"]),
        ({"party": "JPN"}, ["id:kept", "id:late"]),
        ({"state": "kept-late"}, ["id:late"]),
        ({"sector": "trade"}, ["id:late"]),
        ({"series": "talks"}, ["id:kept", "id:late", "id:none", "id:passed"]),
        ({"on": date(2020, 3, 3)}, []),
    ],
)
def test_the_ledger_is_filtered(told, filters, promises):
    assert [p.promise for p in due(told, **filters).promises] == promises


def test_what_became_is_said_in_words(told):
    assert [p.became for p in due(told).promises] == [
        "kept, 2020-12-31",
        "kept 60 days late, 2021-03-01",
        "open",
        "window passed, no evidence found (looked 2026-12-01)",
    ]
    assert due(told, on=date(2022, 1, 1)).promises[3].became == "window passed, not looked for"
    assert due(told, on=date(2021, 6, 30)).promises[3].became == "in its window"


def test_a_story_tells_each_step_with_its_sources(told):
    found = story(told, "kept")
    assert [(str(s.day), s.step, s.text, len(s.sources)) for s in found.steps] == [
        ("2020-03-04", "made", "First talks", 1),
        ("2020-12-31", "due", "in 2020", 1),
        ("2020-12-31", "fulfilled", "Second talks", 1),
    ]
    assert "[1] Example Press, news" in str(found)
    assert json.loads(found.to_json())["promise"]["fate"] == "kept"
    assert all(len(line) <= 80 for line in str(due(told)).splitlines())


def test_follow_through_counts_by_party(told):
    ind, jpn = sorted(follow_through(told, by="party"), key=lambda t: t.group)
    assert (ind.group, ind.made, ind.kept, ind.late, ind.open, ind.passed, ind.score) == ("IND", 3, 1, 0, 1, 1, 1.0)
    assert (jpn.group, jpn.made, jpn.kept, jpn.late, jpn.days_late, jpn.score) == ("JPN", 2, 1, 1, 60.0, 0.5)
    assert ind.few and jpn.few
    assert all(len(line) <= 80 for line in tallies_to_text([ind, jpn]).splitlines())


def test_a_wrong_call_says_what_to_do(told):
    with pytest.raises(InputError, match="no state is called 'broken'; use one of kept"):
        due(told, state="broken")
    with pytest.raises(InputError, match="not counted by 'colour'; use one of party"):
        follow_through(told, by="colour")
    with pytest.raises(DataError, match="id:nothing: no promise made by 2026-12-01"):
        story(told, "nothing")


def test_the_tables_of_outcomes_carry_the_fates(told):
    import csv

    from kgtools.records.tables import table

    rows = list(csv.DictReader(table(told.engine(), "commitments").splitlines()))
    assert ",".join(rows[0]) == (
        "id,event,event_date,kind,summary,obligors,beneficiaries,due_start,due_end,due_text,recurrence,amount,unit,"
        "fate,fate_on,fate_by,days_late,checked_on,status_as_of,sources,sources_fate"
    )
    assert [(r["id"], r["fate"], r["fate_on"], r["fate_by"], r["days_late"]) for r in rows] == [
        ("kept", "kept", "2020-12-31", "talks-2", ""),
        ("late", "kept-late", "2021-03-01", "talks-2", "60"),
        ("none", "open", "", "", ""),
        ("passed", "due-passed", "", "", ""),
    ]
    assert (rows[0]["event"], rows[0]["event_date"], rows[0]["sources_fate"]) == (
        "talks-1",
        "2020-03-04",
        "https://example.org/talks",
    )
    assert table(told.engine(), "outcomes").splitlines()[1:] == table(told.engine(), "commitments").splitlines()[1:]
