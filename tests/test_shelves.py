"""Where records stand: each branch of the rule, and how `lint --fix` moves what stands elsewhere."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from conftest import PREFIXES

from kgtools import load
from kgtools.linting import check_files
from kgtools.records.shelves import OWN_FILE, Shelves
from kgtools.terms import DATASET, ID
from kgtools.tidy import tidy

PARTIES = """
id:ind a ipp:Nation . id:jpn a ipp:Nation . id:kor a ipp:Nation . id:lao a ipp:Nation . id:usa a ipp:Nation .
id:g a ipp:Grouping ; rdfs:label "Group of Friends"@en . id:big a ipp:Grouping . id:ngo a ipp:NonStateOrganization .
id:asean a ipp:IntergovernmentalOrganization . id:lao-in-asean a ipp:Membership ; ipp:member id:lao ; ipp:memberOf id:asean .
id:kor-in-asean a ipp:Membership ; ipp:member id:kor ; ipp:memberOf id:asean ; ipp:memberUntil "2000-01-01"^^xsd:date .
id:delhi a ipp:Place ; ipp:country id:ind .
id:ind-body a ipp:GovernmentBody ; ipp:bodyOf id:ind . id:ind-pm a ipp:Office ; ipp:officeOf id:ind . id:asean-sg a ipp:Office ; ipp:officeOf id:asean .
id:p a ipp:Person . id:p-1 a ipp:Tenure ; ipp:holder id:p ; ipp:office id:asean-sg ; ipp:citation id:cit-p . id:p-2 a ipp:Tenure ; ipp:holder id:p ; ipp:office id:ind-pm .
id:guest a ipp:Person . id:envoy a ipp:Person . id:unknown a ipp:Person . id:cit-p a ipp:Citation ; ipp:source id:src-1 .
id:ind-jpn-forum a ipp:DialogueSeries ; ipp:party id:jpn , id:ind . id:ind-jpn-forum-1 a ipp:Round ; ipp:roundOf id:ind-jpn-forum ; ipp:participant id:ind , id:jpn , id:usa ;
  ipp:participation id:ind-jpn-forum-1-guest , id:ind-jpn-forum-1-envoy ; ipp:hasOutcome id:promise ; ipp:citation id:cit-1 .
