"""Why the graph says what it says, where sources differ, and what changed between two states of the data."""

from __future__ import annotations

import json
import subprocess

import pytest
from conftest import FIXTURES

from kgtools import DataError, InputError, diff, disputes, load, why


@pytest.fixture(scope="module")
def good():
    return load(FIXTURES / "good.ttl")


def test_a_value_names_its_sources_and_the_claims_against_it(good):
    stated, claimed = why(good, "talks-1", "startDate").reasons
    (source,) = stated.sources
    assert (stated.value, stated.witnesses, source.kind, source.witness) == (
        "2025-05-05",
        1,
        "official",
        "Example Agency",
    )
    assert (source.published, source.read, source.url) == ("2025-05-05", "2030-01-01", "https://example.org/one")
    assert (claimed.value, claimed.claim) == ("2025-05-06", ("deprecated", "Another day"))


def test_an_entailed_value_names_rule_and_premises_down_to_sources(good):
    (reason,) = why(good, "talks-2", "previousRound").reasons
    assert reason.receipt[0].endswith("by previous-round: a CONSTRUCT rule")
    assert "  id:talks-1 ipp:ordinal 1" in reason.receipt
    assert "    https://example.org/one" in reason.receipt


def test_what_is_not_there_is_said(good):
    with pytest.raises(DataError, match="id:nobody: nothing is said about it; try kgtools find"):
        why(good, "nobody")
    with pytest.raises(DataError, match="nothing is said about it by ipp:venue"):
        why(good, "talks-2", "venue")


def test_disputes_show_both_values(good):
    found = disputes(good)
    (row,) = found.disputed
    assert (row["record"], row["asserted"].isoformat(), row["claimed"].isoformat(), row["rank"]) == (
        "id:talks-1",
        "2025-05-05",
        "2025-05-06",
        "deprecated",
    )
    assert ("id:talks-1", "ipp:venue") in {(r["record"], r["property"]) for r in found.single}
    assert found.unofficial == ()
    assert "asserted 2025-05-05; claimed 2025-05-06 (deprecated)" in str(found)


@pytest.fixture
def states(tmp_path):
    text = (FIXTURES / "good.ttl").read_text(encoding="utf-8")
    old, new = tmp_path / "old.ttl", tmp_path / "new.ttl"
    old.write_text(
        text + '\nid:asha rdfs:seeAlso [ rdfs:label "a" ] .\nid:mira a ipp:Person ; rdfs:label "Mira"@en .\n',
        encoding="utf-8",
    )
    changed = text.replace("ipp:ordinal 2 ; ipp:status code:scheduled", "ipp:ordinal 3 ; ipp:status code:scheduled")
    new.write_text(
        changed
        + '\nid:asha rdfs:seeAlso _:other . _:other rdfs:label "a" .\nid:noor a ipp:Person ; rdfs:label "Noor"@en .\n',
        encoding="utf-8",
    )
    return old, new


def test_a_diff_groups_by_entity_and_knows_blank_nodes(states):
    found = diff(*states)
    assert [(c.entity, c.kind, c.label) for c in found.changes] == [
        ("id:mira", "removed", "Mira"),
        ("id:noor", "added", "Noor"),
        ("id:talks-2", "changed", "2nd Talks"),
    ]
    assert found.changes[2].facts == (("ipp:ordinal", ("2",), ("3",)),)
    assert "    ipp:ordinal: 2 -> 3" in str(found).splitlines()
    assert json.loads(found.to_json())[0]["kind"] == "removed"
    assert "id:noor a ipp:Person" in found.to_rdf() and "# - id:mira a ipp:Person" in found.to_rdf()


def test_a_diff_of_git_revisions(states, tmp_path):
    repository = tmp_path / "repository"
    (repository / "data").mkdir(parents=True)

    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-C", str(repository), "-c", "user.name=x", "-c", "user.email=x@example.org", *words],
            check=True,
            capture_output=True,
        )

    git("init", "-q")
    for state in states:
        (repository / "data" / "all.ttl").write_bytes(state.read_bytes())
        git("add", "-A")
        git("commit", "-qm", state.stem)
    assert len(diff("HEAD~1", "HEAD", repository=repository).changes) == 3
    with pytest.raises(InputError, match="nothing-like-it: neither a file, a folder, nor a git revision"):
        diff("nothing-like-it", "HEAD", repository=repository)
    with pytest.raises(InputError, match="not the name of a git revision"):
        diff("--output=/tmp/x", "HEAD", repository=repository)
