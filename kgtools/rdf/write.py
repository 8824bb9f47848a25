"""Deterministic Turtle: the same triples give the same bytes, one record in one place.

A record stands with what belongs to it: an event with its participations, outcomes, status changes and claims,
then the citations of all of these; a series with its rounds in order of their dates, a person with the tenures,
a grouping with its memberships. Records go by kind (coverage first, then parties, people, arrangements, events,
instruments, sources), within a kind by date and name with numbers in order; predicates go type, label, then as
the ontology lists them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgtools.terms import IPP, LABEL, RDF, SKOS, TYPE, XSD, home, prefixes, split

if TYPE_CHECKING:
    from kgtools.rdf.comments import Comments

_KINDS = [
    *("DataFile", "Nation", "IntergovernmentalOrganization", "Grouping", "NonStateOrganization", "Membership"),
    *("Place", "GovernmentBody", "Office", "Person", "Tenure"),
    *("Partnership", "Initiative", "DialogueSeries", "WorkingGroup", "SummitSeries", "ExerciseSeries"),
    "Round|ExerciseEdition|Meeting|Visit|Call",
    *("Participation", "Document", "Launch", "Commitment", "Adoption", "Decision", "Affirmation", "Discussion"),
    *("StatusChange", "ProgressReport"),
    "BindingInstrument|PoliticalInstrument",
    *("Claim", "Citation", "Source"),
]
"""Kinds of records in order; those that share a place are ordered by date alone."""
_RANK = {IPP + kind: n for n, kinds in enumerate(_KINDS) for kind in kinds.split("|")}
_PARTS = {IPP + "participation", IPP + "hasOutcome"}
"""Properties of a record that name its parts."""
_PART_OF = {IPP + "statusChangeOf", IPP + "progressOf", IPP + "documentOf", IPP + "claimSubject"}
"""Properties of a part that name its record."""
_MEMBER_OF = {IPP + "roundOf", IPP + "holder", IPP + "memberOf"}
"""Properties of a record that name the one after which it stands, as a whole of its own."""
_CITATION = IPP + "citation"
_WHEN = [
    [ox.NamedNode(IPP + name) for name in names.split()]
    for names in (
        *("startDate", "windowStart", "signedDate", "tenureStart", "earliestStart", "latestStart", "attestedOn"),
        *("memberSince", "changedOn", "reportedOn", "documentDate", "publisher datePublished"),
    )
]
"""What orders the records of one kind: the first of these that a record has."""
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


def to_turtle(triples: Iterable[ox.Triple], comments: Comments | None = None) -> bytes:
    """The triples as deterministic Turtle (UTF-8).

    Blank nodes keep their labels; the project's own data has none.

    Args:
        triples: any triples.
        comments: the comments of the text that the triples come from; each is written where it belongs.

    >>> from kgtools.terms import expand
    >>> print(to_turtle([ox.Triple(expand("jpn"), LABEL, ox.Literal("Japan", language="en"))]).decode().splitlines()[-1])
    id:jpn rdfs:label "Japan"@en .
    """
    used: set[str] = set()
    order = _predicate_order()
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
        if isinstance(term, ox.Triple):
            return f"<<( {text(term.subject)} {text(term.predicate)} {text(term.object)} )>>"
        return str(term)

    subjects: _Subjects = defaultdict(lambda: defaultdict(dict))
    for t in triples:
        subjects[t.subject][t.predicate][t.object] = None

    @cache
    def predicate_place(predicate: ox.NamedNode) -> tuple[int, str]:
        return order.get(predicate.value, 999), predicate.value

    before = comments.before if comments else {}
    after = comments.after if comments else {}
    blocks = []
    for subject in _in_order(subjects):
        lines = []
        for predicate in sorted(subjects[subject], key=predicate_place):
            objects: Iterable[object] = subjects[subject][predicate]
            if len(subjects[subject][predicate]) > 1:
                objects = sorted(objects, key=natural)
            verb = "a" if predicate == TYPE else text(predicate)
            lines.append(f"{verb} {' , '.join([text(o) for o in objects])}")
        above = "".join(f"{line}\n" for line in before.get(subject, ()))
        beside = "".join(f" {line}" for line in after.get(subject, ()))
        blocks.append(f"{above}{text(subject)} " + " ;\n  ".join(lines) + f" .{beside}\n")
    table = "".join(f"@prefix {p}: <{n}> .\n" for p, n in prefixes().items() if p in used)
    head = "".join(f"{line}\n" for line in comments.head) if comments else ""
    tail = "".join(f"{line}\n" for line in comments.tail) if comments else ""
    return "\n".join([head + table, *blocks, *([tail] if tail else [])]).encode()


_Subjects = dict[object, dict[ox.NamedNode, dict[object, None]]]


def _in_order(subjects: _Subjects) -> Iterator[object]:
    """The subjects record by record: each once, whatever points in circles."""

    @cache
    def key(subject: object) -> tuple[int, list[str], list[int | str]]:
        said = subjects[subject]
        rank = min((_RANK.get(c.value, 98) for c in said.get(TYPE, ()) if isinstance(c, ox.NamedNode)), default=99)
        when = next((names for names in _WHEN if names[0] in said), [])
        return rank, [min(map(str, said[p])) for p in when if p in said] or ["~"], _natural(subject)

    parts: dict[object, set[object]] = defaultdict(set)
    members: dict[object, set[object]] = defaultdict(set)
    citations: dict[object, list[object]] = defaultdict(list)
    owned: set[object] = set()
    for subject, said in subjects.items():
        for predicate, objects in said.items():
            name = predicate.value
            if name in _PARTS or name == _CITATION:
                for o in objects:
                    if o in subjects and o != subject:
                        (citations[subject].append if name == _CITATION else parts[subject].add)(o)
                        owned.add(o)
            elif name in _PART_OF or name in _MEMBER_OF:
                o = min(objects, key=str)
                if o in subjects and o != subject:
                    (parts if name in _PART_OF else members)[o].add(subject)
                    owned.add(subject)

    done: set[object] = set()
    roots = sorted((s for s in subjects if s not in owned), key=key)
    for root in (*roots, *sorted(owned, key=key)):
        waiting = [root]
        while waiting:
            record = waiting.pop()
            whole, ahead = [], [record]
            while ahead:
                part = ahead.pop()
                if part not in done:
                    done.add(part)
                    whole.append(part)
                    ahead += sorted(parts.get(part, ()), key=key, reverse=True)
            yield from whole
            for part in whole:
                for citation in sorted(citations.get(part, ()), key=key):
                    if citation not in done:
                        done.add(citation)
                        yield citation
            following = {m for part in whole for m in members.get(part, ())} - done
            waiting += sorted(following, key=key, reverse=True)
