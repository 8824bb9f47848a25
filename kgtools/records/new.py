"""The skeleton of a new record, in the file where it belongs: slugs, citation and all that follows from the rest.

A curator says what only a source can say. The record's name, its parties, its level, the offices of its leaders on
the day, its status and the properties that the source supports are worked out from that and from the graph.
"""

from __future__ import annotations

import calendar
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyoxigraph as ox

from kgtools import files
from kgtools.errors import InputError
from kgtools.graph import KnowledgeGraph
from kgtools.rdf import read as reader
from kgtools.rdf.comments import Comments, read_comments
from kgtools.rdf.write import to_turtle
from kgtools.records.find import find
from kgtools.records.shelves import PREDICATES, Shelves, slugify
from kgtools.terms import CODE, ID, IPP, LABEL, SKOS, TYPE, XSD, ipp, short

_DIALOGUES = ("DialogueSeries", "SummitSeries", "WorkingGroup")
_PARTIES = ("Nation", "Grouping", "IntergovernmentalOrganization", "NonStateOrganization")
_EVENTS = ("Round", "ExerciseEdition", "Meeting", "Visit", "Call")
_BINDING = ("treaty", "agreement")
_SPANS = {
    21: (3, 5),
    22: (6, 8),
    23: (9, 11),
    33: (1, 3),
    34: (4, 6),
    35: (7, 9),
    36: (10, 12),
    40: (1, 6),
    41: (7, 12),
}
"""EDTF level 1 and 2 seasons, quarters and halves as first and last month; winter is not among them."""

_WHEN = "YYYY-MM-DD, YYYY-MM-DD/YYYY-MM-DD, or not to the day: YYYY-MM, YYYY, or a half or quarter as 2026-40"
_URL = "address of the page that says so, already a source in the graph"
_EVENT = {
    "host": "party that received the others",
    "venue": "city",
    "mode": "in-person, virtual or hybrid",
    "leads": "heads of delegation, as person,person or person@office",
    "sectors": "sectors, with commas",
    "status": "scheduled, held, postponed or cancelled",
    "label": "English label",
}
KINDS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "round": (
        {"series": "dialogue, summit series or working group", "date": _WHEN, "url": _URL},
        {"ordinal": "number by which a source counts it", **_EVENT},
    ),
    "exercise": (
        {"series": "exercise series", "date": _WHEN, "url": _URL},
        {"ordinal": "number by which a source counts it", **_EVENT},
    ),
    **{
        kind: (
            {"parties": "parties, with commas", "level": "code of the level", "date": _WHEN, "url": _URL},
            {"margins": "event on whose margins it was held", **_EVENT},
        )
        for kind in ("meeting", "visit", "call")
    },
    "instrument": (
        {
            "parties": "parties, with commas",
            "title": "English title",
            "short": "a word or two for the slug",
            "kind": "code of the kind of instrument",
            "date": f"when signed or issued: {_WHEN}",
            "url": _URL,
        },
        {
            "binding": "yes or no, where it is not a treaty or an agreement",
            "event": "event at which it was signed or issued",
            "place": "city of signing",
            "sectors": "sectors, with commas",
        },
    ),
    "source": (
        {
            "url": "address of the page",
            "title": "title of the page",
            "publisher": "who publishes it",
            "kind": "official, news, research or aggregator",
        },
        {
            "party": "party whose official page it is",
            "agency": "news agency whose text it prints",
            "published": "day of publication",
            "read": "day on which it was read, today if not given",
            "language": "language of the title, en if not given",
        },
    ),
    "tenure": (
        {"person": "slug of the person", "office": "slug of the office", "url": _URL},
        {
            "name": "English name of a person who is not in the graph yet",
            "start": "first day in office",
            "end": "first day no longer in office",
            "attested": "day on which the source shows the person in office",
        },
    ),
    "commitment": (
        {
            "event": "event at which it was made",
            "text": "paraphrase, one clause",
            "short": "a word or two for the slug",
            "url": _URL,
        },
        {
            "by": f"until when: {_WHEN}",
            "obligor": "who promised, with commas; all parties of the event if not given",
            "sectors": "sectors, with commas",
        },
    ),
}
"""What each kind of record needs and what it may have: field to meaning."""


