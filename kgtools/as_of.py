"""The graph as of a day, on two axes: what held then (`valid`), and what could be known then (`known`).

**Known.** A page speaks from the day on which it was published, or, where it states none, from the day on which it was
read. Citations of later pages go; with them the values that needed evidence and have none left, and the records that
no citation is left for, with what belongs to them. A status without evidence is that of the last change known by
then: an event is otherwise planned, a commitment open.

**Valid.** Periods are half-open: an office, a membership or a partnership holds from its first day up to, not
including, the day on which it ended. What is dated only by bounds goes where it certainly did not hold. Events and
instruments that came later are gone, unless a page, a change of status or a promise shows by then that an event was planned:
it is `scheduled`, its days a window, without participations and outcomes. A commitment has the status of its last change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgtools.terms import DATASET, TYPE, XSD, expand, ipp

if TYPE_CHECKING:
    from datetime import date

_EVENTS = {"Round", "ExerciseEdition", "Meeting", "Visit", "Call"}
_LASTING = {"DialogueSeries", "WorkingGroup", "SummitSeries", "ExerciseSeries", "Initiative", "Partnership"}
_INSTRUMENTS = {"BindingInstrument", "PoliticalInstrument"}
_PARTIES = {"Nation", "IntergovernmentalOrganization", "Grouping", "NonStateOrganization"}
_WEIGHT = ["open", "postponed", "partly-fulfilled", "lapsed", "withdrawn", "superseded", "fulfilled"]
_START = ("startDate", "windowStart", "signedDate", "establishedDate", "tenureStart", "memberSince", "earliestStart")
_END = ("tenureEnd", "latestEnd", "memberUntil", "endedDate")


def triples_as_of(
    data: Iterable[ox.Triple], evidence: Iterable[ox.NamedNode], *, valid: date | None, known: date | None
) -> Iterator[ox.Triple]:
    """The data as of a day; see the module.

    Args:
        data: the asserted triples.
        evidence: the properties whose values need a citation that supports them.
        valid: the day on which it held.
        known: the day by which it was published.
    """
    records = _Records(data, evidence)
    if known is not None:
        records.known_by(known.isoformat())
    if valid is not None:
        records.valid_on(valid.isoformat())
    days = [d.isoformat() for d in (valid, known) if d is not None]
    if days:
        records.settle(min(days))
    return records.triples()


class _Records:
    """The triples by subject and predicate, from which records, values and links are taken away."""

    def __init__(self, triples: Iterable[ox.Triple], evidence: Iterable[ox.NamedNode]) -> None:
        self._said: dict[object, dict[object, dict[object, None]]] = defaultdict(lambda: defaultdict(dict))
        for t in triples:
            self._said[t.subject][t.predicate][t.object] = None
        self._evidence = set(evidence)
        self._kinds = {s: {getattr(o, "value", "").rpartition("#")[2] for o in p[TYPE]} for s, p in self._said.items()}
        self._changes: dict[object, list[object]] = defaultdict(list)
        self._promised: dict[object, list[str]] = defaultdict(list)
        made = {o: self._days(s, "startDate", "windowStart") for s in self._said for o in self._values(s, "hasOutcome")}
        for s in self._said:
            if not self._values(s, "recurrence"):
                for thing in self._values(s, "fulfilledBy"):
                    self._promised[thing] += made.get(s, [])
        for s in self._said:
            for thing in self._values(s, "statusChangeOf"):
                self._changes[thing].append(s)

    def triples(self) -> Iterator[ox.Triple]:
        for s, predicates in self._said.items():
            for p, objects in predicates.items():
                for o in objects:
                    yield ox.Triple(s, p, o)  # type: ignore[arg-type]

    def _values(self, s: object, *names: str) -> list[object]:
        said = self._said.get(s, {})
        return [o for name in names for o in said.get(ipp(name), ())]

    def _days(self, s: object, *names: str) -> list[str]:
        return [o.value for o in self._values(s, *names) if isinstance(o, ox.Literal)]

    def _set(self, s: object, name: str, *objects: object) -> None:
        self._said[s].pop(ipp(name), None)
        if objects:
            self._said[s][ipp(name)] = dict.fromkeys(objects)

    def _of(self, kinds: set[str]) -> list[object]:
        return [s for s, own in self._kinds.items() if own & kinds and s in self._said]

    def known_by(self, day: str) -> None:
        """Take away what only later pages say."""
        late = {
            s
            for s in self._of({"Source"})
            if min(self._days(s, "datePublished") or self._days(s, "dateRead"), default="") > day
        }
        gone = {s for s in self._of({"Citation"}) if set(self._values(s, "source")) & late} | late
        for s in [s for s in self._said if self._values(s, "citation")]:
            kept = [c for c in self._values(s, "citation") if c not in gone]
            if not kept and not self._kinds[s] & _PARTIES:
                gone.add(s)
                continue
            self._set(s, "citation", *kept)
            supported = {p for c in kept for p in self._values(c, "supports")}
            for p in [p for p in self._said[s] if p in self._evidence and p not in supported]:
                del self._said[s][p]
        self._drop(gone)
        for s in list(self._said):
            if any(d > day for d in self._days(s, "checkedOn")):
                self._set(s, "checkedOn")
            if "Event" in self._kinds[s] or self._kinds[s] & _EVENTS:
                begun = min(self._days(s, "startDate", "windowStart"), default=None)
                if not self._values(s, "status") or (begun or "") > day:
                    self._plan(s, day)

    def valid_on(self, day: str) -> None:
        """Take away what did not hold on the day and had not happened by it."""
        gone: set[object] = set()
        for s in self._of(_EVENTS):
            if min(self._days(s, "startDate", "windowStart"), default="") > day:
                if self._planned_by(s, day):
                    self._plan(s, day)
                else:
                    gone.add(s)
        for s in self._of({"Tenure", "Membership"} | _LASTING):
            ended = self._days(s, *_END)
            seen = self._days(s, "attestedOn")
            if (
                min(self._days(s, *_START), default=min(seen, default="")) > day
                or (ended and max(ended) <= day)
                or (seen and not self._days(s, *_START, *_END) and max(seen) < day)
            ):
                gone.add(s)
        for s in self._of({"Partnership"}):
            gone |= {old for old in self._values(s, "replaces") if s not in gone}
        for s in self._of(_INSTRUMENTS):
            if min(self._days(s, *_START), default="") > day:
                gone.add(s)
            for name in ("inForceDate", "inForceEarliest", "inForceLatest"):
                if any(d > day for d in self._days(s, name)):
                    self._set(s, name)
        for s in self._of({"StatusChange", "ProgressReport", "Document"}):
            if max(self._days(s, "changedOn", "windowEnd", "reportedOn", "documentDate"), default="") > day:
                gone.add(s)
        for s in self._of({"Commitment"}):
            self._set(s, "reaffirmedAt", *(e for e in self._values(s, "reaffirmedAt") if e not in gone))
            if any(d > day for d in self._days(s, "checkedOn")):
                self._set(s, "checkedOn")
        self._drop(gone)

    def settle(self, day: str) -> None:
        """Give each commitment the status of its last change that is left, and the data set its day."""
        for s in self._of({"Commitment"}):
            changes = sorted(
                (key for c in self._changes[s] if c in self._said and (key := self._change(c))), key=lambda k: k[:2]
            )
            recurs = bool(self._values(s, "recurrence"))
            decisive = [c for c in changes if not recurs or c[1] in (3, 4, 5)]
            status, asof = (decisive[-1][1], decisive[-1][0]) if decisive else (0, "")
            shown = {o for c in changes for o in self._values(c[2], "shownBy")}
            for name in ("fulfilledBy", "supersededBy"):
                self._set(s, name, *(o for o in self._values(s, name) if o in shown))
            if self._values(s, "status") != [expand(f"code:{_WEIGHT[status]}")]:
                self._set(s, "status", expand(f"code:{_WEIGHT[status]}"))
                self._set(s, "statusAsOf", _date(asof or day))
        for s in list(self._said):
            if any(d > day for d in self._days(s, "statusAsOf")):
                self._set(s, "statusAsOf", _date(day))
        if DATASET in self._said:
            self._set(DATASET, "asOf", _date(day))

    def _change(self, change: object) -> tuple[str, int, object] | None:
        days = self._days(change, "changedOn", "windowEnd")
        to = [getattr(o, "value", "").rpartition("/")[2] for o in self._values(change, "toStatus")]
        return (max(days), _WEIGHT.index(to[0]), change) if days and to and to[0] in _WEIGHT else None

    def _planned_by(self, event: object, day: str) -> bool:
        """Whether a page, a change of status or a promise shows by the day that the event was planned."""
        if any(min(self._days(c, "changedOn", "windowStart"), default="~") <= day for c in self._changes[event]):
            return True
        if any(d <= day for d in self._promised[event]):
            return True
        sources = [s for c in self._values(event, "citation") for s in self._values(c, "source")]
        return any(d <= day for s in sources for d in self._days(s, "datePublished"))

    def _plan(self, event: object, day: str) -> None:
        """Make an event one that is planned: its days a window, nothing yet that came of it."""
        changes = [
            c for c in self._changes[event] if c in self._said and max(self._days(c, "changedOn"), default="~") <= day
        ]
        newest = max(changes, key=lambda c: max(self._days(c, "changedOn")), default=None)
        to = self._values(newest, "toStatus") if newest is not None else []
        self._set(event, "status", to[0] if to else expand("code:scheduled"))
        published = [
            d
            for c in self._values(event, "citation")
            for s in self._values(c, "source")
            for d in self._days(s, "datePublished")
            if d <= day
        ]
        self._set(event, "statusAsOf", _date(max(published, default=day)))
        first, last = self._days(event, "startDate"), self._days(event, "endDate")
        if first:
            self._set(event, "windowStart", _date(first[0]))
            self._set(event, "windowEnd", _date((last or first)[0]))
            self._set(event, "edtf", ox.Literal(first[0] if (last or first) == first else f"{first[0]}/{last[0]}"))
        for name in ("startDate", "endDate"):
            self._set(event, name)
        self._drop(set(self._values(event, "participation", "hasOutcome")))

    def _drop(self, gone: set[object]) -> None:
        """Take away records, what belongs to them, and every link to them."""
        waiting = set(gone)
        dropped: set[object] = set()
        while waiting:
            dropped |= waiting
            parts = {o for s in waiting for o in self._values(s, "participation", "hasOutcome")}
            parts |= {c for s in waiting for c in self._changes[s]}
            waiting = parts - dropped
        for s in dropped:
            self._said.pop(s, None)
        for predicates in self._said.values():
            for p in list(predicates):
                if not predicates[p].keys().isdisjoint(dropped):
                    predicates[p] = {o: None for o in predicates[p] if o not in dropped}
                    if not predicates[p]:
                        del predicates[p]


def _date(day: str) -> ox.Literal:
    return ox.Literal(day, datatype=ox.NamedNode(XSD + "date"))
