"""The shelf on which a record stands: the data file that follows from what the record is.

| what | file |
| --- | --- |
| the data set's description | `dataset.ttl` |
| parties and memberships | `parties.ttl` |
| places | `places.ttl` |
| bodies, offices, tenures and persons of a party | `people/<party>.ttl` |
| what two parties share | `bilateral/<a>-<b>/`: each dialogue, summit series or working group in a file of its own, the rest in `exercises`, `meetings`, `instruments` and `initiatives` |
| what three to six parties share | `minilateral/<grouping>.ttl`, or `<a>-<b>-<c>.ttl` where it bears no grouping's name |
| what an organisation or more parties share | `multilateral/<organisation or grouping>.ttl`, or the record's own name |
| sources | `sources/<publisher>.ttl` from ten sources on; smaller publishers by first letter, `sources/publishers-<letter>.ttl` |

What belongs to a record stands with it: a round with its series; participations, outcomes, status changes,
claims and citations with what they are about. A party that is a member of another party of the same record
is not counted (Laos hosts ASEAN and Korea: that is ASEAN and Korea). A coverage statement (`ipp:DataFile`)
has no shelf: it covers the file in which it stands, or, in `coverage.ttl`, the folder.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property

import pyoxigraph as ox

from kgtools.terms import DATASET, ID, IPP, LABEL, SKOS, TYPE

OWN_FILE = 10
"""From this number of sources on a publisher has a file of its own."""
FEW = 6
"""Up to this number of parties something is minilateral."""

_ORGANISATION = "IntergovernmentalOrganization"
_PARTIES = {"Nation", "Grouping", _ORGANISATION, "NonStateOrganization"}
_SERIES = {"DialogueSeries", "SummitSeries", "WorkingGroup"}
_KIND_FILES = {
    "ExerciseSeries": "exercises",
    "ExerciseEdition": "exercises",
    "Round": "meetings",
    "Meeting": "meetings",
    "Visit": "meetings",
    "Call": "meetings",
    "BindingInstrument": "instruments",
    "PoliticalInstrument": "instruments",
    "Initiative": "initiatives",
    "Partnership": "initiatives",
}
_OWNED_BY = ("roundOf", "statusChangeOf", "progressOf", "documentOf", "claimSubject")
"""Properties of a part that name what it belongs to."""
_OWNS = ("participation", "hasOutcome", "citation")
"""Properties of a record that name its parts."""
_USED = (
    *("party", "participant", "representing", "person", "inOffice", "holder", "office", "officeOf", "bodyOf"),
    *("member", "memberOf", "memberUntil", "latestEnd", "publisher"),
)
_LABELS = {LABEL.value, SKOS + "altLabel"}


def slugify(text: str) -> str:
    """A text as a slug: ASCII letters and digits in lower case, the rest as single hyphens.

    >>> slugify("Kantei: Office of the Prime Minister"), slugify("Báo Quốc tế")
    ('kantei-office-of-the-prime-minister', 'bao-quoc-te')
    """
    plain = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


PREDICATES = [ox.NamedNode(IPP + name) for name in (*_USED, *_OWNED_BY, *_OWNS)]
PREDICATES += [TYPE, LABEL, ox.NamedNode(SKOS + "altLabel")]
"""The properties from which shelves follow."""


class Shelves:
    """The shelves of the records that some triples describe.

    Args:
        triples: the whole data set, or what it states with :data:`PREDICATES`: a record's shelf can follow from
            records in other files.
    """

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._types: dict[str, list[str]] = defaultdict(list)
        self._values: dict[str, dict[str, list[str]]] = {p: defaultdict(list) for p in (*_USED, *_OWNED_BY)}
        self._owners: dict[str, list[str]] = defaultdict(list)
        self._labels: dict[str, list[str]] = defaultdict(list)
        self._found: dict[str, str | None] = {}
        for t in triples:
            if not isinstance(t.subject, ox.NamedNode) or not isinstance(t.object, ox.NamedNode | ox.Literal):
                continue
            subject, predicate, value = t.subject.value, t.predicate.value, t.object.value
            name = predicate.removeprefix(IPP)
            if name in self._values:
                self._values[name][subject].append(value)
            elif name in _OWNS:
                self._owners[value].append(subject)
            elif t.predicate == TYPE:
                self._types[subject].append(value.removeprefix(IPP))
            elif predicate in _LABELS:
                self._labels[subject].append(value)

    def shelf(self, iri: str) -> str | None:
        """The file of a record, relative to the data folder; None where nothing decides it.

        >>> shelves = Shelves(ox.parse(b'''PREFIX ipp: <https://w3id.org/indopacific/ns#> PREFIX id: <https://w3id.org/indopacific/id/>
        ... id:ind-jpn-forum a ipp:DialogueSeries ; ipp:party id:jpn , id:ind . id:ind-jpn-forum-1 ipp:roundOf id:ind-jpn-forum .''', format=ox.RdfFormat.TURTLE))
        >>> shelves.shelf("https://w3id.org/indopacific/id/ind-jpn-forum-1")
        'bilateral/ind-jpn/forum.ttl'
        """
        if iri not in self._found:
            self._found[iri] = None  # what leads back to itself has no shelf
            self._found[iri] = self._shelf(iri)
        return self._found[iri]

    def owner(self, iri: str) -> str | None:
        """The record with which this one stands, or None where it stands for itself."""
        for name in _OWNED_BY:
            for value in self._values[name].get(iri, ()):
                return value
        owners = self._owners.get(iri)
        return min(owners, key=lambda o: (self.shelf(o) or "~", o)) if owners else None

    def _shelf(self, iri: str) -> str | None:
        if iri == DATASET.value or iri.startswith(DATASET.value + "/"):
            return "dataset.ttl"
        kinds = set(self._types.get(iri, ()))
        if kinds & _PARTIES or "Membership" in kinds:
            return "parties.ttl"
        if "Place" in kinds:
            return "places.ttl"
        if kinds & {"GovernmentBody", "Office", "Person", "Tenure"}:
            parties = self._parties_of_person(iri) if "Person" in kinds else self._party_of_office(iri)
            return f"people/{_slug(min(parties, key=self._nation_first))}.ttl" if parties else None
        if "Source" in kinds:
            return self._shelf_of_source(iri)
        owner = self.owner(iri)
        if owner is not None and owner in self._types:
            return self.shelf(owner)
        return self._shelf_of_shared(iri, kinds)

    def _nation_first(self, party: str) -> tuple[bool, str]:
        return "Nation" not in self._types.get(party, ()), party

    def _party_of_office(self, iri: str) -> set[str]:
        """The party of a body, office or tenure."""
        offices = [iri, *self._values["office"].get(iri, ())]
        return {p for o in offices for name in ("officeOf", "bodyOf") for p in self._values[name].get(o, ())}

    def _parties_of_person(self, iri: str) -> set[str]:
        """The parties in whose offices a person was, or else those that the person represented."""
        held = {p for t in self._by_object["holder"].get(iri, ()) for p in self._party_of_office(t)}
        if held:
            return held
        roles = self._by_object["person"].get(iri, ())
        offices = [o for r in roles for o in self._values["inOffice"].get(r, ())]
        return {p for o in offices for p in self._party_of_office(o)} or {
            p for r in roles for p in self._values["representing"].get(r, ())
        }

    @cached_property
    def _by_object(self) -> dict[str, dict[str, list[str]]]:
        out: dict[str, dict[str, list[str]]] = {}
        for name in ("holder", "person"):
            out[name] = defaultdict(list)
            for subject, values in self._values[name].items():
                for value in values:
                    out[name][value].append(subject)
        return out

    def _shelf_of_source(self, iri: str) -> str | None:
        for publisher in self._values["publisher"].get(iri, ()):
            slug = slugify(publisher)
            if self._publishers[slug] >= OWN_FILE:
                return f"sources/{slug}.ttl"
            return f"sources/publishers-{_initial(slug)}.ttl"
        return None

    @cached_property
    def _publishers(self) -> Counter[str]:
        return Counter(slugify(p) for values in self._values["publisher"].values() for p in values[:1])

    def _shelf_of_shared(self, iri: str, kinds: set[str]) -> str | None:
        """The shelf of an arrangement, an event or an instrument."""
        kind = next((k for k in sorted(kinds) if k in _SERIES or k in _KIND_FILES), None)
        parties = self._counted_parties(iri)
        if kind is None or not parties:
            return None
        slug, codes = _slug(iri), [_slug(p) for p in parties]
        if len(parties) == 2:
            pair = "-".join(codes)
            own = slug.removeprefix(pair + "-")
            return f"bilateral/{pair}/{own if kind in _SERIES else _KIND_FILES[kind]}.ttl"
        group = parties[0] if len(parties) == 1 else self._named_after(slug)
        if group is not None:
            return f"{'minilateral' if self._is_small(group) else 'multilateral'}/{_slug(group)}.ttl"
        return f"minilateral/{'-'.join(codes)}.ttl" if len(parties) <= FEW else f"multilateral/{slug}.ttl"

    def _counted_parties(self, iri: str) -> list[str]:
        """The parties of a record without those that are members of another of them, in order of their names."""
        listed = {p for name in ("party", "participant") for p in self._values[name].get(iri, ())}
        return sorted((p for p in listed if not self._memberships[p] & listed), key=_slug)

    @cached_property
    def _memberships(self) -> dict[str, set[str]]:
        """Each party with what it is a member of to this day."""
        out: dict[str, set[str]] = defaultdict(set)
        for membership, members in self._values["member"].items():
            if not any(self._values[name].get(membership) for name in ("memberUntil", "latestEnd")):
                out[members[0]].update(self._values["memberOf"].get(membership, ()))
        return out

    @cached_property
    def _names(self) -> dict[str, str]:
        """The slugs under which groupings and organisations are known."""
        groups = [iri for iri, kinds in self._types.items() if {"Grouping", _ORGANISATION} & set(kinds)]
        return {s: g for g in sorted(groups) for s in (*map(slugify, self._labels.get(g, ())), _slug(g)) if s}

    def _named_after(self, slug: str) -> str | None:
        """The grouping with whose name a slug begins; the longest name counts."""
        words = slug.split("-")
        starts = ("-".join(words[:n]) for n in range(len(words), 0, -1))
        return next((self._names[s] for s in starts if s in self._names), None)

    def _is_small(self, group: str) -> bool:
        return _ORGANISATION not in self._types.get(group, ()) and 3 <= self._sizes[group] <= FEW

    @cached_property
    def _sizes(self) -> Counter[str]:
        """For each grouping the most parties that an arrangement or instrument of its name lists."""
        sizes: Counter[str] = Counter()
        for iri, parties in self._values["party"].items():
            group = self._named_after(_slug(iri))
            if group is not None:
                sizes[group] = max(sizes[group], len(set(parties)))
        return sizes


def _slug(iri: str) -> str:
    return iri.removeprefix(ID)


def _initial(slug: str) -> str:
    """The letter under which a publisher is sorted: "The" does not count, and digits stand together."""
    first = slug.removeprefix("the-")[:1]
    return first if first.isalpha() else "0-9"
