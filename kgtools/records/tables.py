"""Flat tables for spreadsheets: one SPARQL question a column, `|` between several values.

Parties are their codes (ISO 3166 alpha-3, EUU for the European Union); a date is no more precise than its
source: a month is `2019-11`, a year `2019`, another window its EDTF string.
"""

from __future__ import annotations

import calendar
import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from kgtools.cells import inert
from kgtools.question import ask, bind, find_question
from kgtools.sparql.engine import Engine
from kgtools.sparql.prefixes import with_prefixes
from kgtools.terms import ID

Cells = dict[str, dict[str, list[str]]]

_PARTIES = "?id (ipp:participant|(ipp:participation/ipp:inOffice/ipp:officeOf)|(ipp:participation/ipp:representing)|ipp:party) ?p . ?p ipp:partyCode ?value"
_COMMON = {
    "label": "?id rdfs:label ?value . FILTER (LANG(?value) = 'en')",
    "kind": "?id a ?value",
    "status": "?id ipp:status/skos:notation ?value",
    "sectors": "?id ipp:sector/skos:notation ?value",
    "sources": "?id ipp:citation/ipp:source/ipp:url ?value",
    "parties": _PARTIES,
    "window_start": "?id ipp:windowStart ?value",
    "window_end": "?id ipp:windowEnd ?value",
    "edtf": "?id ipp:edtf ?value",
}
_OUTCOME = {
    "sources": """?id ipp:citation ?c . ?c ipp:supports ?stated ; ipp:source/ipp:url ?value .
        FILTER (?stated NOT IN (ipp:fulfilledBy, ipp:supersededBy, ipp:status))""",
    "event": "?value ipp:hasOutcome ?id",
    "event_date": "?event ipp:hasOutcome ?id ; ipp:startDate|ipp:windowStart ?value",
    "obligors": "?id ipp:obligor/ipp:partyCode ?value",
    "beneficiaries": "?id ipp:beneficiary/ipp:partyCode ?value",
    "due_start": "?id ipp:dueStart ?value",
    "due_end": "?id ipp:dueEnd ?value",
    "due_text": "?id ipp:dueText ?value",
    "recurrence": "?id ipp:recurrence/skos:notation ?value",
    "amount": "?id ipp:amount ?value",
    "unit": "?id ipp:unit ?value",
    "settled_by": "?id ipp:fulfilledBy|ipp:supersededBy ?value",
    "checked_on": "?id ipp:checkedOn ?value",
    "status_as_of": "?id ipp:statusAsOf ?value",
    "sources_fate": "?change ipp:statusChangeOf ?id ; ipp:citation/ipp:source/ipp:url ?value",
}
_CLASSES = {
    "events": ("Event", {
        "series": "?id ipp:roundOf ?value",
        "ordinal": "?id ipp:ordinal ?value",
        "level": "?id (ipp:level|(ipp:roundOf/ipp:level))/skos:notation ?value",
        "own_level": "?id ipp:level/skos:notation ?value",
        "status_as_of": "?id ipp:statusAsOf ?value",
        "start": "?id ipp:startDate ?value",
        "end": "?id ipp:endDate ?value",
        "mode": "?id ipp:mode/skos:notation ?value",
        "city": "?id ipp:venue/rdfs:label ?value . FILTER (LANG(?value) = 'en')",
        "country": "?id ipp:venue/ipp:country/ipp:partyCode ?value",
        "leads": """?id ipp:participation ?t . ?t ipp:role ?role . FILTER (?role IN (code:chair, code:co-chair, code:lead))
            ?t ipp:person/rdfs:label ?name . FILTER (LANG(?name) = 'en')
            ?t (ipp:inOffice/ipp:officeOf)|ipp:representing ?p . ?p ipp:partyCode ?code . BIND (CONCAT(?name, ':', ?code) AS ?value)""",
        "margins_of": "?id ipp:marginsOf ?value",
        "outcomes": "?id ipp:hasOutcome/rdfs:label ?value . FILTER (LANG(?value) = 'en')",
    }),
    "tenures": ("Tenure", {
        "person": "?id ipp:holder/rdfs:label ?value . FILTER (LANG(?value) = 'en')",
        "office": "?id ipp:office/rdfs:label ?value . FILTER (LANG(?value) = 'en')",
        "office_kind": "?id ipp:office/ipp:officeKind/skos:notation ?value",
        "party": "?id ipp:office/ipp:officeOf/ipp:partyCode ?value",
        "start": "?id ipp:tenureStart ?value",
        "end": "?id ipp:tenureEnd ?value",
        "s1": "?id ipp:earliestStart ?value", "s2": "?id ipp:latestStart ?value",
        "e1": "?id ipp:earliestEnd ?value", "e2": "?id ipp:latestEnd ?value",
        "acting": "?id ipp:acting ?value",
    }),
    "instruments": ("Instrument", {
        "kind": "?id ipp:instrumentKind/skos:notation ?value",
        "binding": "?id a ?c . FILTER (?c IN (ipp:BindingInstrument, ipp:PoliticalInstrument)) BIND (IF(?c = ipp:BindingInstrument, 'true', 'false') AS ?value)",
        "signed": "?id ipp:signedDate ?value",
        "in_force": "?id ipp:inForceDate ?value",
        "f1": "?id ipp:inForceEarliest ?value", "f2": "?id ipp:inForceLatest ?value",
        "city": "?id ipp:signedAt/rdfs:label ?value . FILTER (LANG(?value) = 'en')",
        "country": "?id ipp:signedAt/ipp:country/ipp:partyCode ?value",
    }),
    "initiatives": ("Arrangement", {
        "launched": "?id ipp:establishedDate ?value",
        "launched_at": "?id ipp:launchedAt ?value",
    }),
    "outcomes": ("Outcome", _OUTCOME),
    "commitments": ("Commitment", _OUTCOME),
}  # fmt: skip
_LEDGER = (
    "id,event,event_date,kind,summary,obligors,beneficiaries,due_start,due_end,due_text,recurrence,amount,unit,"
    "fate,fate_on,fate_by,days_late,checked_on,status_as_of,sources,sources_fate"
)
COLUMNS = {
    "events": "id,label,kind,series,ordinal,level,status,status_as_of,start,end,window_start,window_end,mode,city,country,parties,leads,sectors,margins_of,outcomes,sources,n_sources",
    "tenures": "id,person,office,office_kind,party,start,end,acting,sources,n_sources",
    "instruments": "id,title,kind,binding,parties,signed,in_force,city,country,sectors,sources,n_sources",
    "initiatives": "id,name,kind,parties,launched,launched_at,sectors,status,sources,n_sources",
    "outcomes": _LEDGER,
    "commitments": _LEDGER,
}
TABLES = tuple(COLUMNS)


