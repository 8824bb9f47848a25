"""The datatypes of XML Schema 1.1 part 2: which literals are well-formed, and which of them a store rewrites.

Specification: https://www.w3.org/TR/xmlschema11-2/, the datatypes that RDF 1.1 Concepts (section 5.1) lists.

Oxigraph's store keeps values, not terms: it gives back `"007"^^xsd:integer` as `7`, `xsd:int` as
`xsd:integer`, `24:00:00` as the next day. :func:`stored` says what becomes of a term, so that whoever needs
the term itself (exports, shapes) knows for which ones the store must not be asked.
"""

from __future__ import annotations

import re
from functools import lru_cache

import pyoxigraph as ox

from kgtools.terms import XSD

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

MAX_DIGITS = 1_000
"""The longest number, date or duration that is read, in characters."""

INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
_YEAR = r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|24:00:00(?:\.0+)?)"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_REAL = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN"
_MONTHS = r"(?:[0-9]+Y(?:[0-9]+M)?|[0-9]+M)"
_CLOCK = r"(?:T(?:[0-9]+H(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+M(?:[0-9]+(?:\.[0-9]+)?S)?|[0-9]+(?:\.[0-9]+)?S))"
_NAME_START = "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_NAME_CHAR = _NAME_START + "\\-.0-9\xb7\u0300-\u036f\u203f-\u2040"
_SPACELESS = r"[^\t\n\r ]+(?: [^\t\n\r ]+)*"

_MEASURED = {
    **dict.fromkeys(INTEGERS, r"[+-]?[0-9]+"),
    "decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
    "double": _REAL,
    "float": _REAL,
    "boolean": r"true|false|0|1",
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}?",
    "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}?",
    "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "time": f"{_TIME}{_ZONE}?",
    "gYear": f"{_YEAR}{_ZONE}?",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}?",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}?",
    "gMonth": f"--{_MONTH}{_ZONE}?",
    "gDay": f"---{_DAY}{_ZONE}?",
    "duration": f"-?P(?:{_MONTHS}?[0-9]+D{_CLOCK}?|{_MONTHS}{_CLOCK}?|{_CLOCK})",
    "yearMonthDuration": f"-?P{_MONTHS}",
    "dayTimeDuration": f"-?P(?:[0-9]+D{_CLOCK}?|{_CLOCK})",
}
"""The types that a store keeps as values, with their lexical forms."""

_TEXTUAL = {
    "hexBinary": r"(?:[0-9a-fA-F]{2})*",
    "base64Binary": r"(?:(?:[A-Za-z0-9+/] ?){4})*(?:(?:[A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|[A-Za-z0-9+/] ?[AQgw] ?= ?=)?",
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "normalizedString": r"[^\t\n\r]*",
    "token": f"(?:{_SPACELESS})?",
    "NMTOKEN": f"[:{_NAME_CHAR}]+",
    "Name": f"[:{_NAME_START}][:{_NAME_CHAR}]*",
    "NCName": f"[{_NAME_START}][{_NAME_CHAR}]*",
}
_LEXICAL = {XSD + name: re.compile(pattern) for name, pattern in {**_MEASURED, **_TEXTUAL}.items()}
_VALUES = frozenset(XSD + name for name in _MEASURED)
_LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
_AS_WRITTEN = {
    XSD + "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    XSD + "integer": re.compile(r"0|-?[1-9][0-9]{0,17}"),
    XSD + "boolean": re.compile(r"true|false"),
}
"""Well-formed literals of these common shapes are known to come back from a store as they are."""


def ill_formed(term: object) -> str | None:
    """Say what is wrong with a typed literal by XML Schema 1.1 part 2, or None.

    Terms of other datatypes, and terms that are no literals, are never ill-formed.

    >>> ill_formed(ox.Literal("2026-02-30", datatype=ox.NamedNode(XSD + "date")))
    "'2026-02-30' is not an xsd:date: there is no such day"
    >>> ill_formed(ox.Literal("300", datatype=ox.NamedNode(XSD + "byte")))
    "'300' is not an xsd:byte: it must lie between -128 and 127"
    >>> ill_formed(ox.Literal("-0044-03-15", datatype=ox.NamedNode(XSD + "date")))
    """
    if isinstance(term, ox.Triple):
        return ill_formed(term.object)
    if not isinstance(term, ox.Literal):
        return None
    return examine(term.value, term.datatype.value)[0]


def stored(term: Term) -> Term:
    """The term that the embedded store gives back where this one was put in; mostly the term itself.

    >>> print(stored(ox.Literal("007", datatype=ox.NamedNode(XSD + "int"))))
    "7"^^<http://www.w3.org/2001/XMLSchema#integer>
    """
    if isinstance(term, ox.Triple):
        return _through_a_store(term)
    if not isinstance(term, ox.Literal):
        return term
    return examine(term.value, term.datatype.value)[1] or term


def stored_triple(triple: ox.Triple) -> ox.Triple:
    """The triple that the embedded store gives back; the same object where nothing changes."""
    kept = stored(triple.object)
    return (
        triple if kept is triple.object or kept == triple.object else ox.Triple(triple.subject, triple.predicate, kept)
    )


@lru_cache(maxsize=100_000)
def examine(value: str, datatype: str) -> tuple[str | None, ox.Literal | None]:
    """What is wrong with a literal, and what a store makes of it (None where it keeps it as it is)."""
    problem = _problem(value, datatype)
    if datatype not in _VALUES:
        return problem, None
    if not problem and datatype in _AS_WRITTEN and _AS_WRITTEN[datatype].fullmatch(value):
        return None, None
    literal = ox.Literal(value, datatype=ox.NamedNode(datatype))
    kept = _through_a_store(literal)
    return problem, kept if isinstance(kept, ox.Literal) and kept != literal else None


def _through_a_store(term: ox.Literal | ox.Triple) -> Term:
    store, any_iri = ox.Store(), ox.NamedNode("urn:x")
    store.add(ox.Quad(any_iri, any_iri, term))
    kept: Term = next(iter(store)).object
    return kept


def _problem(value: str, datatype: str) -> str | None:
    pattern = _LEXICAL.get(datatype)
    if pattern is None:
        return None
    local = datatype.removeprefix(XSD)
    name = f"xsd:{local}"
    if len(value) > MAX_DIGITS and datatype in _VALUES:
        return f"an {name} of {len(value)} characters is over the limit of {MAX_DIGITS}"
    match = pattern.fullmatch(value)
    if match is None:
        return f"{value[:100]!r} is not an {name}"
    if local in INTEGERS:
        low, high = INTEGERS[local]
        if (low is not None and int(value) < low) or (high is not None and int(value) > high):
            return f"{value[:100]!r} is not an {name}: it must {_range(low, high)}"
    parts = match.groupdict()
    if parts.get("day") and not _is_a_day(parts.get("year"), parts.get("month"), int(parts["day"])):
        return f"{value[:100]!r} is not an {name}: there is no such day"
    return None


def _range(low: int | None, high: int | None) -> str:
    if low is None:
        return f"be at most {high}"
    return f"be at least {low}" if high is None else f"lie between {low} and {high}"


def _is_a_day(year: str | None, month: str | None, day: int) -> bool:
    """Whether the month has that day; a month without a year may have its longest, a day alone is one to 31."""
    if month is None:
        return True
    if month == "02" and day == 29:
        number = int(year) if year else 0
        return number % 4 == 0 and (number % 100 != 0 or number % 400 == 0)
    return day <= _LENGTHS[int(month) - 1]
