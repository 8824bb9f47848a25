"""A synthetic graph of any size on the real model: conforming, but for a known number of planted violations.

`python tests/benchmarks/generate.py 100000 out.nt` writes about that many triples; the same size gives the
same bytes. Blocks repeat: two parties hold a series of rounds under one pair of ministers after another, each
round with participations, an outcome and two citations. `PLANTED` says how each violation is made.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pycountry

IPP = "https://w3id.org/indopacific/ns#"
ID = "https://w3id.org/indopacific/id/"
CODE = "https://w3id.org/indopacific/code/"
DATASET = "<https://w3id.org/indopacific/dataset/indopacific>"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
XSD = "http://www.w3.org/2001/XMLSchema#"

NATIONS = (
    "AUS",
    "CAN",
    "DEU",
    "FRA",
    "GBR",
    "IDN",
    "IND",
    "JPN",
    "KOR",
    "MYS",
    "NZL",
    "PHL",
    "SGP",
    "THA",
    "USA",
    "VNM",
)
ROUNDS = 20
SECTORS = ("trade", "energy", "cyber", "space", "defence", "health", "climate", "semiconductors")
PLANTED = {
    "T01": "a participant who never held the office named",
    "T04": "a round held after the day on which it was said to be held",
    "E01": "a citation that no longer supports the venue",
    "S01": "a host that is not among the participants",
    "S04": "a property that the ontology does not have",
    "Event-startDate": "two first days",
    "Participation-role": "a participation without a role",
    "Event-statusAsOf": "a day written as text",
}
"""Local name of the shape to what is planted for it, in the order in which rounds receive them."""


@dataclass(frozen=True, slots=True)
class Round:
    """Where one round stands in the whole, and the violation planted in it, if any."""

    block: int
    number: int
    planted: str | None


def ipp(name: str) -> str:
    return f"<{IPP}{name}>"


def entity(slug: str) -> str:
    return f"<{ID}{slug}>"


def code(name: str) -> str:
    return f"<{CODE}{name}>"


def day(value: date) -> str:
    return f'"{value.isoformat()}"^^<{XSD}date>'


def text(value: str, language: str = "en") -> str:
    return f'"{value}"@{language}'


def lines(triples: int, *, every: int = 10) -> Iterator[str]:
    """N-Triples lines of a graph with about `triples` triples; one round in `every` holds a violation."""
    yield from _shared()
    count = 0
    for block in range(max(1, triples // 1_330)):
        for line in _block(block, every):
            count += 1
            yield line


def planted(triples: int, *, every: int = 10) -> Counter[str]:
    """How many violations of each shape :func:`lines` plants."""
    names = list(PLANTED)
    total = max(1, triples // 1_330) * ROUNDS
    found = Counter(names[(n // every) % len(names)] for n in range(0, total, every))
    found["T25"] = found["T04"]  # a round that begins after its status also ends after it
    return found


def _shared() -> Iterator[str]:
    yield f"{DATASET} {TYPE} <http://rdfs.org/ns/void#Dataset> .\n"
    yield f"{DATASET} <http://purl.org/dc/terms/title> {text('Synthetic')} .\n"
    yield f"{DATASET} <http://purl.org/dc/terms/description> {text('A synthetic graph for measuring.')} .\n"
    yield f"{DATASET} <http://purl.org/dc/terms/license> <https://creativecommons.org/licenses/by/4.0/> .\n"
    yield f"{DATASET} <http://rdfs.org/ns/void#triples> 1 .\n".replace(" 1 ", f' "1"^^<{XSD}integer> ')
    yield f"{DATASET} {ipp('asOf')} {day(date(2026, 11, 24))} .\n"
    for alpha in NATIONS:
        country = pycountry.countries.get(alpha_3=alpha)
        who = entity(alpha.lower())
        yield f"{who} {TYPE} {ipp('Nation')} .\n"
        yield f"{who} {LABEL} {text(country.name)} .\n"
        yield f'{who} {ipp("partyCode")} "{alpha}" .\n'
        yield f'{who} {ipp("iso3")} "{alpha}" .\n'
        yield f'{who} {ipp("m49")} "{country.numeric}" .\n'
        yield f"{who} {ipp('politicalStatus')} {code('state')} .\n"


def _source(slug: str, publisher: str, published: date) -> tuple[str, list[str]]:
    url = f"https://example.org/{slug}"
    node = entity("src-" + hashlib.sha1(url.encode()).hexdigest()[:10])
    return node, [
        f"{node} {TYPE} {ipp('Source')} .\n",
        f"{node} {LABEL} {text('Report ' + slug)} .\n",
        f"{node} {ipp('url')} <{url}> .\n",
        f'{node} {ipp("publisher")} "{publisher}" .\n',
        f"{node} {ipp('sourceKind')} {code('news')} .\n",
        f"{node} {ipp('datePublished')} {day(published)} .\n",
        f"{node} {ipp('dateRead')} {day(date(2026, 11, 24))} .\n",
    ]


def _block(block: int, every: int) -> Iterator[str]:
    """One series with its place, offices, ministers, tenures and rounds."""
    chance = random.Random(block)
    one, other = chance.sample(NATIONS, 2)
    parties = (one.lower(), other.lower())
    series, place, ministry = entity(f"series-{block}"), entity(f"place-{block}"), f"ministry-{block}"
    begin = date(2001, 1, 1) + timedelta(days=block % 300)
    sector = code(SECTORS[block % len(SECTORS)])
    whole, supporting = _source(f"series-{block}", f"Gazette {block}", begin)
    yield from supporting
    yield f"{place} {TYPE} {ipp('Place')} .\n{place} {LABEL} {text(f'City {block}')} .\n{place} {ipp('country')} {entity(parties[0])} .\n"
    record = entity(f"cit-series-{block}-1")
    yield f"{record} {TYPE} {ipp('Citation')} .\n{record} {ipp('source')} {whole} .\n"
    for name in ("establishedDate", "status", "tenureStart", "tenureEnd", "holder", "office"):
        yield f"{record} {ipp('supports')} {ipp(name)} .\n"
    yield f"{series} {TYPE} {ipp('DialogueSeries')} .\n{series} {LABEL} {text(f'Dialogue {block}')} .\n"
    yield f"{series} {ipp('level')} {code('foreign-ministers')} .\n{series} {ipp('status')} {code('active')} .\n"
    yield f"{series} {ipp('statusAsOf')} {day(begin)} .\n{series} {ipp('establishedDate')} {day(begin)} .\n"
    yield f"{series} {ipp('sector')} {sector} .\n{series} {ipp('citation')} {record} .\n"
    for party in parties:
        yield f"{series} {ipp('party')} {entity(party)} .\n"
        office = entity(f"{party}-{ministry}")
        yield f"{office} {TYPE} {ipp('Office')} .\n{office} {LABEL} {text(f'Minister {block} of {party}')} .\n"
        yield f"{office} {ipp('officeOf')} {entity(party)} .\n{office} {ipp('officeKind')} {code('foreign-minister')} .\n"
        for term in range(ROUNDS // 5):
            person, tenure = entity(f"{party}-{block}-{term}"), entity(f"{party}-{block}-{term}-tenure")
            first, last = begin + timedelta(days=term * 1_800), begin + timedelta(days=(term + 1) * 1_800)
            yield f"{person} {TYPE} {ipp('Person')} .\n{person} {LABEL} {text(f'Person {party} {block} {term}')} .\n"
            yield f"{tenure} {TYPE} {ipp('Tenure')} .\n{tenure} {ipp('holder')} {person} .\n{tenure} {ipp('office')} {office} .\n"
            yield f"{tenure} {ipp('tenureStart')} {day(first)} .\n{tenure} {ipp('tenureEnd')} {day(last)} .\n"
            yield f"{tenure} {ipp('citation')} {record} .\n"
    names = list(PLANTED)
    for number in range(ROUNDS):
        at = block * ROUNDS + number
        fault = names[(at // every) % len(names)] if at % every == 0 else None
        yield from _round(Round(block, number, fault), parties, begin, sector)


def _round(this: Round, parties: tuple[str, str], begin: date, sector: str) -> Iterator[str]:
    slug = f"series-{this.block}-{this.number + 1}"
    node, fault = entity(slug), this.planted
    held = begin + timedelta(days=this.number * 350 + 30)
    outcome, cited = entity(f"{slug}-outcome"), [entity(f"cit-{slug}-{n}") for n in (1, 2)]
    yield f"{node} {TYPE} {ipp('Round')} .\n{node} {LABEL} {text(f'Round {this.number + 1} of dialogue {this.block}')} .\n"
    yield f"{node} {ipp('roundOf')} {entity(f'series-{this.block}')} .\n"
    yield f'{node} {ipp("ordinal")} "{this.number + 1}"^^<{XSD}integer> .\n'
    yield f"{node} {ipp('status')} {code('held')} .\n{node} {ipp('mode')} {code('in-person')} .\n"
    stated = day(held - timedelta(days=9) if fault == "T04" else held + timedelta(days=1))
    if fault == "Event-statusAsOf":
        stated = stated.replace(f"{XSD}date", f"{XSD}string")
    yield f"{node} {ipp('statusAsOf')} {stated} .\n"
    yield f"{node} {ipp('startDate')} {day(held)} .\n{node} {ipp('endDate')} {day(held)} .\n"
    if fault == "Event-startDate":
        yield f"{node} {ipp('startDate')} {day(held - timedelta(days=1))} .\n"
    if fault == "S04":
        yield f"{node} {ipp('startDay')} {day(held)} .\n"
    outsider = next(n.lower() for n in NATIONS if n.lower() not in parties)
    yield f"{node} {ipp('host')} {entity(outsider if fault == 'S01' else parties[0])} .\n"
    yield f"{node} {ipp('venue')} {entity(f'place-{this.block}')} .\n{node} {ipp('sector')} {sector} .\n"
    yield f"{node} {ipp('hasOutcome')} {outcome} .\n{outcome} {TYPE} {ipp('Affirmation')} .\n"
    yield f"{outcome} {LABEL} {text(f'Result {this.number + 1} of dialogue {this.block}')} .\n{outcome} {ipp('citation')} {cited[0]} .\n"
    for party in parties:
        who = f"{party}-{this.block}-{this.number * 350 // 1_800}"
        person = entity("nobody" if fault == "T01" and party == parties[0] else who)
        part = entity(f"{slug}-{party}")
        yield f"{node} {ipp('participant')} {entity(party)} .\n{node} {ipp('participation')} {part} .\n"
        yield f"{part} {TYPE} {ipp('Participation')} .\n{part} {ipp('person')} {person} .\n"
        if fault == "T01" and party == parties[0]:
            yield f"{person} {TYPE} {ipp('Person')} .\n{person} {LABEL} {text('Nobody')} .\n"
        yield f"{part} {ipp('inOffice')} {entity(f'{party}-ministry-{this.block}')} .\n"
        if not (fault == "Participation-role" and party == parties[0]):
            yield f"{part} {ipp('role')} {code('co-chair')} .\n"
        yield f"{part} {ipp('citation')} {cited[0]} .\n"
    for n, citation in enumerate(cited):
        early = fault == "T04" and n == 1
        published = held - timedelta(days=9) if early else held + timedelta(days=1)
        source, described = _source(f"{slug}-{n}", f"Paper {n}", published)
        yield from described
        yield f"{node} {ipp('citation')} {citation} .\n{citation} {TYPE} {ipp('Citation')} .\n{citation} {ipp('source')} {source} .\n"
        for name in ("startDate", "endDate", "status", "host", "ordinal"):
            yield f"{citation} {ipp('supports')} {ipp(name)} .\n"
        if fault != "E01":
            yield f"{citation} {ipp('supports')} {ipp('venue')} .\n"
        if n == 0:
            for name in ("person", "inOffice", "role"):
                yield f"{citation} {ipp('supports')} {ipp(name)} .\n"


def write(triples: int, path: Path) -> int:
    """Write about that many triples as N-Triples, and give how many lines there are."""
    with path.open("w", encoding="utf-8") as out:
        return sum(out.write(line) and line.count("\n") for line in lines(triples))


if __name__ == "__main__":
    print(write(int(sys.argv[1]), Path(sys.argv[2])), "triples;", dict(planted(int(sys.argv[1]))))