def table(engine: Engine, name: str) -> str:
    """One table as CSV (RFC 4180, header row, sorted by id).

    A cell that a spreadsheet would run as a formula gets an apostrophe in front (:func:`kgtools.cells.inert`).

    Args:
        engine: an engine over data and ontology; entailed triples are not needed.
        name: `events`, `tenures`, `instruments`, `initiatives`, `outcomes` or `commitments`; what became of a
            commitment is told as of the data set's date.
    """
    cls, own = _CLASSES[name]
    base = f"?id a ?class . ?class rdfs:subClassOf* ipp:{cls} ."
    cells: Cells = {}
    for column, pattern in {**_COMMON, **own}.items():
        found: dict[str, list[str]] = defaultdict(list)
        for subject, value in engine.select(
            with_prefixes(f"SELECT DISTINCT ?id ?value WHERE {{ {base} {pattern} }}")
        ).rows:
            found[_slug(subject)].append(_slug(value))
        cells[column] = found
    if cls in ("Outcome", "Commitment"):
        cells |= _fates(engine)
    ids = sorted(_slug(r[0]) for r in engine.select(with_prefixes(f"SELECT DISTINCT ?id WHERE {{ {base} }}")).rows)
    columns = COLUMNS[name].split(",")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for slug in ids:
        row = _row(name, slug, lambda c, slug=slug: sorted(cells.get(c, {}).get(slug, ())))  # type: ignore[misc]
        writer.writerow([inert(row[c]) for c in columns])
    return out.getvalue()