id:ind-jpn-forum-1-guest a ipp:Participation ; ipp:person id:guest ; ipp:representing id:usa .
id:ind-jpn-forum-1-envoy a ipp:Participation ; ipp:person id:envoy ; ipp:inOffice id:asean-sg .
id:promise a ipp:Commitment . id:change a ipp:StatusChange ; ipp:statusChangeOf id:ind-jpn-forum-1 . id:claim a ipp:Claim ; ipp:claimSubject id:promise .
id:cit-1 a ipp:Citation ; ipp:source id:src-1 . id:cit-alone a ipp:Citation .
id:jimex a ipp:ExerciseSeries ; ipp:party id:ind , id:jpn . id:jimex-1 a ipp:ExerciseEdition ; ipp:roundOf id:jimex .
id:orphan-round a ipp:Round ; ipp:participant id:ind , id:jpn . id:visit a ipp:Visit ; ipp:participant id:ind , id:jpn . id:call a ipp:Call ; ipp:participant id:ind , id:jpn .
id:pact a ipp:BindingInstrument ; ipp:party id:ind , id:jpn . id:tier a ipp:Partnership ; ipp:party id:ind , id:jpn . id:plan a ipp:Initiative ; ipp:party id:ind , id:jpn .
id:asean-kor-meeting a ipp:Meeting ; ipp:participant id:asean , id:kor , id:lao .
id:asean-summit a ipp:SummitSeries ; ipp:party id:asean . id:asean-ind-jpn-talks a ipp:Meeting ; ipp:participant id:asean , id:ind , id:jpn .
id:g-summit a ipp:SummitSeries ; ipp:party id:ind , id:jpn , id:usa . id:group-of-friends-2024 a ipp:Meeting ; ipp:participant id:ind , id:jpn , id:usa .
id:gx-talks a ipp:Meeting ; ipp:participant id:jpn , id:ind , id:usa .
id:big-summit a ipp:SummitSeries ; ipp:party id:a , id:b , id:c , id:d , id:e , id:f , id:h . id:big-talks a ipp:Meeting ; ipp:participant id:ind , id:jpn , id:usa .
id:vast-summit a ipp:SummitSeries ; ipp:party id:a , id:b , id:c , id:d , id:e , id:f , id:h . id:vast-summit-1 a ipp:Round ; ipp:roundOf id:vast-summit .
id:src-1 a ipp:Source ; ipp:publisher "The Hindu" . id:src-2 a ipp:Source ; ipp:publisher "24 Horas" . id:src-3 a ipp:Source .
id:file-x a ipp:DataFile . id:nobody a ipp:Meeting . id:loop a ipp:Round ; ipp:roundOf id:loop . id:other ipp:party id:ind , id:jpn .
""" + "".join(f'id:src-n{n} a ipp:Source ; ipp:publisher "Báo Mới" . ' for n in range(OWN_FILE))
SHELVES = """
dataset.ttl: dataset/indopacific dataset/indopacific/catalog
parties.ttl: ind g asean ngo lao-in-asean
places.ttl: delhi
people/ind.ttl: ind-body ind-pm p p-2
people/asean.ttl: asean-sg p-1 envoy cit-p
people/usa.ttl: guest
bilateral/ind-jpn/forum.ttl: ind-jpn-forum ind-jpn-forum-1 ind-jpn-forum-1-guest promise change claim cit-1
bilateral/ind-jpn/exercises.ttl: jimex jimex-1
bilateral/ind-jpn/meetings.ttl: orphan-round visit call
bilateral/ind-jpn/instruments.ttl: pact
bilateral/ind-jpn/initiatives.ttl: tier plan
bilateral/asean-kor/meetings.ttl: asean-kor-meeting
multilateral/asean.ttl: asean-summit asean-ind-jpn-talks
minilateral/g.ttl: g-summit group-of-friends-2024
minilateral/ind-jpn-usa.ttl: gx-talks
multilateral/big.ttl: big-summit big-talks
multilateral/vast-summit.ttl: vast-summit vast-summit-1
sources/bao-moi.ttl: src-n0
sources/publishers-h.ttl: src-1
sources/publishers-0-9.ttl: src-2
None: src-3 unknown cit-alone file-x nobody loop other not-there
"""


def test_every_kind_of_record_has_its_shelf():
    shelves = Shelves(q.triple for q in ox.parse(PREFIXES + PARTIES, format=ox.RdfFormat.TURTLE))
    expected = {name: line.partition(":")[0] for line in SHELVES.split("\n") for name in line.partition(":")[2].split()}
    iri = {name: DATASET.value.rpartition("dataset/")[0] + name if "/" in name else ID + name for name in expected}
    assert {name: str(shelves.shelf(iri[name])) for name in expected} == expected


@pytest.fixture
def folder(tmp_path):
    """A small data set in which a round, a person and a source stand in the wrong file."""
    files = {
        "dataset.ttl": f"{DATASET} rdfs:label 'd'@en .",
        "parties.ttl": "id:ind a ipp:Nation . id:jpn a ipp:Nation .",
        "bilateral/ind-jpn/forum.ttl": "id:ind-jpn-forum a ipp:DialogueSeries ; ipp:party id:ind , id:jpn .",
        "bilateral/ind-jpn/meetings.ttl": "id:file-m a ipp:DataFile .\n# the first\nid:r a ipp:Round ; ipp:roundOf id:ind-jpn-forum ; ipp:citation id:cit-r . # seen\nid:cit-r a ipp:Citation .",
        "new.ttl": "# a note\nid:p a ipp:Person . id:t a ipp:Tenure ; ipp:holder id:p ; ipp:office id:o . id:o a ipp:Office ; ipp:officeOf id:ind .",
        "gone/s.ttl": "id:src-1 a ipp:Source ; ipp:publisher 'A' .",
    }
    for name, text in files.items():
        path = tmp_path / "d" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PREFIXES + text, encoding="utf-8")
    return tmp_path / "d"


def texts(folder):
    return {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in sorted(folder.rglob("*.ttl"))}


def test_lint_names_the_right_file_once_for_a_record_and_what_follows_it(folder):
    errors = [str(p) for p in check_files(load(folder)) if p.severity == "error"]
    assert sorted(errors) == [
        f"error: id:{slug}: stands in {here} but belongs in {there}; move it, or run kgtools lint --fix"
        for slug, here, there in [
            ("o", "new.ttl", "people/ind.ttl"),
            ("p", "new.ttl", "people/ind.ttl"),
            ("r", "bilateral/ind-jpn/meetings.ttl", "bilateral/ind-jpn/forum.ttl"),
            ("src-1", "gone/s.ttl", "sources/publishers-a.ttl"),
            ("t", "new.ttl", "people/ind.ttl"),
        ]
    ]


def test_fix_moves_records_with_their_comments_and_loses_nothing(folder):
    before = sorted(map(str, load(folder).asserted()))
    done = tidy(load(folder))
    assert done.refused == []
    after = texts(folder)
    assert sorted(after) == [
        *("bilateral/ind-jpn/forum.ttl", "bilateral/ind-jpn/meetings.ttl", "dataset.ttl", "parties.ttl"),
        *("people/ind.ttl", "sources/publishers-a.ttl"),
    ]
    assert done.deleted == [folder / "gone/s.ttl", folder / "new.ttl"]
    assert after["bilateral/ind-jpn/forum.ttl"].endswith(
        "# the first\nid:r a ipp:Round ;\n  ipp:roundOf id:ind-jpn-forum ;\n  ipp:citation id:cit-r . # seen\n\nid:cit-r a ipp:Citation .\n"
    )
    assert "# a note\nid:p a ipp:Person .\n" in after["people/ind.ttl"]
    assert sorted(map(str, load(folder).asserted())) == before
    assert list(check_files(load(folder))) == []
    assert tidy(load(folder)).written == []


def test_fix_of_one_file_moves_its_records_by_what_the_whole_says(folder):
    done = tidy(load(folder / "bilateral/ind-jpn/meetings.ttl"))
    assert {p.name for p in done.written} == {"forum.ttl", "meetings.ttl"}
    assert "id:r a ipp:Round" in texts(folder)["bilateral/ind-jpn/forum.ttl"]
    assert (folder / "new.ttl").exists()


@pytest.mark.parametrize("name", ["bilateral/ind-jpn/meetings.ttl", "bilateral/ind-jpn/forum.ttl"])
def test_a_comment_inside_a_block_stops_the_move_out_and_in_until_it_may_be_dropped(folder, name):
    path = folder / name
    path.write_text(
        path.read_text(encoding="utf-8") + "\nid:x a ipp:Code ;\n # why\n rdfs:label 'x' .\n", encoding="utf-8"
    )
    line = path.read_text(encoding="utf-8").split("\n").index(" # why") + 1
    before, data = texts(folder), sorted(map(str, load(folder).asserted()))
    done = tidy(load(folder))
    assert [m.partition(": ")[0] for m in done.refused] == [f"{path}:{line}"]
    assert "--drop-comments" in done.refused[0]
    assert "comment inside a block (line" in next(str(p) for p in check_files(load(folder)) if p.where == str(path))
    after = texts(folder)
    assert after[name] == before[name]
    assert ("id:r a" in after["bilateral/ind-jpn/meetings.ttl"]) is True
    assert sorted(map(str, load(folder).asserted())) == data
    tidy(load(folder), drop_comments=True)
    assert "id:r a" in texts(folder)["bilateral/ind-jpn/forum.ttl"]
    assert "# why" not in path.read_text(encoding="utf-8")
    assert sorted(map(str, load(folder).asserted())) == data


def test_files_outside_a_data_set_have_no_shelf(tmp_path):
    path = tmp_path / "mine.ttl"
    path.write_text(PREFIXES + "id:delhi a ipp:Place .", encoding="utf-8")
    assert [p.severity for p in check_files(load(path))] == ["warning"]
    assert tidy(load(path)).written == [path]