@dataclass(slots=True)
class Skeleton:
    """A new record that is not written yet.

    Attributes:
        record: its IRI.
        triples: all that is new.
        todo: what is left for the curator, one sentence each.
    """

    record: ox.NamedNode
    triples: list[ox.Triple] = field(default_factory=list)
    todo: list[str] = field(default_factory=list)


def new(graph: KnowledgeGraph, kind: str, values: Mapping[str, str], *, today: date) -> Skeleton:
    """The skeleton of a new record.

    Args:
        graph: the whole loaded data.
        kind: one of :data:`KINDS`.
        values: what is known, field to text; references as slugs, lists with commas, dates as ISO 8601 or EDTF.
        today: the day on which a source counts as read unless `read` says another.

    Raises:
        InputError: no such kind or field, a field is missing or malformed, something referred to is not in the graph,
            or the record is there already.
    """
    if kind not in KINDS:
        raise InputError(f"'{kind}' is no kind of record; use one of {' '.join(KINDS)}")
    required, optional = KINDS[kind]
    for name in values:
        if name not in required and name not in optional:
            raise InputError(f"a {kind} has no field '{name}'; it takes {' '.join((*required, *optional))}")
    missing = [f"{name} ({meaning})" for name, meaning in required.items() if not values.get(name, "").strip()]
    if missing:
        raise InputError(f"a {kind} needs {', '.join(missing)}; it may have {' '.join(optional)}")
    given = {name: text.strip() for name, text in values.items() if text.strip()}
    return _MAKERS[kind](_Draft(graph, kind, given, today))


def put(graph: KnowledgeGraph, root: Path, skeleton: Skeleton) -> list[Path]:
    """Write a skeleton into the files where its records belong; gives the files.

    Args:
        graph: the graph for which it was made.
        root: the data folder.
        skeleton: what to write.

    Raises:
        InputError: a file cannot be written, or has a comment inside a block that would be lost.
    """
    shelves = Shelves([*(t for p in PREDICATES for t in graph.asserted(p)), *skeleton.triples])
    sheets: dict[Path, list[ox.Triple]] = defaultdict(list)
    for t in skeleton.triples:
        shelf = shelves.shelf(t.subject.value) if isinstance(t.subject, ox.NamedNode) else None
        if shelf is None:
            raise InputError(f"{short(t.subject)}: nothing decides its file; say more about it")
        sheets[root / shelf].append(t)
    texts = {}
    for path, triples in sheets.items():
        text = reader.read_text(path) if path.exists() else None
        comments = read_comments(text.data) if text else Comments()
        if comments.within:
            raise InputError(
                f"{path}:{comments.within[0]}: a comment inside a block would be lost; move it before the block"
            )
        texts[path] = to_turtle([*(text.triples if text else []), *triples], comments)
    for path, content in texts.items():
        files.write(path, content)
    return sorted(texts)


@dataclass(frozen=True, slots=True)
class _When:
    """A day, a span of days, or a window that is not known to the day."""

    first: date
    last: date
    edtf: str | None

    def triples(self, subject: ox.NamedNode, day: tuple[str, ...], window: tuple[str, str]) -> Iterable[ox.Triple]:
        if self.edtf is None:
            for name, value in zip(day, (self.first, self.last), strict=False):
                yield ox.Triple(subject, ipp(name), _day(value))
        else:
            for name, value in zip(window, (self.first, self.last), strict=True):
                yield ox.Triple(subject, ipp(name), _day(value))
            yield ox.Triple(subject, ipp("edtf"), ox.Literal(self.edtf))

    def __str__(self) -> str:
        return self.edtf or self.first.isoformat()

    def words(self) -> str:
        if self.edtf and len(self.edtf) == 4:
            return self.edtf
        return f"{calendar.month_name[self.first.month]} {self.first.year}"


