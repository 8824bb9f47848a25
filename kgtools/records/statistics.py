"""What the data set holds: counts, coverage by series, pair and year, witnesses; the same as VoID and DQV."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pyoxigraph as ox

from kgtools.graph import KnowledgeGraph
from kgtools.question import view
from kgtools.sparql.answers import Answer, Value, python_value
from kgtools.sparql.engine import Engine
from kgtools.terms import DATASET, ID, IPP, RDF, XSD, short

_VOID = "http://rdfs.org/ns/void#"
_DQV = "http://www.w3.org/ns/dqv#"


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of one data set.

    Attributes:
        triples: asserted triples, without those of the data set's own description.
        entailed: entailed triples.
        files: data files.
        classes: class to number of entities.
        series: one row a series: rounds, first and last day, numbered rounds, highest number, numbers missing below it.
        pairs: held events by pair of parties.
        years: held events by year.
        events: events in all, and how many have two or more independent witnesses.
        facts: dates, places, numbers and leads of records in all, and how many of them two witnesses state.
    """

    triples: int
    entailed: int
    files: int
    classes: dict[str, int]
    series: list[dict[str, Value]]
    pairs: list[dict[str, Value]]
    years: dict[int, int]
    events: tuple[int, int]
    facts: tuple[int, int]

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
            "facts": {"all": self.facts[0], "two_witnesses": self.facts[1]},
            "series": self.series,
            "pairs": self.pairs,
            "years": self.years,
        }
        return json.dumps(document, ensure_ascii=False, indent=1, default=str)


def stats(graph: KnowledgeGraph) -> Statistics:
    """Count what a graph holds; participants need :func:`kgtools.infer` to have run."""
    engine = graph.engine()
    classes = {
        short(c): int(n.value) for c, n in engine.select(view("count-classes")).rows if isinstance(n, ox.Literal)
    }
    witnesses = [python_value(n) for _, n in engine.select(view("count-witnesses")).rows]
    numbered: dict[str, list[int]] = {}
    for row in _ask(engine, "ordinals"):
        numbered.setdefault(str(row["series"]), []).append(int(str(row["ordinal"])))
    facts = next(_ask(engine, "facts"))
    years = {int(str(d["year"])): int(str(d["events"])) for d in _ask(engine, "years")}
    return Statistics(
        sum(1 for t in graph.asserted() if not _describes(t)),
        sum(1 for _ in graph.entailed()),
        len(graph.files),
        classes,
        [_numbers(row, numbered.get(str(row["series"]), [])) for row in _ask(engine, "series")],
        list(_ask(engine, "pairs")),
        years,
        (len(witnesses), sum(1 for n in witnesses if isinstance(n, int) and n >= 2)),
        (int(str(facts["all"])), int(str(facts["two"] or 0))),
    )


def _numbers(row: dict[str, Value], ordinals: list[int]) -> dict[str, Value]:
    return {**row, "highest": ordinals[-1] if ordinals else None, "missing": _missing(ordinals)}


def _missing(ordinals: list[int]) -> str:
    """The numbers below the highest that no round has, neighbours as a range.

    >>> _missing([1, 2, 5, 9])
    '3-4 6-8'
    """
    spans = [(a + 1, b - 1) for a, b in pairwise([0, *ordinals]) if b - a > 1]
    return " ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans)


def _ask(engine: Engine, name: str) -> Iterator[dict[str, Value]]:
    solutions = engine.select(view(f"count-{name}"))
    return iter(Answer(solutions.variables, solutions.rows))


def _describes(t: ox.Triple) -> bool:
    """Whether a triple is about the data set itself."""
    return isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(DATASET.value)


def described(graph: KnowledgeGraph) -> list[ox.Triple]:
    """The whole description of a data set: what its files say of it, and the computed counts in place of theirs.

    Args:
        graph: a graph on which :func:`kgtools.infer` has run.
    """
    computed = description(stats(graph))
    counts = {t.predicate for t in computed}
    return [*(t for t in graph.asserted() if _describes(t) and t.predicate not in counts), *computed]


def description(found: Statistics) -> list[ox.Triple]:
    """The computed part of the data set's description: VoID counts and class partitions, and DQV measurements.

    Measured are the share of events and of facts with two witnesses, and for each series its rounds and the
    numbers missing among them (https://www.w3.org/TR/vocab-dqv/). The hand-written part is `data/dataset.ttl`.
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
    for name, value in (
        ("events", number(found.events[0])),
        ("events-with-two-witnesses", number(found.events[1])),
        ("facts", number(found.facts[0])),
        ("facts-with-two-witnesses", number(found.facts[1])),
    ):
        out += _measured(name, name, DATASET, value)
    for row in found.series:
        slug = str(row["series"]).removeprefix("id:")
        series = ox.NamedNode(ID + slug)
        out += _measured(f"rounds-{slug}", "rounds", series, number(int(str(row["rounds"]))))
        if row["missing"]:
            out += _measured(f"missing-{slug}", "missing-ordinals", series, ox.Literal(str(row["missing"])))
    return [t for t in out if t.predicate.value != RDF + "type"]


def _measured(name: str, metric: str, on: ox.NamedNode, value: ox.Literal) -> list[ox.Triple]:
    """One DQV measurement of the data set, with an IRI of its own below the data set's."""
    node = ox.NamedNode(f"{DATASET.value}/measure-{name}")
    return [
        ox.Triple(DATASET, ox.NamedNode(_DQV + "hasQualityMeasurement"), node),
        ox.Triple(node, ox.NamedNode(_DQV + "isMeasurementOf"), ox.NamedNode(f"{DATASET.value}/metric-{metric}")),
        ox.Triple(node, ox.NamedNode(_DQV + "computedOn"), on),
        ox.Triple(node, ox.NamedNode(_DQV + "value"), value),
    ]
