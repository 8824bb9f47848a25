"""Snapshots: the same answers as a fresh graph, never asked about other data, and thrown away without harm."""

from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import FIXTURES, PREFIXES, ROOT

from kgtools import InputError, infer, load, query, questions, snapshot
from kgtools.snapshots import ABANDONED, KEPT

GOOD = FIXTURES / "good.ttl"


def kept(cache):
    return sorted(p.name for p in cache.iterdir())


def same(one, other):
    assert [sorted(map(str, part())) for part in (one.asserted, one.ontology, one.entailed)] == [
        sorted(map(str, part())) for part in (other.asserted, other.ontology, other.entailed)
    ]
    assert (one.files, one.warnings) == (other.files, other.warnings)


def test_a_snapshot_holds_what_a_fresh_graph_holds(tmp_path):
    fresh = load(GOOD)
    infer(fresh)
    same(snapshot(GOOD, cache=tmp_path), fresh)
    (place,) = kept(tmp_path)
    before = (tmp_path / place / "store").stat().st_mtime
    same(snapshot(GOOD, cache=tmp_path), fresh)
    assert (tmp_path / place / "store").stat().st_mtime == before


def test_every_question_has_the_answer_of_a_fresh_graph(graph, tmp_path):
    snapshot(cache=tmp_path)
    opened = snapshot(cache=tmp_path)
    assert kept(tmp_path)
    for name in ("who-led-round", "events-between", "coverage", "instruments-in-force", "series-cadence", "find"):
        assert query(opened, questions()[name]).rows == query(graph, questions()[name]).rows, name


def test_a_changed_byte_is_seen(tmp_path):
    path = tmp_path / "mine.ttl"
    for label in ("One", "Two", "One"):
        path.write_text(PREFIXES + f'id:a a ipp:Place ; rdfs:label "{label}"@en .', encoding="utf-8")
        os.utime(path, (0, 0))  # same size, same time: only the bytes differ
        rows = query(snapshot(path, cache=tmp_path / "cache"), "SELECT ?l { id:a rdfs:label ?l }").to_dicts()
        assert rows == [{"l": label}]
    assert len(kept(tmp_path / "cache")) == 2


def test_exact_terms_survive(tmp_path):
    path = tmp_path / "mine.ttl"
    path.write_text(PREFIXES + "id:a ipp:ordinal '007'^^xsd:int , 7 .", encoding="utf-8")
    snapshot(path, cache=tmp_path / "cache")
    same(snapshot(path, cache=tmp_path / "cache"), _inferred(path))


def _inferred(path):
    graph = load(path)
    infer(graph)
    return graph


@pytest.mark.parametrize("harm", ["no store", "garbage", "cut short"])
def test_a_damaged_snapshot_is_made_anew(harm, tmp_path):
    snapshot(GOOD, cache=tmp_path)
    (place,) = tmp_path.iterdir()
    if harm == "no store":
        shutil.rmtree(place / "store")
    elif harm == "garbage":
        (place / "store" / "CURRENT").write_bytes(b"\0nothing")
    else:
        (place / "restated.nt").write_bytes(b"<http://a> <http://")
    same(snapshot(GOOD, cache=tmp_path), _inferred(GOOD))
    same(snapshot(GOOD, cache=tmp_path), _inferred(GOOD))
    assert kept(tmp_path) == [place.name]


def test_the_number_kept_is_bounded_and_half_made_ones_go(tmp_path):
    cache = tmp_path / "cache"
    old, young = cache / ".making-old", cache / ".making-young"
    for place in (old, young):
        place.mkdir(parents=True)
    past = time.time() - ABANDONED - 60
    os.utime(old, (past, past))
    for n in range(KEPT + 2):
        path = tmp_path / f"{n}.ttl"
        path.write_text(PREFIXES + f"id:a{n} a ipp:Place .", encoding="utf-8")
        snapshot(path, cache=cache)
    assert len([n for n in kept(cache) if not n.startswith(".")]) == KEPT
    assert [n for n in kept(cache) if n.startswith(".")] == [young.name]


def test_where_nothing_can_be_kept_the_graph_is_loaded(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    same(snapshot(GOOD, cache=blocked / "cache"), _inferred(GOOD))
    monkeypatch.setenv("KGTOOLS_CACHE", "")
    same(snapshot(GOOD), _inferred(GOOD))
    monkeypatch.setenv("KGTOOLS_CACHE", str(tmp_path / "chosen"))
    snapshot(GOOD)
    assert kept(tmp_path / "chosen")


def test_two_makers_at_once(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        for graph in pool.map(lambda _: snapshot(GOOD, cache=tmp_path), range(8)):
            assert len(graph) == len(load(GOOD))
    assert len(kept(tmp_path)) == 1


def test_a_snapshot_is_not_changed(tmp_path):
    snapshot(GOOD, cache=tmp_path)
    opened = snapshot(GOOD, cache=tmp_path)
    for change in (opened.add, opened.remove):
        with pytest.raises(InputError, match="a snapshot is there to be asked, not changed"):
            change(list(load(GOOD).asserted())[:1])
    with pytest.raises(InputError, match="not changed"):
        opened.set_entailed([])


def test_bad_input_is_said_as_ever(tmp_path):
    with pytest.raises(InputError, match="no such file or folder"):
        snapshot(tmp_path / "no.ttl", cache=tmp_path)
    bad = tmp_path / "bad.ttl"
    bad.write_text("<a> <b>", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.ttl"):
        snapshot(bad, cache=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_the_bundled_data_are_found_whatever_the_working_folder(tmp_path, monkeypatch):
    one = snapshot(cache=tmp_path)
    monkeypatch.chdir(ROOT / "tests")
    assert snapshot(cache=tmp_path).files == one.files
    assert len(kept(tmp_path)) == 1
