"""Deterministic Turtle: the same triples give the same bytes, in an order that reads well.

Subjects go by kind (descriptions first, then arrangements, events and what belongs to them, sources last),
within a kind by name with numbers in order; predicates go type, label, then as the ontology lists them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox

from kgtools.terms import IPP, LABEL, RDF, SKOS, TYPE, XSD, home, prefixes, split

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


def _natural(term: object) -> list[int | str]:
    """The key that sorts a term by its text, numbers in it by their value."""
    return [int(x) if x.isdecimal() else x for x in _DIGITS.split(str(term))]


def to_turtle(triples: Iterable[ox.Triple]) -> bytes:
    """The triples as deterministic Turtle (UTF-8).

    Blank nodes keep their labels; the project's own data has none.

    >>> from kgtools.terms import expand
    >>> print(to_turtle([ox.Triple(expand("jpn"), LABEL, ox.Literal("Japan", language="en"))]).decode().splitlines()[-1])
    id:jpn rdfs:label "Japan"@en .
    """
    used: set[str] = set()
    order = _predicate_order()
    kinds = {IPP + k: n for n, k in enumerate(_KINDS)}

    natural = cache(_natural)

    def named(iri: str) -> str:
        found = split(iri)
        if found is None or not _LOCAL.fullmatch(found[1]):
            return f"<{iri}>"
        used.add(found[0])
        return f"{found[0]}:{found[1]}"

    @cache
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

    subjects: dict[object, dict[ox.NamedNode, dict[object, None]]] = defaultdict(lambda: defaultdict(dict))
    for t in triples:
        subjects[t.subject][t.predicate][t.object] = None

    def place(subject: object) -> tuple[int, list[int | str]]:
        types = subjects[subject].get(TYPE, ())
        rank = min((kinds.get(c.value, 98) for c in types if isinstance(c, ox.NamedNode)), default=99)
        return rank, _natural(subject)

    @cache
    def predicate_place(predicate: ox.NamedNode) -> tuple[int, str]:
        return order.get(predicate.value, 999), predicate.value

    blocks = []
    for subject in sorted(subjects, key=place):
        lines = []
        for predicate in sorted(subjects[subject], key=predicate_place):
            objects: Iterable[object] = subjects[subject][predicate]
            if len(subjects[subject][predicate]) > 1:
                objects = sorted(objects, key=natural)
            verb = "a" if predicate == TYPE else text(predicate)
            lines.append(f"{verb} {' , '.join([text(o) for o in objects])}")
        blocks.append(f"{text(subject)} " + " ;\n  ".join(lines) + " .\n")
    head = "".join(f"@prefix {p}: <{n}> .\n" for p, n in prefixes().items() if p in used)
    return (head + "\n" + "\n".join(blocks)).encode()
