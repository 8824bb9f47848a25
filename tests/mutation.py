"""The mutation score of the shapes: how many single faults put into the data does the contract notice?

    .venv/bin/python tests/mutation.py                      # the bundled data
    .venv/bin/python tests/mutation.py data/minilateral/quad.ttl --sample 5 --seed 7 --json score.json

A fact class is the class of the subject with the property, such as Round × ipp:startDate. From each, a seeded
sample of facts is broken in turn by every operator that fits; a mutant is killed when a finding of severity
Violation or Warning appears that was not there before. Findings are compared without their messages, so that
an old warning that merely says another number does not count.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import multiprocessing.connection
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kgtools.graph import KnowledgeGraph, load
from kgtools.rdf.index import Index
from kgtools.shacl.incremental import Validation
from kgtools.shacl.report import Report
from kgtools.shacl.shapes import read_shapes as index_shapes
from kgtools.terms import CODE, ID, IPP, LABEL, RDFS, SH, SKOS, TYPE, XSD, ipp, short
from kgtools.validation import read_shapes

LOOK = 200
"""At how many facts of a class an operator looks for those that it fits."""
SHIFT = timedelta(days=400)
COUNTED = ("Violation", "Warning")
DATE = ox.NamedNode(XSD + "date")
CUT = {ipp("citation"), ipp("supports"), ipp("source")}

Node = ox.NamedNode | ox.BlankNode | ox.Literal
Edit = tuple[tuple[ox.Triple, ...], tuple[ox.Triple, ...]]
"""What a mutant removes and what it adds."""
Key = tuple[object, ...]

_OPEN = "optional, and no evidence is owed for it: in an open world its absence is no error"
_MANY = "may have several values by its definition"
_CLAIMED = "a claim records whatever day its source says"
EQUIVALENT: dict[str, tuple[str, dict[str, str]]] = {
    "drop": (
        _OPEN,
        {
            "ipp:Source": "ipp:agency ipp:datePublished",
            "ipp:Event": "ipp:mode",
            "ipp:Round": "ipp:level",
            "ipp:ExerciseEdition": "ipp:level",
            "ipp:Arrangement": "ipp:frequency ipp:leadBody ipp:partOf ipp:feedsInto ipp:beneficiary ipp:replaces",
            "ipp:IntergovernmentalOrganization": "ipp:politicalStatus",
            "ipp:Office": "ipp:officeIn",
            "ipp:Place": "ipp:country",
            "ipp:DataFile": "ipp:gap",
            "*": "ipp:sector skos:altLabel schema:sameAs",
        },
    ),
    "double": (
        _MANY,
        {
            "ipp:Event": "ipp:host ipp:venue ipp:participant ipp:participation ipp:hasOutcome",
            "ipp:Arrangement": "ipp:party ipp:leadBody ipp:partOf ipp:feedsInto ipp:beneficiary",
            "ipp:Instrument": "ipp:party ipp:signedAt",
            "ipp:Outcome": "ipp:launches ipp:adopts ipp:obligor ipp:fulfilledBy",
            "ipp:Tenure": "ipp:attestedOn",
            "ipp:DataFile": "ipp:gap",
            "*": "ipp:sector ipp:citation ipp:supports skos:altLabel schema:sameAs",
        },
    ),
    "earlier": (_CLAIMED, {"ipp:Claim": "ipp:claimValue"}),
    "later": (_CLAIMED, {"ipp:Claim": "ipp:claimValue"}),
}
"""Operator: the reason, and by class or family (`*` for all) the properties on which its mutants are equivalent, that
is, change nothing that could be wrong. They are not made. Beside these, `cut` passes over a citation where another
witness stands in, `drop` over labels in further languages, and no operator swaps a code for another of its list."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: the operator, the fact class, the fact that was broken, and the edit that breaks it."""

    operator: str
    cls: str
    prop: str
    fact: ox.Triple
    edit: Edit

    def __str__(self) -> str:
        removed, added = self.edit
        new = [t for t in added if t.subject == self.fact.subject]
        shown = "; ".join(f"{short(t.predicate)} {_shown(t.object)}" for t in new) or "nothing"
        verb = "becomes" if removed else "is joined by"
        return f"{short(self.fact.subject)} {self.prop} {_shown(self.fact.object)} {verb} {shown}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A mutant and the shapes that newly complained of it."""

    mutant: Mutant
    shapes: tuple[str, ...]


