"""Deterministic Turtle: the same triples give the same bytes, in an order that reads well.

Subjects go by kind (descriptions first, then arrangements, events and what belongs to them, sources last),
within a kind by name with numbers in order; predicates go type, label, then as the ontology lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox

from kgtools.vocab import IPP, LABEL, RDF, SKOS, TYPE, XSD, home, prefixes, split

_KINDS = [
    "DataFile",
    "Nation",
    "IntergovernmentalOrganization",
    "Grouping",
    "NonStateOrganization",
    "Membership",
    "Place",
    "GovernmentBody",
    "Office",
    "Person",
    "Tenure",
    "Partnership",
    "Initiative",
    "DialogueSeries",
    "WorkingGroup",
    "SummitSeries",
    "ExerciseSeries",
    "Round",
    "ExerciseEdition",
    "Meeting",
    "Visit",
    "Call",
    "Participation",
    "Launch",
    "Commitment",
    "Adoption",
    "Affirmation",
    "StatusChange",
    "BindingInstrument",
    "PoliticalInstrument",
    "Claim",
    "Citation",
    "Source",
]
_DIGITS = re.compile(r"(\d+)")
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_PLAIN = {XSD + "integer": re.compile(r"[+-]?[0-9]+"), XSD + "boolean": re.compile(r"true|false")}


@cache
def _predicate_order() -> dict[str, int]:
    """The position of each property in the ontology's core module."""
    text = (home("ontology") / "core.ttl").read_text(encoding="utf-8")
    listed = [RDF + "type", LABEL.value, SKOS + "prefLabel", SKOS + "altLabel"]
    listed += [IPP + name for name in re.findall(r"^ipp:([a-z]\w*) a ", text, re.MULTILINE)]
    listed += [IPP + "citation"]
    return {iri: n for n, iri in enumerate(listed)}


def _natural(text: str) -> list[int | str]:
    return [int(x) if x.isdecimal() else x for x in _DIGITS.split(text)]


def to_turtle(triples: Iterable[ox.Triple]) -> bytes:
    """The triples as deterministic Turtle (UTF-8).

    Blank nodes keep their labels; the project's own data has none.

    >>> from kgtools.vocab import expand
    >>> print(to_turtle([ox.Triple(expand("jpn"), LABEL, ox.Literal("Japan", language="en"))]).decode().splitlines()[-1])
    id:jpn rdfs:label "Japan"@en .
    """
    used: set[str] = set()
    order = _predicate_order()
    kinds = {IPP + k: n for n, k in enumerate(_KINDS)}

    @cache
    def named(iri: str) -> str:
        found = split(iri)
        if found is None or not _LOCAL.fullmatch(found[1]):
            return f"<{iri}>"
        used.add(found[0])
        return f"{found[0]}:{found[1]}"

    def text(term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return named(term.value)
        if isinstance(term, ox.Literal):
            kind = term.datatype.value
            if kind in _PLAIN and _PLAIN[kind].fullmatch(term.value):
                return term.value
            if kind.startswith(XSD) and kind != XSD + "string":
                used.add("xsd")
                return f"{ox.Literal(term.value)}^^xsd:{kind.removeprefix(XSD)}"
        return str(term)

    subjects: dict[object, dict[ox.NamedNode, list[object]]] = {}
    rank: dict[object, int] = {}
    for t in triples:
        found = subjects.setdefault(t.subject, {}).setdefault(t.predicate, [])
        if t.object not in found:
            found.append(t.object)
        if t.predicate == TYPE and isinstance(t.object, ox.NamedNode):
            rank[t.subject] = min(rank.get(t.subject, 99), kinds.get(t.object.value, 98))
    blocks = []
    for subject in sorted(subjects, key=lambda s: (rank.get(s, 99), _natural(str(s)))):
        lines = []
        for predicate in sorted(subjects[subject], key=lambda p: (order.get(p.value, 999), p.value)):
            verb = "a" if predicate == TYPE else text(predicate)
            objects = subjects[subject][predicate]
            if len(objects) > 1:
                objects = sorted(objects, key=lambda o: _natural(str(o)))
            lines.append(f"{verb} {' , '.join(text(o) for o in objects)}")
        blocks.append(f"{text(subject)} " + " ;\n  ".join(lines) + " .\n")
    head = "".join(f"@prefix {p}: <{n}> .\n" for p, n in prefixes().items() if p in used)
    return (head + "\n" + "\n".join(blocks)).encode()
