"""What the tests share: the real graph, once a session, and small graphs made from Turtle text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kgtools import infer, load
from kgtools.graph import KnowledgeGraph

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = Path(__file__).parent / "fixtures"
SUITES = Path(os.environ.get("KG_SUITES", ROOT.parent / "shared" / "suites"))
if not SUITES.is_absolute():
    SUITES = ROOT / SUITES

PREFIXES = """@prefix ipp: <https://w3id.org/indopacific/ns#> .
@prefix id: <https://w3id.org/indopacific/id/> .
@prefix code: <https://w3id.org/indopacific/code/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@pytest.fixture(scope="session")
def graph() -> KnowledgeGraph:
    """The real data, with the entailed triples."""
    real = load()
    infer(real)
    return real


CORE = (
    *(
        "parties",
        "places",
        "people/bimstec",
        "people/aus",
        "bilateral/ind-jpn/strategic-dialogue",
        "bilateral/ind-jpn/exercises",
    ),
    *("bilateral/ind-jpn/economic-security-dialogue", "minilateral/aus-ind-jpn-usa", "minilateral/quad"),
)


@pytest.fixture(scope="session")
def core() -> KnowledgeGraph:
    """The core series with their parties and places: real data small enough for the reference engines.

    `KG_WHOLE=1` takes all data instead, for a run that may last hours.
    """
    files = [] if os.environ.get("KG_WHOLE") else [ROOT / "data" / f"{name}.ttl" for name in CORE]
    part = load(*files)
    infer(part)
    return part


@pytest.fixture
def load_text(tmp_path):
    """A function that loads Turtle text (prefixes added) as the only data."""

    def make(text: str) -> KnowledgeGraph:
        path = tmp_path / "data.ttl"
        path.write_text(PREFIXES + text, encoding="utf-8")
        return load(path)

    return make
