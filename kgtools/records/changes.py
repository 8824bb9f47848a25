"""What changed between two states of the data: entities and facts added, removed and changed, by entity.

Blank nodes are compared by what is said of them (RDF Dataset Canonicalization, RDFC-1.0), so that a new label of a
blank node is no change.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.rdf import read as reader
from kgtools.rdf.write import to_turtle
from kgtools.terms import LABEL, TYPE, short


@dataclass(frozen=True, slots=True)
class Change:
    """One entity that differs: what was done to it, its label, and the facts that went and came.

    Attributes:
        entity: the entity, as a prefixed name or IRI.
        kind: `added`, `removed` or `changed`.
        label: its English label, after the change where it has one.
        facts: property, old values and new values, each property once.
    """

    entity: str
    kind: str
    label: str
    facts: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """The changes by entity, in alphabetical order, and the triples behind them."""

    changes: tuple[Change, ...]
    removed: tuple[ox.Triple, ...]
    added: tuple[ox.Triple, ...]

    def to_json(self) -> str:
        """A JSON array, one object an entity."""
        rows = [
            {
                "entity": c.entity,
                "kind": c.kind,
                "label": c.label,
                "facts": [{"property": p, "old": list(old), "new": list(new)} for p, old, new in c.facts],
            }
            for c in self.changes
        ]
        return json.dumps(rows, ensure_ascii=False, indent=1)

    def to_rdf(self) -> str:
        """The triples as an RDF patch: Turtle of what came, after the same of what went as comments."""
        gone = to_turtle(self.removed).decode().splitlines() if self.removed else []
        came = to_turtle(self.added).decode() if self.added else ""
        return "".join(f"# - {line}\n" if line else "#\n" for line in gone) + came

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        count: dict[str, int] = defaultdict(int)
        for c in self.changes:
            count[c.kind] += 1
        yield f"{count['added']} entities added, {count['removed']} removed, {count['changed']} changed"
        signs = {"added": "+", "removed": "-", "changed": "~"}
        for c in self.changes:
            yield from wrap(f"{signs[c.kind]} {c.entity}  {c.label}", 80, subsequent_indent="  ")
            if c.kind == "changed":
                for name, old, new in c.facts:
                    change = " -> ".join(", ".join(v) or "nothing" for v in (old, new))
                    yield from wrap(f"{name}: {change}", 80, initial_indent="    ", subsequent_indent="      ")


def diff(old: Path | str, new: Path | str, *, repository: Path | None = None, folder: str = "data") -> Diff:
    """What changed from one state of the data to another.

    Args:
        old, new: a file or folder as a :class:`~pathlib.Path`, or the name of a git revision as a string.
        repository: where git revisions are looked up; the current folder by default.
        folder: the folder of the data in a revision.

    Raises:
        InputError: a path is missing or unreadable, or there is no such revision.
    """
    before, after = (_triples(state, repository or Path(), folder) for state in (old, new))
    removed, added = before - after, after - before
    sides: tuple[dict[object, list[ox.Triple]], ...] = (defaultdict(list), defaultdict(list))
    for side, triples in zip(sides, (removed, added), strict=True):
        for t in triples:
            side[t.subject].append(t)
    had, has = ({t.subject for t in state} for state in (before, after))
    labels: dict[object, str] = {
        t.subject: t.object.value
        for state in (before, after)
        for t in state
        if t.predicate == LABEL and isinstance(t.object, ox.Literal) and t.object.language in ("en", None)
    }
    changes = []
    for s in {*sides[0], *sides[1]}:
        kind = "added" if s not in had else "removed" if s not in has else "changed"
        changes.append(Change(_name(s), kind, labels.get(s) or "", tuple(_facts(sides[0][s], sides[1][s]))))
    return Diff(
        tuple(sorted(changes, key=lambda c: c.entity)), tuple(sorted(removed, key=str)), tuple(sorted(added, key=str))
    )


def _facts(
    gone: Iterable[ox.Triple], came: Iterable[ox.Triple]
) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    by: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, triples in enumerate((gone, came)):
        for t in triples:
            by["a" if t.predicate == TYPE else _name(t.predicate)][side].append(_name(t.object))
    for name in sorted(by):
        old, new = by[name]
        yield name, tuple(sorted(old)), tuple(sorted(new))


def _name(term: object) -> str:
    return short(term) if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _triples(state: Path | str, repository: Path, folder: str) -> set[ox.Triple]:
    if isinstance(state, Path):
        return _canonical(t for path in reader.files([state]) for t in reader.read(path).triples)
    if state.startswith("-"):
        raise InputError(f"{state}: not the name of a git revision")
    with tempfile.TemporaryDirectory() as place:
        done = subprocess.run(
            ["git", "-C", str(repository), "archive", "--format=tar", state, "--", folder],
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise InputError(f"{state}: neither a file, a folder, nor a git revision with a folder '{folder}'")
        subprocess.run(["tar", "-x", "-C", place], input=done.stdout, check=True)
        return _canonical(t for path in reader.files([Path(place)]) for t in reader.read(path).triples)


def _canonical(triples: Iterable[ox.Triple]) -> set[ox.Triple]:
    """The triples with canonical labels of their blank nodes."""
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {q.triple for q in dataset}