class World:
    """The facts, indexed for the operators."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self.facts = sorted(graph.asserted(), key=str)
        self.values: dict[tuple[object, str], list[Node]] = defaultdict(list)
        self.subjects: dict[tuple[str, object], list[ox.NamedNode]] = defaultdict(list)
        for t in self.facts:
            self.values[t.subject, t.predicate.value].append(t.object)  # type: ignore[arg-type]
            if t.predicate.value.startswith(IPP):
                self.subjects[t.predicate.value, t.object].append(t.subject)  # type: ignore[arg-type]
        self._ontology = list(graph.ontology())
        self._kinds: dict[object, str] = {}
        self.above: dict[object, object] = {
            t.subject: t.object for t in self._ontology if t.predicate.value == RDFS + "subClassOf"
        }

    def family(self, cls: object) -> str:
        """The topmost class above a class of ours, shortened."""
        seen: set[object] = set()
        while cls in self.above and cls not in seen and str(getattr(self.above[cls], "value", "")).startswith(IPP):
            seen.add(cls)
            cls = self.above[cls]
        return short(cls)

    def families(self, node: object) -> set[str]:
        """The families of the classes of a node."""
        return {self.family(c) for c in self.values.get((node, TYPE.value), [])}

    @cached_property
    def members(self) -> dict[str, list[ox.NamedNode]]:
        """The entities (names under `id:`) of each family."""
        out: dict[str, list[ox.NamedNode]] = defaultdict(list)
        for t in self.facts:
            if t.predicate == TYPE and isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(ID):
                out[self.family(t.object)].append(t.subject)
        return out

    @cached_property
    def classes(self) -> list[ox.NamedNode]:
        """Our classes that have instances."""
        found = {t.object for t in self.facts if t.predicate == TYPE and t.object.value.startswith(IPP)}  # type: ignore[union-attr]
        return sorted(found, key=str)  # type: ignore[arg-type]

    @cached_property
    def schemes(self) -> dict[object, str]:
        """Each code and sector with its list."""
        return {t.subject: str(t.object) for t in self._ontology if t.predicate.value == SKOS + "inScheme"}

    @cached_property
    def lists(self) -> dict[str, list[Node]]:
        """The codes and sectors of each list."""
        out: dict[str, list[Node]] = defaultdict(list)
        for code in sorted(self.schemes, key=str):
            out[self.schemes[code]].append(code)  # type: ignore[arg-type]
        return out

    @cached_property
    def evidence(self) -> set[str]:
        """The properties that need a citation that supports them."""
        return {t.subject.value for t in self._ontology if t.predicate == ipp("needsEvidence")}  # type: ignore[union-attr]

    @cached_property
    def several(self) -> set[tuple[str, str]]:
        """The fact classes in which some subject has more than one value."""
        return {(self.kind(s), p) for (s, p), found in self.values.items() if len(found) > 1}

    def kind(self, subject: object) -> str:
        """The classes of a subject as text; empty where it has none."""
        if subject not in self._kinds:
            self._kinds[subject] = "+".join(sorted(short(c) for c in self.values.get((subject, TYPE.value), [])))
        return self._kinds[subject]

    def sole(self, record: object, citation: object) -> bool:
        """Whether a record would lack evidence without one of its citations."""
        others = [c for c in self.values[record, IPP + "citation"] if c != citation]
        return not others or any(self.sole_for(record, citation, p.value) for p in self._supported(citation))

    def sole_for(self, record: object, citation: object, prop: str) -> bool:
        """Whether one citation of a record alone supports a property that the record states and that needs evidence."""
        if prop not in self.evidence or not self.values.get((record, prop)):
            return False
        others = (c for c in self.values[record, IPP + "citation"] if c != citation)
        return not any(ox.NamedNode(prop) in self._supported(c) for c in others)

    def _supported(self, citation: object) -> list[ox.NamedNode]:
        return self.values.get((citation, IPP + "supports"), [])  # type: ignore[return-value]


# ---- operators: an edit of one fact, or None where the operator does not fit it


def drop(world: World, fact: ox.Triple, chance: random.Random) -> Edit | None:
    """Remove the triple; of labels, the English or only one, since one in another language is a courtesy."""
    if fact.predicate in CUT:
        return None
    labels = world.values[fact.subject, LABEL.value]
    if fact.predicate == LABEL and len(labels) > 1 and getattr(fact.object, "language", None) != "en":
        return None
    return (fact,), ()


def cut(world: World, fact: ox.Triple, chance: random.Random) -> Edit | None:
    """Cut a fact off from its source, where no other witness stands in."""
    if fact.predicate == ipp("citation") and not world.sole(fact.subject, fact.object):
        return None
    if fact.predicate == ipp("supports"):
        records = world.subjects[IPP + "citation", fact.subject]
        if not any(world.sole_for(r, fact.subject, fact.object.value) for r in records):  # type: ignore[union-attr]
            return None
    return ((fact,), ()) if fact.predicate in CUT else None


def retype(world: World, fact: ox.Triple, chance: random.Random) -> Edit | None:
    """Keep the text of a value and give it another type: IRI to literal, date to string, string to tagged text."""
    value = fact.object
    if fact.predicate == TYPE:
        return None
    if isinstance(value, ox.NamedNode):
        return _replaced(fact, ox.Literal(value.value))
    if not isinstance(value, ox.Literal):
        return None
    is_string = value.datatype.value == XSD + "string"
    return _replaced(fact, ox.Literal(value.value, language="en") if is_string else ox.Literal(value.value))


def wrong_code(world: World, fact: ox.Triple, chance: random.Random) -> Edit | None:
    """Take a code from another list."""
    scheme = world.schemes.get(fact.object)
    if scheme is None:
        return None
    return _replaced(fact, chance.choice(world.lists[chance.choice([x for x in world.lists if x != scheme])]))


def wrong_class(world: World, fact: ox.Triple, chance: random.Random) -> Edit | None:
    """Point to an entity of another family, such as a person for a place; or call a record by such a class."""
    if fact.predicate == TYPE:
        others = [c for c in world.classes if world.family(c) != world.family(fact.object)]
        return _replaced(fact, chance.choice(others)) if fact.object in world.classes and others else None
    own = world.families(fact.object)
    families = sorted(set(world.members) - own)
    if not _is_entity(fact.object) or not own or not families:
        return None
    return _replaced(fact, chance.choice(world.members[chance.choice(families)]))


def _shift(by: timedelta) -> Callable[[World, ox.Triple, random.Random], Edit | None]:
    def shift(world: World, fact: ox.Triple, chance: random.Random) -> Edit | None:
        if not isinstance(fact.object, ox.Literal) or fact.object.datatype != DATE:
            return None
        day = date.fromisoformat(fact.object.value) + by
        return _replaced(fact, ox.Literal(day.isoformat(), datatype=DATE))

    return shift


def _swap(family: str) -> Callable[[World, ox.Triple, random.Random], Edit | None]:
    def swap(world: World, fact: ox.Triple, chance: random.Random) -> Edit | None:
        own = world.families(fact.object)
        wanted = family in own if family else bool(own) and not own & SWAPPED
        return _replaced(fact, other) if wanted and (other := _another(world, fact, chance)) else None

    return swap


def double(world: World, fact: ox.Triple, chance: random.Random) -> Edit | None:
    """Give a second value beside a single one; a second class of another family beside the first."""
    if fact.predicate == TYPE:
        edit = wrong_class(world, fact, chance)
        return edit and ((), edit[1])
    if fact.predicate != LABEL and (world.kind(fact.subject), fact.predicate.value) in world.several:
        return None
    other = _another(world, fact, chance)
    return ((), (ox.Triple(fact.subject, fact.predicate, other),)) if other else None


def misspell(world: World, fact: ox.Triple, chance: random.Random) -> Edit | None:
    """Leave a letter out of the property, or of the class."""
    if fact.predicate == TYPE:
        return _replaced(fact, _misspelt(fact.object))
    return (fact,), (ox.Triple(fact.subject, _misspelt(fact.predicate), fact.object),)


def dangle(world: World, fact: ox.Triple, chance: random.Random) -> Edit | None:
    """Point to a name that nothing describes; for a property, one that is not declared."""
    if fact.predicate == TYPE or not isinstance(fact.object, ox.NamedNode):
        return None
    if fact.object.value.startswith(IPP):
        return _replaced(fact, _misspelt(fact.object))
    ours = fact.object.value.startswith((ID, CODE))
    return _replaced(fact, ox.NamedNode(fact.object.value + "-nowhere")) if ours else None


SWAPPED = {"ipp:Office", "ipp:Person", "ipp:Party"}
OPERATORS: dict[str, Callable[[World, ox.Triple, random.Random], Edit | None]] = {
    "drop": drop,
    "cut": cut,
    "retype": retype,
    "wrong code": wrong_code,
    "wrong class": wrong_class,
    "earlier": _shift(-SHIFT),
    "later": _shift(SHIFT),
    "swap office": _swap("ipp:Office"),
    "swap person": _swap("ipp:Person"),
    "swap party": _swap("ipp:Party"),
    "swap other": _swap(""),
    "double": double,
    "misspell": misspell,
    "dangle": dangle,
}


def _replaced(fact: ox.Triple, value: Node) -> Edit:
    return (fact,), (ox.Triple(fact.subject, fact.predicate, value),)


def _is_entity(value: object) -> bool:
    return isinstance(value, ox.NamedNode) and value.value.startswith(ID)


def _misspelt(term: object) -> ox.NamedNode:
    iri = str(getattr(term, "value", term))
    return ox.NamedNode(iri[:-2] + iri[-1])


def _another(world: World, fact: ox.Triple, chance: random.Random) -> Node | None:
    """Another value of the same kind that the subject does not have yet, or None."""
    value, there = fact.object, world.values[fact.subject, fact.predicate.value]
    if isinstance(value, ox.Literal):
        return _another_literal(value)
    if _is_entity(value):
        pool: Sequence[object] = [m for f in sorted(world.families(value)) for m in world.members[f]]
    elif value in world.schemes:
        pool = world.lists[world.schemes[value]]
    elif isinstance(value, ox.NamedNode):
        pool = (
            sorted(map(ox.NamedNode, world.evidence), key=str)
            if value.value.startswith(IPP)
            else [ox.NamedNode(value.value + "x")]
        )
    else:
        return None
    taken = {*there, fact.subject}
    for _ in range(20 if pool else 0):
        if (other := chance.choice(pool)) not in taken:
            return other  # type: ignore[return-value]
    return None


def _another_literal(value: ox.Literal) -> ox.Literal:
    kind = value.datatype.value.removeprefix(XSD)
    if kind == "date":
        return ox.Literal((date.fromisoformat(value.value) + timedelta(days=1)).isoformat(), datatype=value.datatype)
    if kind == "integer":
        return ox.Literal(str(int(value.value) + 1), datatype=value.datatype)
    if kind == "boolean":
        return ox.Literal("false" if value.value == "true" else "true", datatype=value.datatype)
    if value.language:
        return ox.Literal(value.value + " again", language=value.language)
    return ox.Literal(value.value + " again", datatype=value.datatype)


def _shown(value: object) -> str:
    text = short(value)
    return f"'{text[:60]}'" if isinstance(value, ox.Literal) else text


# ---- the run


def is_equivalent(world: World, operator: str, cls: str, prop: str) -> bool:
    """Whether the table says that mutants of an operator and fact class change nothing that could be wrong."""
    _, table = EQUIVALENT.get(operator, ("", {}))
    classes = cls.split("+")
    names = {"*", *classes, *(world.family(ox.NamedNode(c.replace("ipp:", IPP))) for c in classes)}
    return any(prop in table.get(name, "").split() for name in names)


def mutants(world: World, *, sample: int = 3, seed: int = 1) -> Iterator[Mutant]:
    """A seeded sample of mutants, at most `sample` for each fact class and operator; equivalent ones left out.

    Only facts of records are broken, that is, of subjects with a class of ours: not those of the
    catalogue and the data set's description.
    """
    groups: dict[tuple[str, str], list[ox.Triple]] = defaultdict(list)
    for fact in world.facts:
        groups[world.kind(fact.subject), short(fact.predicate)].append(fact)
    for (cls, prop), facts in sorted(groups.items()):
        for name, operator in OPERATORS.items():
            if "ipp:" not in cls or is_equivalent(world, name, cls, prop):
                continue
            chance = random.Random(f"{seed} {cls} {prop} {name}")
            made = 0
            for fact in chance.sample(facts, min(len(facts), LOOK)):
                edit = operator(world, fact, chance)
                if edit:
                    yield Mutant(name, cls, prop, fact, edit)
                    made += 1
                if made == sample:
                    break


def keys(report: Report) -> Counter[Key]:
    """What a report holds of the severities that count, without the messages."""
    return Counter((f.focus, f.path, f.value, f.shape, f.component) for f in report if f.severity in COUNTED)


def run(kept: Validation, made: Iterable[Mutant]) -> Iterator[Outcome]:
    """Put each mutant into the graph, see who complains, and take it out again before the next."""
    before = keys(kept.report)
    undo: Edit = ((), ())
    for mutant in made:
        removed, added = mutant.edit
        # One edit takes the last mutant out and puts this one in; what both would change stays as it is.
        report = kept.edit(added=[*added, *undo[0]], removed=[*removed, *undo[1]])
        new = keys(report) - before
        yield Outcome(mutant, tuple(sorted({short(k[3]) for k in new})))
        undo = mutant.edit
    kept.edit(added=undo[0], removed=undo[1])


def run_all(kept: Validation, made: Sequence[Mutant], jobs: int) -> list[Outcome]:
    """Run mutants in several processes, each with a copy of the graph as it now is."""
    if jobs == 1:
        return list(run(kept, made))
    pipes = []
    fork = multiprocessing.get_context("fork")
    for n in range(jobs):
        ours, theirs = fork.Pipe(duplex=False)
        process = fork.Process(target=_work, args=(kept, made[n::jobs], theirs))
        process.start()
        theirs.close()
        pipes.append((process, ours))
    shapes = []
    for process, ours in pipes:
        shapes.append(ours.recv())
        process.join()
    out = [Outcome(m, shapes[n % jobs][n // jobs]) for n, m in enumerate(made)]
    return out


def _work(kept: Validation, made: Sequence[Mutant], pipe: multiprocessing.connection.Connection) -> None:
    pipe.send([o.shapes for o in run(kept, made)])


# ---- the report


def tally(outcomes: Iterable[Outcome], key: Callable[[Outcome], str]) -> dict[str, tuple[int, int]]:
    """Killed and total by a key."""
    total: Counter[str] = Counter()
    killed: Counter[str] = Counter()
    for o in outcomes:
        total[key(o)] += 1
        killed[key(o)] += bool(o.shapes)
    return {k: (killed[k], total[k]) for k in total}


def noticed(outcomes: Iterable[Outcome], shapes: Iterable[str]) -> dict[str, tuple[int, int]]:
    """By shape, how many mutants it noticed, and how many of them no other shape noticed."""
    out = {s: [0, 0] for s in shapes}
    for o in outcomes:
        for s in o.shapes:
            cell = out.setdefault(s, [0, 0])
            cell[0] += 1
            cell[1] += len(o.shapes) == 1
    return {s: (a, b) for s, (a, b) in out.items()}


def counting_shapes(triples: Iterable[ox.Triple]) -> list[str]:
    """The shapes that can be the source of a counted finding: those that carry a message or a SPARQL constraint."""
    found = index_shapes(Index.of(triples)).values()
    severities = {ox.NamedNode(SH + s) for s in COUNTED}
    return sorted(
        short(s.node)
        for s in found
        if s.severity in severities and (s.messages or "sparql" in s.parameters) and isinstance(s.node, ox.NamedNode)
    )


def document(outcomes: Sequence[Outcome], shapes: Iterable[str]) -> dict[str, object]:
    """The whole score as plain values for JSON."""
    survivors: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for o in outcomes:
        if not o.shapes:
            survivors[o.mutant.operator, f"{o.mutant.cls} {o.mutant.prop}"].append(o)
    by_class = tally(outcomes, lambda o: f"{o.mutant.cls} {o.mutant.prop}")
    return {
        "killed": sum(bool(o.shapes) for o in outcomes),
        "total": len(outcomes),
        "by_operator": tally(outcomes, lambda o: o.mutant.operator),
        "by_fact_class": dict(sorted(by_class.items())),
        "by_shape": noticed(outcomes, shapes),
        "survivors": [
            {"operator": op, "fact_class": cls, "count": len(found), "example": str(found[0].mutant)}
            for (op, cls), found in sorted(survivors.items())
        ],
    }


def table(score: dict[str, object]) -> str:
    """The score as text."""
    lines: list[str] = []

    def cells(title: str, rows: dict[str, tuple[int, int]]) -> None:
        lines.append(f"\n{title}")
        lines.extend(f"  {a:>5}/{n:<5} {100 * a // n:>3}%  {name}" for name, (a, n) in rows.items())

    killed, total = score["killed"], score["total"]
    assert isinstance(killed, int) and isinstance(total, int)
    lines.append(f"mutation score {100 * killed / max(total, 1):.1f}%: {killed} of {total} mutants noticed")
    cells("By operator", score["by_operator"])  # type: ignore[arg-type]
    cells("By fact class", score["by_fact_class"])  # type: ignore[arg-type]
    lines.append("\nBy shape: mutants noticed, and noticed by it alone")
    shapes: dict[str, tuple[int, int]] = score["by_shape"]  # type: ignore[assignment]
    lines.extend(f"  {a:>5} {b:>5}  {name}" for name, (a, b) in sorted(shapes.items()) if a)
    silent = [name for name, (a, _) in sorted(shapes.items()) if not a]
    lines.append(f"\nShapes that noticed none ({len(silent)}): {' '.join(silent)}")
    lines.append("\nSurvivors: operator, fact class, how many, an example")
    rows: list[dict[str, object]] = score["survivors"]  # type: ignore[assignment]
    lines.extend(f"  {r['operator']:<11} {r['fact_class']} ({r['count']}): {r['example']}" for r in rows)
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the data, run the mutants, print the score."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", type=Path, help="data files or folders (default: the bundled data)")
    parser.add_argument("--shapes", nargs="*", type=Path, default=[], help="shapes (default: the bundled shapes)")
    parser.add_argument("--sample", type=int, default=3, help="mutants for each fact class and operator (default 3)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the sample (default 1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: all processors)")
    parser.add_argument("--json", type=Path, help="also write the score to this file")
    options = parser.parse_args(arguments)
    start = time.monotonic()
    graph = load(*options.paths)
    shapes = read_shapes(*options.shapes)
    made = list(mutants(World(graph), sample=options.sample, seed=options.seed))
    kept = Validation(graph, shapes)
    kept.prepare()
    print(f"{len(made)} mutants, ready after {time.monotonic() - start:.0f} s", file=sys.stderr)
    score = document(run_all(kept, made, options.jobs), counting_shapes(shapes))
    print(table(score))
    print(f"\n{time.monotonic() - start:.0f} s", file=sys.stderr)
    if options.json:
        options.json.write_text(json.dumps(score, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
