"""Refresh the computed counts in data/dataset.ttl (`make describe`); the test of the description recomputes them."""

from __future__ import annotations

from conftest import ROOT

from kgtools import infer, load, stats
from kgtools.files import write
from kgtools.rdf.read import read
from kgtools.rdf.write import to_turtle
from kgtools.records.statistics import description

if __name__ == "__main__":
    path = ROOT / "data" / "dataset.ttl"
    graph = load()
    infer(graph)
    computed = description(stats(graph))
    predicates = {t.predicate for t in computed}
    kept = [t for t in read(path).triples if t.predicate not in predicates]
    write(path, to_turtle([*kept, *computed]))
