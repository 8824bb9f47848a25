"""Is it there already? Pages by their address, people, places and everything else with a name by any of their names."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.graph import KnowledgeGraph
from kgtools.records.shelves import PREDICATES, Shelves
from kgtools.terms import ID, IPP, LABEL, SKOS, TYPE, ipp, short

_ALT = ox.NamedNode(SKOS + "altLabel")
_LETTERS = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_MARKS = re.compile(r"[\u0300-\u036f]")
_BREAKS = re.compile(r"[^\w\u0900-\u109f\u1780-\u17ff]+|_")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|ref|amp")
_EXACT, _SAME_WORDS, _ALL_WORDS, _PART = range(4)
_HOW = ("the same name", "the same words", "all words", "part of a name")


@dataclass(frozen=True, slots=True)
class Match:
    """Something that is there already.

    Attributes:
        id: its prefixed name.
        kind: its class.
        name: the name that matched, or the address of a page.
        label: its English label.
        how: how it matched: `the same page`, `the same identifier`, `the same name`, `the same words` (in another
            order), `all words` or `part of a name`.
        file: the data file in which it stands, relative to the data folder; empty where nothing decides it.
    """

    id: str
    kind: str
    name: str
    label: str
    how: str
    file: str


def find(graph: KnowledgeGraph, text: str) -> list[Match]:
    """Everything that a text may mean, the best match first.

    Case, accents, dashes, punctuation and the order of words do not count; every label and alternative label does,
    in any language and script. An address matches a page whatever its scheme, `www.`, last slash or tracking.

    Args:
        graph: a loaded graph.
        text: a name or a part of one, a slug or prefixed name, or the address of a page.

    Raises:
        InputError: the text holds no letter and no digit.

    >>> from kgtools import load
    >>> [m.id for m in find(load(), "motegi toshimitsu") if m.kind == "ipp:Person"]
    ['id:toshimitsu-motegi']
    """
    if re.match(r"\s*(https?://|www\.)", text, re.IGNORECASE):
        wanted = _address(text.strip())
        found: dict[object, tuple[str, str, int]] = {
            t.subject: ("the same page", t.object.value, 0)
            for t in graph.asserted(ipp("url"))
            if isinstance(t.object, ox.NamedNode) and _address(t.object.value) == wanted
        }
        return _matches(graph, found)
    words = plain(text)
    if not words:
        raise InputError(f"'{text}' holds no letter and no digit; give a name, a slug or an address")
    wanted_words, best = words.split(), dict[object, tuple[str, str, int]]()
    slug = text.strip().removeprefix("id:").removeprefix(ID).lower()
    for subject, name in _names(graph):
        how = _how(words, wanted_words, plain(name))
        if how is not None and how < best.get(subject, ("", "", 9))[2]:
            best[subject] = (_HOW[how], name, how)
    for t in graph.asserted(TYPE):
        if isinstance(t.subject, ox.NamedNode) and t.subject.value == ID + slug:
            best[t.subject] = ("the same identifier", slug, -1)
    return _matches(graph, best)


def plain(text: str) -> str:
    """A text without what people write differently: case, accents, dashes, punctuation.

    >>> plain("Phạm Minh Chính"), plain("Asō–Lavrov: “2+2”"), plain("Đà Nẵng"), plain("दिल्ली"), plain("ガザ")
    ('pham minh chinh', 'aso lavrov 2 2', 'da nang', 'दिल्ली', 'ガザ')
    """
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return _BREAKS.sub(" ", unicodedata.normalize("NFC", bare).translate(_LETTERS)).strip()


def _how(words: str, wanted: list[str], name: str) -> int | None:
    if name == words:
        return _EXACT
    listed = name.split()
    if sorted(listed) == sorted(wanted):
        return _SAME_WORDS
    if set(wanted) <= set(listed):
        return _ALL_WORDS
    return _PART if words in name and (len(words) > 2 or not words.isascii()) else None


def _address(url: str) -> tuple[str, str, str]:
    """What of an address tells one page from another."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)]
    host = (parts.hostname or "").removeprefix("www.")
    return host, unquote(parts.path).rstrip("/"), urlencode(sorted(query))


def _names(graph: KnowledgeGraph) -> Iterable[tuple[ox.NamedNode, str]]:
    """Each named thing with each of its names; its slug is one."""
    seen: set[ox.NamedNode] = set()
    for predicate in (LABEL, _ALT):
        for t in graph.asserted(predicate):
            if isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(ID):
                seen.add(t.subject)
                yield t.subject, t.object.value  # type: ignore[union-attr]
    for subject in seen:
        yield subject, subject.value.removeprefix(ID)


def _matches(graph: KnowledgeGraph, found: dict[object, tuple[str, str, int]]) -> list[Match]:
    if not found:
        return []
    shelves = Shelves(t for p in PREDICATES for t in graph.asserted(p))
    labels: dict[object, str] = {}
    for t in graph.asserted(LABEL):
        if t.subject in found and isinstance(t.object, ox.Literal) and t.object.language in ("en", None):
            labels[t.subject] = t.object.value
    kinds: dict[object, list[str]] = defaultdict(list)
    for t in graph.asserted(TYPE):
        if t.subject in found and isinstance(t.object, ox.NamedNode):
            kinds[t.subject].append(t.object.value)
    rows = []
    for subject, (how, name, rank) in found.items():
        if isinstance(subject, ox.NamedNode):
            kind = min((k for k in kinds[subject] if k.startswith(IPP)), default="")
            match = Match(
                short(subject),
                short(ox.NamedNode(kind)) if kind else "",
                name,
                labels.get(subject, name),
                how,
                shelves.shelf(subject.value) or "",
            )
            rows.append((rank, match.kind == "ipp:Source", len(name), match.id, match))
    return [row[-1] for row in sorted(rows)]


def to_json(matches: list[Match]) -> str:
    """Matches as a JSON array."""
    return json.dumps([asdict(m) for m in matches], ensure_ascii=False, indent=1)
