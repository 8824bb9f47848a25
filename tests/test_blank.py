"""Blank nodes: the same graph gives the same bytes, written as a person would write it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtools import export, load
from kgtools.rdf.blank import canonical
from kgtools.rdf.write import to_turtle

TURTLE = ox.RdfFormat.TURTLE
HEAD = "@prefix e: <http://e/> . "


def parsed(text: str | bytes) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(text, format=TURTLE)]


def isomorphic(one: list[ox.Triple], two: list[ox.Triple]) -> bool:
    sets = []
    for triples in (one, two):
        dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        sets.append({str(q) for q in dataset})
    return sets[0] == sets[1]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("e:a e:p [ e:q 1 ; e:r [] ] .", "<http://e/a> <http://e/p> [ <http://e/q> 1 ; <http://e/r> [] ] .\n"),
        ("e:a e:p (1 (2) 'x') , () .", None),
        ("[] e:p [] .", "[] <http://e/p> [] .\n"),
        ("_:x e:p _:x .", "_:b0 <http://e/p> _:b0 .\n"),
        ("e:a e:p _:x . e:b e:p _:x . _:x e:q 1 .", None),
        ("_:x e:p _:y . _:y e:p _:x .", None),
        ("e:a e:p <<( _:x e:q 1 )>> . e:a e:r _:x .", None),
        ("e:a e:p _:l . _:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> 1 .", None),
        ("e:a e:p " + "[ e:p " * 40 + "1" + " ]" * 40 + " .", None),
    ],
)
def test_turtle_of_blank_nodes(text, written):
    triples = parsed(HEAD + text)
    again = to_turtle(triples)
    assert isomorphic(parsed(again), triples)
    assert again == to_turtle(reversed(parsed(again)))
    if written:
        assert again.decode().endswith(written)


def test_a_list_is_written_as_one():
    text = to_turtle(parsed(HEAD + "e:a e:p (1 (2) 'x') .")).decode()
    assert text == '\n<http://e/a> <http://e/p> ( 1 ( 2 ) "x" ) .\n'


def test_long_lists_and_many_like_nodes_end_soon():
    many = parsed(HEAD + "e:a e:p (" + "1 " * 5_000 + ") , " + " , ".join(["[]"] * 2_000) + " .")
    assert len(set(canonical(many))) == len(many) == 12_001
    assert to_turtle(many).count(b"[]") == 2_000


NODES = st.sampled_from([f"_:n{i}" for i in range(5)] + ["e:a", "e:b"])
EDGES = st.lists(st.tuples(NODES, st.sampled_from(["e:p", "e:q"]), NODES), min_size=1, max_size=8)


@given(EDGES, st.permutations(range(5)), st.randoms())
@settings(max_examples=60, deadline=None)
def test_labels_depend_on_the_graph_alone(edges, renamed, random):
    def text(rows: list[tuple[str, str, str]], names: list[int]) -> str:
        body = "".join(f"{s} {p} {o} .\n" for s, p, o in rows)
        for old in range(5):
            body = body.replace(f"_:n{old}", f"_:m{names[old]}")
        return HEAD + body

    other = list(edges)
    random.shuffle(other)
    one, two = parsed(text(edges, list(range(5)))), parsed(text(other, list(renamed)))
    assert set(canonical(one)) == set(canonical(two))
    assert isomorphic(canonical(one), one)
    assert to_turtle(one) == to_turtle(two)
    assert isomorphic(parsed(to_turtle(one)), one)


def test_every_export_is_the_same_from_run_to_run(tmp_path):
    path = tmp_path / "data.ttl"
    path.write_text(HEAD + "e:a e:p [ e:q (1 2) ] , [ e:q 3 ] . _:x e:p _:y . _:y e:p _:x , [] .", encoding="utf-8")
    for form in ("ttl", "nt", "nq", "trig", "jsonld", "rdfxml"):
        one, two = (export(load(path), form, tmp_path / run)[0].read_bytes() for run in ("one", "two"))
        assert one == two, form
