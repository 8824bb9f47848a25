"""`kgtools new`: exact skeletons of every kind, each in its file; what exists or is malformed is refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from conftest import PREFIXES

from kgtools import InputError, load
from kgtools.records.new import KINDS, new, put, when
from kgtools.tidy import forms, misplaced

PAGE = "https://example.org/page"
OLD = "https://example.org/old"
FILES = {
    "dataset.ttl": "<https://w3id.org/indopacific/dataset/indopacific> rdfs:label 'd'@en .",
    "parties.ttl": 'id:ind a ipp:Nation ; rdfs:label "India"@en . id:jpn a ipp:Nation ; rdfs:label "Japan"@en .',
    "places.ttl": 'id:osaka a ipp:Place ; rdfs:label "Osaka"@en ; ipp:country id:jpn .',
    "people/ind.ttl": """id:asha a ipp:Person ; rdfs:label "Asha"@en . id:ind-fm a ipp:Office ; ipp:officeOf id:ind .
        id:ind-pm a ipp:Office ; ipp:officeOf id:ind . id:asha-ind-fm-2020 a ipp:Tenure ; ipp:holder id:asha ; ipp:office id:ind-fm ;
        ipp:tenureStart "2020-01-01"^^xsd:date ; ipp:tenureEnd "2025-01-01"^^xsd:date .
        id:asha-ind-pm-attested a ipp:Tenure ; ipp:holder id:asha ; ipp:office id:ind-pm ; ipp:attestedOn "2024-05-05"^^xsd:date .""",
    "bilateral/ind-jpn/forum.ttl": """id:ind-jpn-forum a ipp:DialogueSeries ; rdfs:label "Forum"@en ; ipp:party id:ind , id:jpn .
        id:ind-jpn-forum-1 a ipp:Round ; ipp:roundOf id:ind-jpn-forum ; ipp:ordinal 1 ; ipp:startDate "2022-02-02"^^xsd:date ;
        ipp:participant id:ind , id:jpn ; ipp:status code:held ; ipp:citation id:cit-1 , id:cit-2 .
        id:cit-1 a ipp:Citation ; ipp:source id:src-d2c0a90c3a ; ipp:supports ipp:startDate , ipp:status .
        id:cit-2 a ipp:Citation ; ipp:source id:OLD ; ipp:supports ipp:startDate .
        id:ind-jpn-forum-2023 a ipp:Round ; ipp:roundOf id:ind-jpn-forum .""",
    "bilateral/ind-jpn/exercises.ttl": 'id:jimex a ipp:ExerciseSeries ; rdfs:label "JIMEX"@en ; ipp:party id:ind , id:jpn .',
    "sources/publishers-e.ttl": f"""id:src-d2c0a90c3a a ipp:Source ; ipp:publisher "E" ; ipp:url <{PAGE}> ; ipp:datePublished "2024-06-01"^^xsd:date .
        id:OLD a ipp:Source ; ipp:publisher "E" ; ipp:url <{OLD}> ; ipp:dateRead "2024-06-01"^^xsd:date .""",
}
ROUND = f"series=ind-jpn-forum url={PAGE}"


@pytest.fixture
def folder(tmp_path):
    import hashlib

    page, old = (f"src-{hashlib.sha1(url.encode()).hexdigest()[:10]}" for url in (PAGE, OLD))
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PREFIXES + text.replace("src-d2c0a90c3a", page).replace("OLD", old), encoding="utf-8")
    return tmp_path


def make(folder, kind: str, line: str, **more: str):
    values = dict(pair.split("=", 1) for pair in line.split()) | more
    return new(load(folder), kind, values, today=date(2026, 12, 1))


def says(skeleton) -> dict[str, str]:
    """What the record itself says, property to values."""
    out: dict[str, list[str]] = {}
    for t in skeleton.triples:
        if t.subject == skeleton.record:
            out.setdefault(t.predicate.value.rpartition("#")[2], []).append(
                t.object.value.rpartition("/")[2].rpartition("#")[2]
            )
    return {name: " ".join(sorted(values)) for name, values in out.items()}


def supported(skeleton) -> str:
    return " ".join(
        sorted(t.object.value.rpartition("#")[2] for t in skeleton.triples if t.predicate.value.endswith("supports"))
    )


CASES = [
    ("round", f"{ROUND} ordinal=3 date=2024-05-05/2024-05-06 venue=osaka host=jpn leads=asha@ind-fm sectors=trade", "ind-jpn-forum-3",
     "type=Round label=3rd_Forum roundOf=ind-jpn-forum ordinal=3 participant=ind_jpn host=jpn venue=osaka mode=in-person status=held "
     "statusAsOf=2024-06-01 startDate=2024-05-05 endDate=2024-05-06 sector=trade participation=ind-jpn-forum-3-asha citation=cit-ind-jpn-forum-3-1",
     "endDate host inOffice ordinal participant person role startDate status venue", "bilateral/ind-jpn/forum.ttl"),
    ("round", f"{ROUND} date=2023-11", "ind-jpn-forum-2023-11",
     "type=Round label=Forum,_November_2023 roundOf=ind-jpn-forum participant=ind_jpn status=held statusAsOf=2024-06-01 "
     "windowStart=2023-11-01 windowEnd=2023-11-30 edtf=2023-11 citation=cit-ind-jpn-forum-2023-11-1",
     "participant status windowEnd windowStart", "bilateral/ind-jpn/forum.ttl"),
    ("exercise", f"series=jimex date=2025 url={PAGE} label=JIMEX-25", "jimex-2025",
     "type=ExerciseEdition label=JIMEX-25 roundOf=jimex participant=ind_jpn status=scheduled statusAsOf=2024-06-01 "
     "windowStart=2025-01-01 windowEnd=2025-12-31 edtf=2025 citation=cit-jimex-2025-1",
     "participant status windowEnd windowStart", "bilateral/ind-jpn/exercises.ttl"),
    ("call", f"parties=jpn,ind level=leaders date=2024-06-01 url={PAGE}/?utm_source=x", "ind-jpn-leaders-call-2024-06-01",
     "type=Call label=India–Japan_leaders_call,_June_2024 participant=ind_jpn level=leaders mode=virtual status=held statusAsOf=2024-06-01 "
     "startDate=2024-06-01 endDate=2024-06-01 citation=cit-ind-jpn-leaders-call-2024-06-01-1",
     "endDate participant startDate status", "bilateral/ind-jpn/meetings.ttl"),
    ("meeting", f"parties=id:ind,id:jpn level=code:two-plus-two date=2026-40 margins=ind-jpn-forum-1 url={OLD} status=postponed", "ind-jpn-two-plus-two-meeting-2026-40",
     "type=Meeting label=India–Japan_two_plus_two_meeting,_January_2026 participant=ind_jpn level=two-plus-two marginsOf=ind-jpn-forum-1 "
     "status=postponed statusAsOf=2024-06-01 windowStart=2026-01-01 windowEnd=2026-06-30 edtf=2026-40 citation=cit-ind-jpn-two-plus-two-meeting-2026-40-1",
     "marginsOf participant status windowEnd windowStart", "bilateral/ind-jpn/meetings.ttl"),
    ("instrument", f"parties=ind,jpn title=Pact short=pact kind=treaty date=2024-02 place=osaka event=ind-jpn-forum-1 url={PAGE}", "ind-jpn-pact-2024",
     "type=BindingInstrument label=Pact instrumentKind=treaty party=ind_jpn windowStart=2024-02-01 windowEnd=2024-02-29 edtf=2024-02 "
     "adoptedAt=ind-jpn-forum-1 signedAt=osaka citation=cit-ind-jpn-pact-2024-1",
     "adoptedAt signedAt windowEnd windowStart", "bilateral/ind-jpn/instruments.ttl"),
    ("source", "url=https://example.org/new title=T publisher=Báo kind=official party=ind published=2024-01-02", "src-7d1a9b4de1",
     "type=Source label=T url=new publisher=Báo sourceKind=official publisherParty=ind datePublished=2024-01-02 dateRead=2026-12-01",
     "", "sources/publishers-b.ttl"),
    ("tenure", f"person=kenji name=Kenji office=ind-pm attested=2024-05-31 url={PAGE}", "kenji-ind-pm-attested",
     "type=Tenure holder=kenji office=ind-pm attestedOn=2024-05-31 citation=cit-kenji-ind-pm-attested-1",
     "attestedOn holder office", "people/ind.ttl"),
    ("tenure", f"person=asha office=ind-fm start=2026-01-01 end=2026-02-01 url={PAGE}", "asha-ind-fm-2026",
     "type=Tenure holder=asha office=ind-fm tenureStart=2026-01-01 tenureEnd=2026-02-01 citation=cit-asha-ind-fm-2026-1",
     "holder office tenureEnd tenureStart", "people/ind.ttl"),
    ("commitment", f"event=ind-jpn-forum-1 text=Meet short=next by=2025-40 url={PAGE}", "ind-jpn-forum-1-next",
     "type=Commitment label=Meet obligor=ind_jpn dueStart=2025-01-01 dueEnd=2025-06-30 edtf=2025-40 status=open statusAsOf=2024-06-01 citation=cit-1",
     "dueEnd dueStart obligor", "bilateral/ind-jpn/forum.ttl"),
    ("commitment", f"event=ind-jpn-forum-1 text=Meet short=next by=2025-02-03 obligor=jpn url={OLD}", "ind-jpn-forum-1-next",
     "type=Commitment label=Meet obligor=jpn dueEnd=2025-02-03 status=open statusAsOf=2024-06-01 citation=cit-ind-jpn-forum-1-next-1",
     "dueEnd obligor status", "bilateral/ind-jpn/forum.ttl"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "line", "slug", "expected", "supports", "file"), CASES)
def test_a_skeleton_says_what_follows_and_is_written_into_its_file(kind, line, slug, expected, supports, file, folder):
    skeleton = make(folder, kind, line)
    if kind != "source":
        assert skeleton.record.value.endswith(f"/{slug}")
    want = dict(pair.replace("_", " ").split("=") for pair in expected.split())
    assert says(skeleton) == want
    assert supported(skeleton) == supports
    before = {str(t) for t in load(folder).asserted()}
    assert put(load(folder), folder, skeleton) == [folder / file]
    after = load(folder)
    assert {str(t) for t in after.asserted()} == before | {str(t) for t in skeleton.triples}
    assert list(misplaced(after, forms(after))) == []
    assert [form.text for form in forms(after) if form.path == folder / file] == [None]
    if kind not in ("tenure",) or "name" not in line:
        with pytest.raises(InputError, match=r"already"):
            make(folder, kind, line)


BAD = [
    ("treaty", "x=1", "'treaty' is no kind of record; use one of round exercise"),
    ("round", f"{ROUND} date=2024 city=x", "a round has no field 'city'; it takes series date url ordinal"),
    ("round", "ordinal=3", "a round needs series (dialogue, summit series or working group), date ("),
    ("round", f"series=ind-jpn-forums date=2024 url={PAGE}", "series: id:ind-jpn-forums is not in the graph; kgtools find"),
    ("round", f"series=forum date=2024 url={PAGE}", "series: id:forum is not in the graph; did you mean id:ind-jpn-forum?"),
    ("round", f"series=jimex date=2024 url={PAGE}", "series: id:jimex is a ExerciseSeries, not a DialogueSeries or"),
    ("round", f"{ROUND} date=2024-02-30", "'2024-02-30' is no date; write YYYY-MM-DD"),
    ("round", f"{ROUND} date=2024-05-06/2024-05-05", "is no date"),
    ("round", f"{ROUND} date=2024-24", "'2024-24' is no date"),
    ("round", f"{ROUND} date=2022-02-02", "id:ind-jpn-forum-1 is there already, dated 2022-02-02"),
    ("round", f"{ROUND} date=2024 ordinal=1", "id:ind-jpn-forum-1 is there already, number 1"),
    ("round", f"{ROUND} date=2023", "id:ind-jpn-forum-2023 is there already; kgtools show"),
    ("round", f"{ROUND} date=2024 ordinal=II", "ordinal: 'II' is not a number"),
    ("round", f"{ROUND} date=2024 venue=ind", "venue: id:ind is a Nation, not a Place"),
    ("round", f"{ROUND} date=2024 mode=phone", "mode: 'phone' is not in its list; use one of hybrid in-person virtual"),
    ("round", f"{ROUND} date=2024 sectors=trade,tennis", "sectors: 'tennis' is not in its list"),
    ("round", f"{ROUND} date=2024-05-05 leads=asha", "leads: id:ind-fm and id:ind-pm were held by id:asha on 2024-05-05; say which, as asha@office"),
    ("round", f"{ROUND} date=2025-05-05 leads=asha", "leads: no tenure shows an office held by id:asha on 2025-05-05"),
    ("round", "series=ind-jpn-forum date=2024 url=https://example.org/other", "url: no source has the address https://example.org/other; add it with kgtools new source"),
    ("round", f"series=ind-jpn-forum date=2024-01-01 url={OLD}", "status: the page gives no day of publication"),
    ("meeting", f"parties=ind level=leaders date=2024 url={PAGE}", "parties: a meeting has two or more"),
    ("meeting", f"parties=ind,ind level=leaders date=2024 url={PAGE}", "names something twice"),
    ("meeting", f"parties=ind,JPN level=leaders date=2024 url={PAGE}", "parties: 'JPN' is not a slug"),
    ("visit", f"parties=ind,jpn level=leaders date=2024 url={PAGE}", "a visit needs host"),
    ("instrument", f"parties=ind,jpn title=P short=p kind=treaty date=2024 binding=maybe url={PAGE}", "binding: 'maybe' is neither yes nor no"),
    ("instrument", f"parties=ind,jpn title=P short=A_B kind=treaty date=2024 url={PAGE}", "short: 'A_B' is not a slug"),
    ("source", "url=example.org title=T publisher=P kind=news", "url: 'example.org' is no http or https address"),
    ("source", "url=http://www.example.org/page/ title=T publisher=P kind=news", "url: the page is there already: id:src-"),
    ("source", "url=https://example.org/x title=T publisher=P kind=official", "an official source needs party"),
    ("source", "url=https://example.org/x title=T publisher=P kind=news language=e_n", "language: 'e_n' is no language tag"),
    ("source", "url=https://example.org/x title=T publisher=P kind=news published=2024-01", "published: '2024-01' is not one day"),
    ("tenure", f"person=asha office=ind-fm url={PAGE}", "a tenure needs start"),
    ("tenure", f"person=asha office=ind-fm start=2020-01-01 url={PAGE}", "id:asha-ind-fm-2020 is there already"),
    ("tenure", f"person=kenji office=ind-fm start=2020-01-01 url={PAGE}", "person: id:kenji is not in the graph"),
    ("tenure", f"person=kenji name=Ken office=ind-fm start=2020-01-01 url={PAGE}", "person: the slug of 'Ken' is ken"),
    ("tenure", f"person=asha office=ind-fm start=2021-01-01 end=2020-01-01 url={PAGE}", "end: 2020-01-01 is before the start"),
    ("commitment", f"event=ind-jpn-forum text=T short=t url={PAGE}", "event: id:ind-jpn-forum is a DialogueSeries, not a Round"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "line", "message"), BAD)
def test_what_cannot_be_is_refused_in_a_line(kind, line, message, folder):
    with pytest.raises(InputError) as caught:
        make(folder, kind, line)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_is_written_where_a_comment_would_be_lost(folder):
    path = folder / "bilateral/ind-jpn/forum.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "\nid:c a ipp:Code ; # why\n rdfs:label 'c' .", encoding="utf-8")
    before = path.read_bytes()
    skeleton = make(folder, "round", f"{ROUND} date=2024")
    with pytest.raises(InputError, match=r"forum\.ttl:\d+: a comment inside a block would be lost"):
        put(load(folder), folder, skeleton)
    assert path.read_bytes() == before


def test_every_kind_has_a_case_and_dates_have_their_spans():
    assert {kind for kind, *_ in CASES} | {"visit"} == set(KINDS)
    spans = {text: (str(when(text).first), str(when(text).last)) for text in ("2024", "2023-02", "2026-36", "2026-22")}
    assert spans == {
        "2024": ("2024-01-01", "2024-12-31"),
        "2023-02": ("2023-02-01", "2023-02-28"),
        "2026-36": ("2026-10-01", "2026-12-31"),
        "2026-22": ("2026-06-01", "2026-08-31"),
    }


def test_the_command(folder):
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kgtools", "new", *args, "--data", str(folder)]
        return subprocess.run(command, capture_output=True, text=True)

    fields = run("round")
    assert (fields.returncode, fields.stdout.splitlines()[0]) == (0, "A round needs:")
    given = ("round", "series=ind-jpn-forum", "date=2024", f"url={PAGE}")
    dry = run(*given, "--dry-run")
    assert "id:ind-jpn-forum-2024 a ipp:Round ;" in dry.stdout
    done = run(*given, "status=held")
    assert done.stdout.splitlines()[0] == f"id:ind-jpn-forum-2024 in {folder / 'bilateral/ind-jpn/forum.ttl'}"
    again = run(*given)
    assert (again.returncode, again.stdout) == (2, "")
    assert (
        again.stderr == "kgtools: id:ind-jpn-forum-2024 is there already, dated 2024; kgtools show ind-jpn-forum-2024\n"
    )
    for bad, message in (("x", "'x' is not field=value"), ("date=2025", "'date' is given twice")):
        assert message in run("round", "date=2024", bad).stderr
