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
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgtools.rdf.blank import blank_nodes, canonical
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
_FIRST, _REST, _NIL = (ox.NamedNode(RDF + name) for name in ("first", "rest", "nil"))
MAX_INSIDE = 20
"""How deep blank nodes are written inside one another; a deeper one gets a label."""
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


def _natural(term: object) -> list[str]:
    """The key that sorts a term by its text, numbers in it by their value, however long they are."""
    text = str(term)
    parts = _DIGITS.split(text)
    return [x if n % 2 == 0 else f"{len(x.lstrip('0')):09}{x.lstrip('0')}" for n, x in enumerate(parts)] + [text]


def to_turtle(triples: Iterable[ox.Triple], comments: Comments | None = None) -> bytes:
    """The triples as deterministic Turtle (UTF-8).

    A blank node that one triple points to stands there as `[ … ]`, a list as `( … )`; the others get labels that
    depend on the graph alone (:mod:`kgtools.rdf.blank`).

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
                return f"{ox.Literal(term.value)}^^{named(kind)}"
        if isinstance(term, ox.Triple):
            return f"<<( {text(term.subject)} {text(term.predicate)} {text(term.object)} )>>"
        if isinstance(term, ox.BlankNode):
            if term in nested.lists:
                return f"( {' '.join(map(text, nested.lists[term]))} )"
            if term in nested.inside or term in nested.nowhere:
                return f"[ {' ; '.join(said(term))} ]" if term in subjects and term in nested.inside else "[]"
        return str(term)

    subjects: _Subjects = defaultdict(lambda: defaultdict(dict))
    for t in canonical(triples):
        subjects[t.subject][t.predicate][t.object] = None
    nested = _nested(subjects)

    @cache
    def predicate_place(predicate: ox.NamedNode) -> tuple[int, str]:
        return order.get(predicate.value, 999), predicate.value

    def said(subject: object) -> list[str]:
        lines = []
        for predicate in sorted(subjects[subject], key=predicate_place):
            objects: Iterable[object] = subjects[subject][predicate]
            if len(subjects[subject][predicate]) > 1:
                objects = sorted(objects, key=natural)
            verb = "a" if predicate == TYPE else text(predicate)
            lines.append(f"{verb} {' , '.join([text(o) for o in objects])}")
        return lines

    before = comments.before if comments else {}
    after = comments.after if comments else {}
    blocks = []
    for subject in _in_order(subjects):
        if subject in nested.inside:
            continue
        above = "".join(f"{line}\n" for line in before.get(subject, ()))
        beside = "".join(f" {line}" for line in after.get(subject, ()))
        blocks.append(f"{above}{text(subject)} " + " ;\n  ".join(said(subject)) + f" .{beside}\n")
    table = "".join(f"@prefix {p}: <{n}> .\n" for p, n in prefixes().items() if p in used)
    head = "".join(f"{line}\n" for line in comments.head) if comments else ""
    tail = "".join(f"{line}\n" for line in comments.tail) if comments else ""
    return "\n".join([head + table, *blocks, *([tail] if tail else [])]).encode()


_Subjects = dict[object, dict[ox.NamedNode, dict[object, None]]]


@dataclass(frozen=True, slots=True)
class _Nested:
    """Blank nodes that need no label.

    Attributes:
        inside: those that stand where the one triple that has them as its object stands.
        nowhere: those to which nothing points.
        lists: of those inside, the ones that begin a list, with its members.
    """

    inside: set[object]
    nowhere: set[object]
    lists: dict[object, list[object]]


def _nested(subjects: _Subjects) -> _Nested:
    times: dict[object, int] = dict.fromkeys((s for s in subjects if isinstance(s, ox.BlankNode)), 0)
    above: dict[object, object] = {}
    for subject, said in subjects.items():
        for predicate in said:
            for o in said[predicate]:
                if isinstance(o, ox.BlankNode):
                    times[o] = times.get(o, 0) + 1
                    above[o] = subject
                elif isinstance(o, ox.Triple):
                    for inner in blank_nodes(o):
                        times[inner] = times.get(inner, 0) + 2
    cells: dict[object, object] = {}
    """The cells of well-formed lists, each with what follows."""
    for last in (s for s in times if times[s] == 1 and _is_cell(subjects.get(s)) and _rest(subjects, s) == _NIL):
        cell: object = last
        following: object = _NIL
        while times.get(cell) == 1 and _is_cell(subjects.get(cell)) and _rest(subjects, cell) == following:
            cells[cell] = following
            cell, following = above[cell], cell
    depth: dict[object, int] = {}
    for start in times:
        node: object = start
        path: dict[object, None] = {}
        while node not in depth and times[node] == 1:
            if node in path:  # a circle: one of its nodes gets a label
                walked = list(path)
                depth[min(walked[walked.index(node) :], key=str)] = -1
                break
            path[node] = None
            node = above[node]
            if node not in times:
                break
        for member in reversed(path):
            if member not in depth:
                up = depth.get(above[member], -1)
                along = cells.get(above[member]) == member
                depth[member] = up if along else up + 1 if up + 1 < MAX_INSIDE else -1
    inside = {node for node, n in depth.items() if n >= 0}
    lists: dict[object, list[object]] = {}
    for head in inside & cells.keys():
        if cells.get(above[head]) != head:
            members: list[object] = []
            at: object = head
            while at in cells:
                members.append(next(iter(subjects[at][_FIRST])))
                at = cells[at]
            lists[head] = members
    return _Nested(inside, {node for node, n in times.items() if n == 0}, lists)


def _is_cell(said: dict[ox.NamedNode, dict[object, None]] | None) -> bool:
    return said is not None and said.keys() == {_FIRST, _REST} and len(said[_FIRST]) == len(said[_REST]) == 1


def _rest(subjects: _Subjects, cell: object) -> object:
    return next(iter(subjects[cell][_REST]))


def _in_order(subjects: _Subjects) -> Iterator[object]:
    """The subjects record by record: each once, whatever points in circles."""

    @cache
    def key(subject: object) -> tuple[int, list[str], list[str]]:
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
