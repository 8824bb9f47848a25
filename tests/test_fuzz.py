"""The fuzz target on what once broke it, on its seeds and on a thousand mutations of them; `make fuzz` goes on from there."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("fuzz_reader", Path(__file__).parent / "fuzz" / "reader.py")
assert spec is not None and spec.loader is not None
reader = importlib.util.module_from_spec(spec)
sys.modules["fuzz_reader"] = reader
spec.loader.exec_module(reader)

KEPT = sorted(reader.CRASHES.iterdir()) if reader.CRASHES.is_dir() else []


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_what_once_broke_a_promise(path):
    reader.one_input(path.suffix, path.read_bytes())


@pytest.mark.parametrize(("suffix", "body"), reader.SEEDS, ids=[suffix for suffix, _ in reader.SEEDS])
def test_the_seeds_are_accepted(suffix, body):
    assert reader.one_input(suffix, body).startswith("accepted")


def test_a_thousand_mutations():
    chance = random.Random(1)
    seeds = [bytes([reader.SUFFIXES.index(suffix)]) + body for suffix, body in reader.SEEDS]
    for _ in range(1_000):
        body = reader._mutated(chance, seeds)
        reader.one_input(reader.SUFFIXES[body[0] % len(reader.SUFFIXES)], body[1:])