def _row(name: str, slug: str, get: Callable[[str], list[str]]) -> dict[str, str]:
    row = {c: "|".join(get(c)) for c in COLUMNS[name].split(",")}
    row["id"] = slug
    row["n_sources"] = str(len(get("sources")))
    if name != "instruments":
        row["kind"] = _kebab(get("kind"))
    first = min(get("window_start"), default="")
    last = max(get("window_end"), default="")
    window = imprecise(first, last, next(iter(get("edtf")), "")) if first else ""
    if name == "events":
        row["level"] = "|".join(get("own_level") or get("level"))
        if row["status"] == "held":
            row["start"] = row["start"] or window
            row["end"] = row["end"] or window
    elif name == "tenures":
        row["acting"] = row["acting"] or "false"
        row["start"] = row["start"] or imprecise("".join(get("s1")[:1]), "".join(get("s2")[:1]))
        row["end"] = row["end"] or imprecise("".join(get("e1")[:1]), "".join(get("e2")[:1]))
    elif name == "instruments":
        row["title"] = "|".join(get("label"))
        row["signed"] = row["signed"] or window
        row["in_force"] = row["in_force"] or imprecise("".join(get("f1")[:1]), "".join(get("f2")[:1]))
    elif name == "initiatives":
        row["name"] = "|".join(get("label"))
        row["launched"] = row["launched"] or window
    else:
        row["summary"] = "|".join(get("label"))
        row["fate_by"] = "|".join(get("settled_by") or get("fate_by"))
        row["amount"] = row["amount"].removesuffix(".0")
    return row


def _fates(engine: Engine) -> Cells:
    """What had become of each commitment by the data set's date: fate, day, record and days late."""
    days = engine.select(
        with_prefixes("SELECT ?day WHERE { ?dataset a <http://rdfs.org/ns/void#Dataset> ; ipp:asOf ?day }")
    ).rows
    if not days:
        return {}
    answer = ask(engine, bind(find_question("promises"), {"date": _slug(days[0][0])}))
    cells: Cells = {c: {} for c in ("fate", "fate_on", "fate_by", "days_late")}
    for row in answer.rows:
        said = dict(zip(answer.columns, row, strict=True))
        fate = _slug(said["fate"])
        for column, value in (
            ("fate", "open" if fate == "due" else fate),
            ("fate_on", _slug(said["when"])),
            ("fate_by", _slug(said["by"])),
            ("days_late", _slug(said["daysLate"])),
        ):
            if value:
                cells[column][_slug(said["promise"])] = [value]
    return cells


def imprecise(first: str, last: str, edtf: str = "") -> str:
    """A window as the least precise date that says the same; empty where one bound is unknown.

    >>> imprecise("2019-11-01", "2019-11-30"), imprecise("2019-01-01", "2019-12-31"), imprecise("2026-01-01", "2026-06-30", "2026-40")
    ('2019-11', '2019', '2026-40')
    """
    if not first or not last:
        return ""
    if first == last:
        return first
    low, high = date.fromisoformat(first), date.fromisoformat(last)
    if (low.year, low.month, low.day) == (high.year, 1, 1) and (high.month, high.day) == (12, 31):
        return f"{low.year}"
    if (low.year, low.month, low.day) == (high.year, high.month, 1) and high.day == calendar.monthrange(
        high.year, high.month
    )[1]:
        return f"{low.year}-{low.month:02d}"
    return edtf or f"{first}/{last}"


def _slug(term: object) -> str:
    value: str = getattr(term, "value", "")
    return value.removeprefix(ID)


def _kebab(kinds: Iterable[str]) -> str:
    names = [k.rpartition("#")[2] for k in kinds]
    return "|".join(
        "".join("-" + c.lower() if c.isupper() and n else c.lower() for n, c in enumerate(x)) for x in names
    )
