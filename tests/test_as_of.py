"""The graph as of a day: what held, what was known, and what was planned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgtools import load
from kgtools.terms import expand, ipp, short

HEAD = """@prefix code: <https://w3id.org/indopacific/code/> .
@prefix id: <https://w3id.org/indopacific/id/> .
@prefix ipp: <https://w3id.org/indopacific/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/indopacific/dataset/indopacific> a void:Dataset ; ipp:asOf "2026-12-01"^^xsd:date .
"""
TALKS = (
    HEAD
    + """
id:talks-2 a ipp:Round ; ipp:status code:held ; ipp:statusAsOf "2025-06-02"^^xsd:date ; ipp:startDate "2025-06-01"^^xsd:date ; ipp:endDate "2025-06-02"^^xsd:date ;
  ipp:participation id:talks-2-asha ; ipp:hasOutcome id:talks-2-promise ; ipp:citation id:cit-plan , id:cit-news .
id:talks-2-asha a ipp:Participation ; ipp:person id:asha ; ipp:citation id:cit-news .
id:talks-2-promise a ipp:Commitment ; ipp:status code:fulfilled ; ipp:statusAsOf "2025-12-01"^^xsd:date ; ipp:obligor id:ind ; ipp:fulfilledBy id:talks-3 ; ipp:citation id:cit-news , id:cit-third .
id:talks-2-promise-1 a ipp:StatusChange ; ipp:statusChangeOf id:talks-2-promise ; ipp:toStatus code:fulfilled ; ipp:changedOn "2025-12-01"^^xsd:date ; ipp:shownBy id:talks-3 ; ipp:citation id:cit-third .
id:talks-3 a ipp:Round ; ipp:status code:held ; ipp:statusAsOf "2025-12-01"^^xsd:date ; ipp:startDate "2025-12-01"^^xsd:date ; ipp:endDate "2025-12-01"^^xsd:date ; ipp:citation id:cit-third .
id:surprise a ipp:Meeting ; ipp:status code:held ; ipp:startDate "2025-06-01"^^xsd:date ; ipp:endDate "2025-06-01"^^xsd:date ; ipp:citation id:cit-news .
id:cit-plan a ipp:Citation ; ipp:source id:plan ; ipp:supports ipp:startDate .
id:cit-news a ipp:Citation ; ipp:source id:news ; ipp:supports ipp:startDate , ipp:endDate , ipp:status , ipp:person , ipp:obligor .
id:cit-third a ipp:Citation ; ipp:source id:third ; ipp:supports ipp:startDate , ipp:endDate , ipp:status , ipp:fulfilledBy , ipp:toStatus , ipp:changedOn .
id:plan a ipp:Source ; ipp:datePublished "2025-05-20"^^xsd:date ; ipp:dateRead "2026-11-24"^^xsd:date .
id:news a ipp:Source ; ipp:datePublished "2025-06-03"^^xsd:date ; ipp:dateRead "2026-11-24"^^xsd:date .
id:third a ipp:Source ; ipp:dateRead "2026-11-24"^^xsd:date .
"""
)


@pytest.fixture
def talks(tmp_path):
    path = tmp_path / "talks.ttl"
    path.write_text(TALKS, encoding="utf-8")
    return load(path)


def said(graph, subject: str, name: str) -> set[str]:
    return {short(t.object) for t in graph.asserted(ipp(name)) if t.subject == expand(subject)}


@pytest.mark.parametrize(
    "axes",
    [
        {"valid": date(2025, 5, 31)},
        {"known": date(2025, 5, 31)},
        {"valid": date(2025, 5, 31), "known": date(2025, 5, 31)},
    ],
)
def test_a_round_is_planned_on_the_day_before_it_was_held(talks, axes):
    then = talks.as_of(**axes)
    assert said(then, "talks-2", "status") == {"code:scheduled"}
    assert said(then, "talks-2", "statusAsOf") == {"2025-05-20"}
    assert said(then, "talks-2", "windowStart") == {"2025-06-01"}
    assert said(then, "talks-2", "startDate") == said(then, "talks-2", "participation") == set()
    assert said(then, "surprise", "status") == said(then, "talks-2-promise", "status") == set()
    assert then.as_of_date() == "2025-05-31"
    assert talks.as_of_date() == "2026-12-01"


def test_on_its_day_it_is_held_and_its_promise_open(talks):
    then = talks.as_of(valid=date(2025, 6, 2))
    assert said(then, "talks-2", "status") == said(then, "surprise", "status") == {"code:held"}
    assert said(then, "talks-2-promise", "status") == {"code:open"}
    assert said(then, "talks-2-promise", "fulfilledBy") == set()
    assert said(then, "talks-3", "status") == {"code:scheduled"}, "the promise to hold it was made by then"


def test_an_undated_page_is_known_from_its_reading(talks):
    assert said(talks.as_of(known=date(2026, 11, 23)), "talks-3", "status") == set()
    assert said(talks.as_of(known=date(2026, 11, 23)), "talks-2-promise", "status") == {"code:open"}
    whole = talks.as_of(known=date(2026, 11, 24))
    assert said(whole, "talks-2-promise", "status") == {"code:fulfilled"}
    assert said(whole, "talks-2-promise", "fulfilledBy") == {"id:talks-3"}


DAYS = st.dates(date(2015, 1, 1), date(2026, 12, 31))
Bounds = tuple[date | None, date | None, date | None, date | None]


@st.composite
def tenure(draw: st.DrawFn) -> Bounds:
    """Not begun before, begun by, not ended before, ended by; some of them unknown."""
    first = draw(DAYS)
    days = [first]
    for _ in range(3):
        days.append(days[-1] + timedelta(draw(st.integers(0, 900))))
    keep = draw(st.tuples(*[st.booleans()] * 4))
    return tuple(d if k else None for d, k in zip(days, keep, strict=True))  # type: ignore[return-value]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(tenure(), min_size=1, max_size=10), DAYS)
def test_a_tenure_is_half_open(tmp_path, tenures, on):
    names = ("earliestStart", "latestStart", "earliestEnd", "latestEnd")
    text = HEAD + "".join(
        f"id:t-{n} a ipp:Tenure ; ipp:holder id:asha"
        + "".join(f' ; ipp:{k} "{d}"^^xsd:date' for k, d in zip(names, t, strict=True) if d)
        + " .\n"
        for n, t in enumerate(tenures)
    )
    path = tmp_path / "tenures.ttl"
    path.write_text(text, encoding="utf-8")
    held = {short(t.subject) for t in load(path).as_of(valid=on).asserted(ipp("holder"))}
    for n, (not_before, _, _, ended_by) in enumerate(tenures):
        certainly_not = (not_before is not None and on < not_before) or (ended_by is not None and on >= ended_by)
        assert (f"id:t-{n}" in held) == (not certainly_not)