def when(text: str) -> _When:
    """A date of a source: a day, days with a slash between, a month, a year, a half, a quarter or a season but winter.

    Raises:
        InputError: it is none of these.

    >>> when("2026-40").first, when("2026-40").last, when("2024-02").last.day
    (datetime.date(2026, 1, 1), datetime.date(2026, 6, 30), 29)
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d(/\d{4}-\d\d-\d\d)?", text, re.ASCII):
            first, _, last = text.partition("/")
            found = _When(date.fromisoformat(first), date.fromisoformat(last or first), None)
            if found.last < found.first:
                raise ValueError
            return found
        if re.fullmatch(r"\d{4}(-\d\d)?", text, re.ASCII):
            year, part = int(text[:4]), int(text[5:] or 0)
            start, end = _SPANS.get(part, (part, part)) if part else (1, 12)
            return _When(date(year, start, 1), date(year, end, calendar.monthrange(year, end)[1]), text)
    except (ValueError, calendar.IllegalMonthError):
        pass
    raise InputError(f"'{text}' is no date; write {_WHEN}")


class _Draft:
    """What a maker works with: the given values, what the graph says, and the skeleton as it grows."""

    def __init__(self, graph: KnowledgeGraph, kind: str, given: dict[str, str], today: date) -> None:
        self.graph, self.kind, self.given, self.today = graph, kind, given, today
        self.subjects = {t.subject for t in graph.asserted(TYPE)}
        self.triples: list[ox.Triple] = []
        self.todo: list[str] = []

    # what the graph says

    def objects(self, subject: ox.NamedNode, predicate: ox.NamedNode) -> list[ox.NamedNode | ox.Literal]:
        found = self.graph.store.quads_for_pattern(subject, predicate, None, ox.DefaultGraph())
        return [q.object for q in found if isinstance(q.object, ox.NamedNode | ox.Literal)]

    def pointing(self, predicate: str, value: ox.NamedNode) -> list[ox.NamedNode]:
        found = self.graph.store.quads_for_pattern(None, ipp(predicate), value, ox.DefaultGraph())
        return [q.subject for q in found if isinstance(q.subject, ox.NamedNode)]

    def label(self, subject: ox.NamedNode) -> str:
        labels = [o for o in self.objects(subject, LABEL) if isinstance(o, ox.Literal)]
        return next((o.value for o in labels if o.language == "en"), short(subject))

    def day(self, subject: ox.NamedNode, *names: str) -> date | None:
        """The first of some dates that a record has."""
        values = [o.value for name in names for o in self.objects(subject, ipp(name))]
        return date.fromisoformat(values[0]) if values else None

    # what was given

    def entity(self, name: str, *kinds: str) -> ox.NamedNode:
        return self._entity(name, self.given[name], kinds)

    def entities(self, name: str, *kinds: str) -> list[ox.NamedNode]:
        found = [
            self._entity(name, text.strip(), kinds) for text in self.given.get(name, "").split(",") if text.strip()
        ]
        if len(set(found)) < len(found):
            raise InputError(f"{name}: '{self.given[name]}' names something twice")
        return sorted(found, key=lambda n: n.value)

    def _entity(self, name: str, text: str, kinds: tuple[str, ...]) -> ox.NamedNode:
        slug = text.removeprefix("id:").removeprefix(ID)
        node = self.slug(slug, name)
        types = {o.value.removeprefix(IPP) for o in self.objects(node, TYPE)}
        if types & set(kinds):
            return node
        if types:
            raise InputError(f"{name}: id:{slug} is a {' and a '.join(sorted(types))}, not a {' or '.join(kinds)}")
        near = [m.id for m in find(self.graph, text) if m.kind.removeprefix("ipp:") in kinds][:3]
        hint = f"did you mean {' or '.join(near)}?" if near else f"kgtools find '{text}' looks for it under other names"
        raise InputError(f"{name}: id:{slug} is not in the graph; {hint}")

    def slug(self, text: str, name: str) -> ox.NamedNode:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
            raise InputError(f"{name}: '{text}' is not a slug (a-z, 0-9 and hyphens)")
        return ox.NamedNode(ID + text)

    def code(self, name: str, scheme: str) -> ox.NamedNode:
        return self._code(name, self.given[name].removeprefix("code:"), scheme)

    def _code(self, name: str, text: str, scheme: str) -> ox.NamedNode:
        listed = {
            t.subject.value.removeprefix(CODE)
            for t in self.graph.ontology()
            if t.predicate.value == SKOS + "inScheme" and t.object == ox.NamedNode(CODE + scheme)
            if isinstance(t.subject, ox.NamedNode)
        }
        if text not in listed:
            raise InputError(f"{name}: '{text}' is not in its list; use one of {' '.join(sorted(listed))}")
        return ox.NamedNode(CODE + text)

    # what is new

    def record(self, slug: str, *kinds: str) -> ox.NamedNode:
        """Begin a record; it must be new."""
        node = ox.NamedNode(ID + slug)
        if node in self.subjects:
            raise InputError(f"id:{slug} is there already; kgtools show {slug}")
        for kind in kinds:
            self.say(node, TYPE, ipp(kind))
        return node

    def say(
        self, subject: ox.NamedNode, predicate: str | ox.NamedNode, *values: ox.NamedNode | ox.Literal | str
    ) -> None:
        name = ipp(predicate) if isinstance(predicate, str) else predicate
        for value in values:
            self.triples.append(ox.Triple(subject, name, ox.Literal(value) if isinstance(value, str) else value))

    def sectors(self, subject: ox.NamedNode) -> None:
        for text in self.given.get("sectors", "").split(","):
            if text.strip():
                self.say(subject, "sector", self._code("sectors", text.strip().removeprefix("code:"), "sector-list"))

    def source(self) -> ox.NamedNode:
        """The source at the given address."""
        node = _source(self.given["url"])
        if node in self.subjects:
            return node
        same = [m.id for m in find(self.graph, self.given["url"]) if m.how == "the same page"]
        if same:
            return ox.NamedNode(ID + same[0].removeprefix("id:"))
        raise InputError(f"url: no source has the address {self.given['url']}; add it with kgtools new source url=...")

    def seen(self, source: ox.NamedNode) -> date:
        """The day that a source speaks of as now."""
        return self.day(source, "datePublished", "dateRead") or self.today

    def cite(self, source: ox.NamedNode, *records: ox.NamedNode, number: int = 1) -> None:
        """A citation of the source for all that the records state and that needs evidence."""
        matters = {t.subject for t in self.graph.ontology() if t.predicate == ipp("needsEvidence")}
        matters |= {ipp("participant")}
        stated = {t.predicate for t in self.triples if t.subject in records} & matters
        slug = records[0].value.removeprefix(ID)
        citation = ox.NamedNode(f"{ID}cit-{slug}-{number}")
        for record in records:
            self.say(record, "citation", citation)
        self.say(citation, TYPE, ipp("Citation"))
        self.say(citation, "source", source)
        self.say(citation, "supports", *sorted(stated, key=lambda p: p.value))

    def done(self, record: ox.NamedNode) -> Skeleton:
        return Skeleton(record, self.triples, self.todo)


def _source(url: str) -> ox.NamedNode:
    return ox.NamedNode(f"{ID}src-{hashlib.sha1(url.encode(), usedforsecurity=False).hexdigest()[:10]}")


def _day(value: date) -> ox.Literal:
    return ox.Literal(value.isoformat(), datatype=ox.NamedNode(XSD + "date"))


def _nth(n: int) -> str:
    """An ordinal number in figures.

    >>> _nth(1), _nth(12), _nth(23)
    ('1st', '12th', '23rd')
    """
    return f"{n}{'th' if 10 <= n % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def _round(draft: _Draft) -> Skeleton:
    kinds = ("ExerciseSeries",) if draft.kind == "exercise" else _DIALOGUES
    series, day = draft.entity("series", *kinds), when(draft.given["date"])
    number = draft.given.get("ordinal")
    if number is not None and not re.fullmatch(r"[1-9]\d{0,3}", number, re.ASCII):
        raise InputError(f"ordinal: '{number}' is not a number from 1 to 9999")
    for other in draft.pointing("roundOf", series):
        numbers = {o.value for o in draft.objects(other, ipp("ordinal"))}
        if day.edtf is None:
            same_date = draft.day(other, "startDate") == day.first
        else:
            same_date = number is None and ox.Literal(day.edtf) in draft.objects(other, ipp("edtf"))
        if number in numbers or same_date:
            what = f"number {number}" if number in numbers else f"dated {day}"
            raise InputError(f"{short(other)} is there already, {what}; kgtools show {short(other)[3:]}")
    stem = series.value.removeprefix(ID)
    slug = f"{stem}-{number or day.first.year}"
    if number is None and ox.NamedNode(ID + slug) in draft.subjects and day.edtf != str(day.first.year):
        slug = f"{stem}-{day.first:%Y-%m}"
    event = draft.record(slug, "ExerciseEdition" if draft.kind == "exercise" else "Round")
    name = draft.label(series)
    draft.say(
        event,
        LABEL,
        _english(draft.given.get("label") or (f"{_nth(int(number))} {name}" if number else f"{name}, {day.words()}")),
    )
    draft.say(event, "roundOf", series)
    if number:
        draft.say(event, "ordinal", ox.Literal(number, datatype=ox.NamedNode(XSD + "integer")))
    parties = [o for o in draft.objects(series, ipp("party")) if isinstance(o, ox.NamedNode)]
    return _event(draft, event, parties, day)


def _meeting(draft: _Draft) -> Skeleton:
    parties, day = draft.entities("parties", *_PARTIES), when(draft.given["date"])
    if len(parties) < 2:
        raise InputError(f"parties: a {draft.kind} has two or more; '{draft.given['parties']}' names {len(parties)}")
    level = draft.code("level", "level-list")
    words = level.value.removeprefix(CODE)
    codes = "-".join(p.value.removeprefix(ID) for p in parties)
    event = draft.record(f"{codes}-{words}-{draft.kind}-{day}", draft.kind.capitalize())
    names = "–".join(draft.label(p) for p in parties)
    plain = f"{names} {words.replace('-', ' ')} {draft.kind}, {day.words()}"
    draft.say(event, LABEL, _english(draft.given.get("label") or plain))
    draft.say(event, "level", level)
    if "margins" in draft.given:
        draft.say(event, "marginsOf", draft.entity("margins", *_EVENTS))
    if draft.kind == "visit" and "host" not in draft.given:
        raise InputError("a visit needs host (the party that was visited)")
    return _event(draft, event, parties, day)


def _event(draft: _Draft, event: ox.NamedNode, parties: list[ox.NamedNode], day: _When) -> Skeleton:
    """What all events share."""
    source = draft.source()
    seen = draft.seen(source)
    draft.say(event, "participant", *parties)
    if "host" in draft.given:
        draft.say(event, "host", draft.entity("host", *_PARTIES))
    if "venue" in draft.given:
        draft.say(event, "venue", draft.entity("venue", "Place"))
    if "mode" in draft.given or draft.kind == "call" or "venue" in draft.given:
        draft.given.setdefault("mode", "virtual" if draft.kind == "call" else "in-person")
        draft.say(event, "mode", draft.code("mode", "mode-list"))
    if "status" not in draft.given:
        if draft.day(source, "datePublished") is None and day.last <= seen:
            raise InputError(
                "status: the page gives no day of publication; say status=held, scheduled, postponed or cancelled"
            )
        draft.given["status"] = "held" if day.last <= seen else "scheduled"
    draft.say(event, "status", draft.code("status", "event-status-list"))
    draft.say(event, "statusAsOf", _day(seen))
    draft.triples += day.triples(event, ("startDate", "endDate"), ("windowStart", "windowEnd"))
    draft.sectors(event)
    leads = [
        _lead(draft, event, text.strip(), parties, day)
        for text in draft.given.get("leads", "").split(",")
        if text.strip()
    ]
    draft.cite(source, event, *leads)
    if not leads and draft.kind != "exercise":
        draft.todo.append("add who led it: a participation for each, as the data model shows")
    draft.todo.append("add a second, independent source, and drop from ipp:supports what the page does not say")
    return draft.done(event)


def _lead(draft: _Draft, event: ox.NamedNode, text: str, parties: list[ox.NamedNode], day: _When) -> ox.NamedNode:
    """A participation in the office that the person held on the day."""
    who, _, office = text.partition("@")
    person = draft._entity("leads", who, ("Person",))
    held = {draft._entity("leads", office, ("Office",))} if office else set(_offices(draft, person, day.first))
    if len(held) > 1:
        ours = {o for o in held if set(draft.objects(o, ipp("officeOf"))) & set(parties)}
        held = ours or held
    if len(held) != 1:
        found = f"{' and '.join(sorted(map(short, held)))} were held" if held else "no tenure shows an office held"
        raise InputError(f"leads: {found} by {short(person)} on {day.first}; say which, as {who}@office")
    part = draft.record(f"{event.value.removeprefix(ID)}-{who.removeprefix('id:')}", "Participation")
    draft.say(event, "participation", part)
    draft.say(part, "person", person)
    draft.say(part, "inOffice", *held)
    draft.say(part, "role", ox.NamedNode(CODE + "lead"))
    return part


def _offices(draft: _Draft, person: ox.NamedNode, day: date) -> Iterable[ox.NamedNode]:
    """The offices in which tenures show a person on a day."""
    for tenure in draft.pointing("holder", person):
        start, end = draft.day(tenure, "tenureStart", "latestStart"), draft.day(tenure, "tenureEnd", "earliestEnd")
        seen = {o.value for o in draft.objects(tenure, ipp("attestedOn"))}
        if (start is not None and start <= day and (end is None or day < end)) or day.isoformat() in seen:
            yield from (o for o in draft.objects(tenure, ipp("office")) if isinstance(o, ox.NamedNode))


def _instrument(draft: _Draft) -> Skeleton:
    parties, day, source = draft.entities("parties", *_PARTIES), when(draft.given["date"]), draft.source()
    kind = draft.code("kind", "instrument-kind-list")
    binding = draft.given.get("binding", "yes" if kind.value.removeprefix(CODE) in _BINDING else "no")
    if binding not in ("yes", "no"):
        raise InputError(f"binding: '{binding}' is neither yes nor no")
    draft.slug(draft.given["short"], "short")
    codes = "-".join(p.value.removeprefix(ID) for p in parties)
    node = draft.record(
        f"{codes}-{draft.given['short']}-{day.first.year}",
        "BindingInstrument" if binding == "yes" else "PoliticalInstrument",
    )
    draft.say(node, LABEL, _english(draft.given["title"]))
    draft.say(node, "instrumentKind", kind)
    draft.say(node, "party", *parties)
    draft.triples += day.triples(node, ("signedDate",), ("windowStart", "windowEnd"))
    if "event" in draft.given:
        draft.say(node, "adoptedAt", draft.entity("event", *_EVENTS))
    if "place" in draft.given:
        draft.say(node, "signedAt", draft.entity("place", "Place"))
    draft.sectors(node)
    draft.cite(source, node)
    draft.todo.append("add a second, independent source, and drop from ipp:supports what the page does not say")
    return draft.done(node)


def _new_source(draft: _Draft) -> Skeleton:
    url = draft.given["url"]
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", url):
        raise InputError(f"url: '{url}' is no http or https address")
    same = [m for m in find(draft.graph, url) if m.how == "the same page"]
    if same:
        raise InputError(f"url: the page is there already: {same[0].id} ({same[0].label}) in {same[0].file}")
    kind = draft.code("kind", "source-kind-list")
    if kind.value.endswith("official") and "party" not in draft.given:
        raise InputError("an official source needs party (whose it is)")
    node = draft.record(_source(url).value.removeprefix(ID), "Source")
    try:
        title = ox.Literal(draft.given["title"], language=draft.given.get("language", "en"))
    except ValueError as error:
        raise InputError(f"language: '{draft.given['language']}' is no language tag") from error
    draft.say(node, LABEL, title)
    draft.say(node, "url", ox.NamedNode(url))
    draft.say(node, "publisher", draft.given["publisher"])
    draft.say(node, "sourceKind", kind)
    if "party" in draft.given:
        draft.say(node, "publisherParty", draft.entity("party", *_PARTIES))
    if "agency" in draft.given:
        draft.say(node, "agency", draft.given["agency"])
    if "published" in draft.given:
        draft.say(node, "datePublished", _day(_exact(draft, "published")))
    draft.say(node, "dateRead", _day(_exact(draft, "read") if "read" in draft.given else draft.today))
    return draft.done(node)


def _tenure(draft: _Draft) -> Skeleton:
    office, source = draft.entity("office", "Office"), draft.source()
    person = draft.slug(draft.given["person"].removeprefix("id:"), "person")
    if "name" in draft.given and person not in draft.subjects:
        if slugify(draft.given["name"]) != person.value.removeprefix(ID):
            raise InputError(f"person: the slug of '{draft.given['name']}' is {slugify(draft.given['name'])}")
        draft.record(person.value.removeprefix(ID), "Person")
        draft.say(person, LABEL, _english(draft.given["name"]))
    else:
        person = draft.entity("person", "Person")
    if ("start" in draft.given) == ("attested" in draft.given):
        raise InputError("a tenure needs start (first day in office) or attested (a day on which the source shows it)")
    start = _exact(draft, "start") if "start" in draft.given else None
    for other in draft.pointing("holder", person):
        begun = draft.day(other, "tenureStart", "earliestStart", "latestStart")
        if office in draft.objects(other, ipp("office")) and begun == start:
            raise InputError(f"{short(other)} is there already; add to it what is new")
    stem = f"{person.value.removeprefix(ID)}-{office.value.removeprefix(ID)}"
    node = draft.record(f"{stem}-{start.year if start else 'attested'}", "Tenure")
    draft.say(node, "holder", person)
    draft.say(node, "office", office)
    for name, text in (("tenureStart", "start"), ("tenureEnd", "end"), ("attestedOn", "attested")):
        if text in draft.given:
            draft.say(node, name, _day(_exact(draft, text)))
    if start and "end" in draft.given and _exact(draft, "end") < start:
        raise InputError(f"end: {draft.given['end']} is before the start, {start}")
    draft.cite(source, node)
    return draft.done(node)


def _commitment(draft: _Draft) -> Skeleton:
    event, source = draft.entity("event", *_EVENTS), draft.source()
    draft.slug(draft.given["short"], "short")
    node = draft.record(f"{event.value.removeprefix(ID)}-{draft.given['short']}", "Commitment")
    draft.say(event, "hasOutcome", node)
    draft.say(node, LABEL, _english(draft.given["text"]))
    obligors: Iterable[ox.NamedNode | ox.Literal] = draft.entities("obligor", *_PARTIES)
    draft.say(node, "obligor", *(obligors or draft.objects(event, ipp("participant"))))
    if "by" in draft.given:
        draft.triples += _due(when(draft.given["by"]), node)
    draft.say(node, "status", ox.NamedNode(CODE + "open"))
    draft.say(node, "statusAsOf", _day(draft.seen(source)))
    draft.sectors(node)
    _cite_once(draft, event, node, source)
    return draft.done(node)


def _due(day: _When, node: ox.NamedNode) -> Iterable[ox.Triple]:
    """The window in which something is due; a single day is the last of it."""
    if day.edtf is None:
        yield ox.Triple(node, ipp("dueEnd"), _day(day.last))
        if day.first != day.last:
            yield ox.Triple(node, ipp("dueStart"), _day(day.first))
    else:
        yield from day.triples(node, (), ("dueStart", "dueEnd"))


def _cite_once(draft: _Draft, event: ox.NamedNode, node: ox.NamedNode, source: ox.NamedNode) -> None:
    """Point to the event's citation of the source, unless that would make it support more of the event."""
    draft.cite(source, node)
    own = ox.NamedNode(f"{ID}cit-{node.value.removeprefix(ID)}-1")
    wanted = {t.object for t in draft.triples if t.subject == own and t.predicate == ipp("supports")}
    for citation in sorted(draft.objects(event, ipp("citation")), key=str):
        if isinstance(citation, ox.NamedNode) and source in draft.objects(citation, ipp("source")):
            more = wanted - set(draft.objects(citation, ipp("supports")))
            citing = draft.pointing("citation", citation)
            stated = {
                q.predicate
                for c in citing
                for q in draft.graph.store.quads_for_pattern(c, None, None, ox.DefaultGraph())
            }
            if not more & stated:
                draft.triples = [t for t in draft.triples if own not in (t.subject, t.object)]
                draft.say(node, "citation", citation)
                draft.say(citation, "supports", *sorted(more, key=str))  # type: ignore[arg-type]
            return


def _exact(draft: _Draft, name: str) -> date:
    found = when(draft.given[name])
    if found.edtf is not None or found.first != found.last:
        raise InputError(f"{name}: '{draft.given[name]}' is not one day; write YYYY-MM-DD")
    return found.first


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


_MAKERS: dict[str, Callable[[_Draft], Skeleton]] = {
    "round": _round,
    "exercise": _round,
    "meeting": _meeting,
    "visit": _meeting,
    "call": _meeting,
    "instrument": _instrument,
    "source": _new_source,
    "tenure": _tenure,
    "commitment": _commitment,
}
