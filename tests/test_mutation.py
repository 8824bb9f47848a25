"""The mutation score itself: what it breaks is broken, what it undoes is undone, and it can go down."""

from __future__ import annotations

import json

import mutation
import pytest
from conftest import FIXTURES

from kgtools.graph import load
from kgtools.shacl.incremental import Validation
from kgtools.terms import expand, ipp
from kgtools.validation import read_shapes

pytestmark = pytest.mark.slow

FIXTURE = FIXTURES / "good.ttl"
SHAPES = read_shapes()


@pytest.fixture(scope="module")
def world() -> mutation.World:
    return mutation.World(load(FIXTURE))


def test_the_sample_is_seeded(world):
    one = [str(m) for m in mutation.mutants(world, sample=1, seed=3)]
    assert one == [str(m) for m in mutation.mutants(world, sample=1, seed=3)]
    assert one != [str(m) for m in mutation.mutants(world, sample=1, seed=4)]


def test_every_operator_breaks_something_and_never_an_equivalent_fact(world):
    made = list(mutation.mutants(world, sample=1))
    assert {m.operator for m in made} == set(mutation.OPERATORS)
    there = set(world.facts)
    for m in made:
        removed, added = m.edit
        assert set(removed) <= there and not set(added) & there, str(m)
        assert not mutation.is_equivalent(world, m.operator, m.cls, m.prop)


def test_what_was_put_in_is_taken_out_and_what_was_noticed_is_told(world):
    graph = load(FIXTURE)
    kept = Validation(graph, SHAPES)
    before = mutation.keys(kept.report)
    wanted = {("misspell", "ipp:mode"), ("dangle", "ipp:venue"), ("retype", "ipp:startDate"), ("cut", "ipp:source")}
    made = [m for m in mutation.mutants(world, sample=1) if (m.operator, m.prop) in wanted]
    outcomes = list(mutation.run(kept, made))
    assert len(outcomes) >= len(wanted) and all(o.shapes for o in outcomes)
    assert {"ipps:S04", "ipps:S06", "ipps:Event-startDate", "ipps:Citation-source"} <= {
        s for o in outcomes for s in o.shapes
    }
    assert set(graph.asserted()) == set(world.facts)
    assert mutation.keys(kept.report) == before


def test_a_citation_is_cut_only_where_no_other_witness_stands(world):
    assert world.sole_for(expand("talks-1"), expand("cit-all"), ipp("startDate").value)
    assert not world.sole_for(expand("talks-1"), expand("cit-all"), ipp("mode").value)


def test_without_shapes_nothing_is_noticed(tmp_path, capsys):
    shapes, out = tmp_path / "none.ttl", tmp_path / "score.json"
    shapes.write_text("", encoding="utf-8")
    arguments = [str(FIXTURE), "--shapes", str(shapes), "--sample", "1", "--jobs", "2", "--json", str(out)]
    assert mutation.main(arguments) == 0
    score = json.loads(out.read_text(encoding="utf-8"))
    assert score["killed"] == 0 < score["total"]
    assert sum(row["count"] for row in score["survivors"]) == score["total"]
    assert "mutation score 0.0%" in capsys.readouterr().out
