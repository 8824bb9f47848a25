"""What the data set holds: counts, coverage by series, pair and year, witnesses; the same as VoID."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kgtools.answers import Answer, Value, python_value
from kgtools.engines import Engine
from kgtools.graph import KnowledgeGraph
from kgtools.question import with_prefixes
from kgtools.vocab import DATASET, IPP, RDF, XSD, short

_VOID = "http://rdfs.org/ns/void#"
_QUERIES = {
    "classes": "SELECT ?class (COUNT(DISTINCT ?x) AS ?entities) WHERE { ?x a ?class . FILTER (STRSTARTS(STR(?class), STR(ipp:))) FILTER (STRSTARTS(STR(?x), STR(id:))) } GROUP BY ?class ORDER BY DESC(?entities) ?class",
    "series": """SELECT ?series (COUNT(DISTINCT ?round) AS ?rounds) (MIN(?day) AS ?first) (MAX(?day) AS ?last) (COUNT(DISTINCT ?ordinal) AS ?numbered) (MAX(?ordinal) AS ?highest) WHERE {
        ?round ipp:roundOf ?series ; ipp:startDate|ipp:windowStart ?day . OPTIONAL { ?round ipp:ordinal ?ordinal } } GROUP BY ?series ORDER BY ?series""",
    "pairs": """SELECT ?one ?other (COUNT(DISTINCT ?event) AS ?events) WHERE {
        ?event ipp:status code:held ; ipp:participant ?a , ?b . ?a ipp:partyCode ?one . ?b ipp:partyCode ?other . FILTER (?one < ?other) } GROUP BY ?one ?other ORDER BY DESC(?events) ?one ?other""",
    "years": "SELECT ?year (COUNT(DISTINCT ?event) AS ?events) WHERE { ?event ipp:status code:held ; ipp:startDate|ipp:windowStart ?day . BIND (YEAR(?day) AS ?year) } GROUP BY ?year ORDER BY ?year",
    "witnesses": """SELECT ?event (COUNT(DISTINCT ?witness) AS ?witnesses) WHERE {
        ?event ipp:status ?any ; ipp:participant|ipp:roundOf ?that ; ipp:citation/ipp:source ?source .
        ?source ipp:publisher ?publisher . OPTIONAL { ?source ipp:agency ?agency } BIND (COALESCE(?agency, ?publisher) AS ?witness) } GROUP BY ?event""",
}


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of one data set.

    Attributes:
        triples: asserted triples, without those of the data set's own description.
        entailed: entailed triples.
        files: data files.
        classes: class to number of entities.
        series: one row a series: rounds, first and last day, numbered rounds, highest number.
        pairs: held events by pair of parties.
        years: held events by year.
        events: events in all, and how many have two or more independent witnesses.
    """

    triples: int
    entailed: int
    files: int
    classes: dict[str, int]
    series: list[dict[str, Value]]
    pairs: list[dict[str, Value]]
    years: dict[int, int]
    events: tuple[int, int]

    @property
    def two_witness_share(self) -> float:
        """The share of events that two independent witnesses (different publishers and agencies) report."""
        return self.events[1] / self.events[0] if self.events[0] else 0.0

    def to_json(self) -> str:
        """A JSON object of all counts."""
        document = {
            "triples": self.triples,
            "entailed": self.entailed,
            "files": self.files,
            "classes": self.classes,
            "events": {
                "all": self.events[0],
                "two_witnesses": self.events[1],
                "share": round(self.two_witness_share, 3),
            },
            "series": self.series,
            "pairs": self.pairs,
            "years": self.years,
        }
        return json.dumps(document, ensure_ascii=False, indent=1, default=str)


def stats(graph: KnowledgeGraph) -> Statistics:
    """Count what a graph holds; participants need :func:`kgtools.infer` to have run."""
    engine = graph.engine()
    classes = {
        short(c): int(n.value)
        for c, n in engine.select(with_prefixes(_QUERIES["classes"])).rows
        if isinstance(n, ox.Literal)
    }
    witnesses = [python_value(n) for _, n in engine.select(with_prefixes(_QUERIES["witnesses"])).rows]
    years = {int(str(d["year"])): int(str(d["events"])) for d in _ask(engine, "years")}
    own = {DATASET, ox.NamedNode(DATASET.value + "/catalog")}
    return Statistics(
        sum(1 for t in graph.asserted() if not _describes(t, own)),
        sum(1 for _ in graph.entailed()),
        len(graph.files),
        classes,
        list(_ask(engine, "series")),
        list(_ask(engine, "pairs")),
        years,
        (len(witnesses), sum(1 for n in witnesses if isinstance(n, int) and n >= 2)),
    )


def _ask(engine: Engine, name: str) -> Iterator[dict[str, Value]]:
    solutions = engine.select(with_prefixes(_QUERIES[name]))
    return iter(Answer(solutions.variables, solutions.rows))


def _describes(t: ox.Triple, own: set[ox.NamedNode]) -> bool:
    subject = t.subject.value if isinstance(t.subject, ox.NamedNode) else ""
    return any(subject.startswith(node.value) for node in own)


def description(found: Statistics) -> list[ox.Triple]:
    """The computed part of the data set's description: VoID counts and class partitions.

    `data/dataset.ttl` holds these triples beside the hand-written ones; a test recomputes them.
    """
    integer = ox.NamedNode(XSD + "integer")

    def number(n: int) -> ox.Literal:
        return ox.Literal(str(n), datatype=integer)

    out = [
        ox.Triple(DATASET, ox.NamedNode(_VOID + "triples"), number(found.triples)),
        ox.Triple(DATASET, ox.NamedNode(_VOID + "entities"), number(sum(found.classes.values()))),
        ox.Triple(DATASET, ox.NamedNode(_VOID + "classes"), number(len(found.classes))),
    ]
    for name, n in sorted(found.classes.items()):
        part = ox.NamedNode(f"{DATASET.value}/class-{name.removeprefix('ipp:')}")
        out += [
            ox.Triple(DATASET, ox.NamedNode(_VOID + "classPartition"), part),
            ox.Triple(part, ox.NamedNode(_VOID + "class"), ox.NamedNode(IPP + name.removeprefix("ipp:"))),
            ox.Triple(part, ox.NamedNode(_VOID + "entities"), number(n)),
        ]
    return [t for t in out if t.predicate.value != RDF + "type"]
