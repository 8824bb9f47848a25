"""The guard before every engine: a query is read by the terminals of the SPARQL 1.1 grammar (section 19.8).

Engines follow SERVICE, FROM and LOAD wherever they lead, and die on deep nesting. The guard sees strings,
IRIs, comments and prefixed names as the tokens they are, so that it neither misses a keyword nor
stumbles over one inside a name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from kgtools.errors import InputError

MAX_NESTING = 100
MAX_OPERATORS = 500
MAX_CHARACTERS = 1_000_000

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n\r]*)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<string>\"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*\"\"\"|'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<variable>[?$]\w+)
  | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<name>(?:\w[\w.-]*)?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
  | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<word>[A-Za-z]\w*)
  | (?P<open>[({\[])
  | (?P<close>[)}\]])
  | (?P<operator>\|\||&&|!=|<=|>=|\^\^|[!+\-*/|^<>=])
  | (?P<space>\s+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}


class Token(NamedTuple):
    """One terminal of a query: its kind, its text and where it starts (character offset)."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(query: str) -> Iterator[Token]:
    """The terminals of a SPARQL query, without white space and comments.

    >>> [t.text for t in tokens('ASK { ?s ex:SERVICE "SERVICE" } # SERVICE')]
    ['ASK', '{', '?s', 'ex:SERVICE', '"SERVICE"', '}']
    """
    for match in _TOKEN.finditer(query):
        if match.lastgroup not in ("space", "comment"):
            yield Token(str(match.lastgroup), match.group(), match.start())


def check(query: str, *, name: str = "query", services: Collection[str] = ()) -> str:
    """Check a query before an engine sees it, and give its form: SELECT, ASK, CONSTRUCT or DESCRIBE.

    Args:
        query: the whole text.
        name: what to call it in messages (a file name, say).
        services: IRIs that a SERVICE clause may name; none by default.

    Raises:
        InputError: an update, SERVICE on a host that was not named, FROM, LOAD, or a query too large or too
            deeply nested for an engine to survive.

    >>> check("SELECT * WHERE { ?s ?p ?o }")
    'SELECT'
    """
    if len(query) > MAX_CHARACTERS:
        raise InputError(f"{name}: {len(query)} characters is over the limit of {MAX_CHARACTERS}")
    form = _check(query, name, services)
    if re.search(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}", query):  # 19.2: escapes are read before the grammar
        _check(_unescape(query, name), name, services)
    return form


def _check(query: str, name: str, services: Collection[str]) -> str:
    form = ""
    depth = operators = 0
    stream = list(tokens(query))

    def place(token: Token) -> str:
        return f"{name}:{query.count(chr(10), 0, token.start) + 1}"

    for at, token in enumerate(stream):
        word = token.text.upper() if token.kind == "word" else ""
        if token.kind == "open":
            depth += 1
            if depth > MAX_NESTING:
                raise InputError(f"{place(token)}: nested more than {MAX_NESTING} deep; simplify the query")
        elif token.kind == "close":
            depth -= 1
        elif token.kind == "operator" or word == "UNION":
            operators += 1
            if operators > MAX_OPERATORS:
                raise InputError(f"{place(token)}: more than {MAX_OPERATORS} operators; split the query")
        if not form and word in _FORMS:
            form = word
        if word in _UPDATES and (not form or word == "LOAD"):
            raise InputError(f"{place(token)}: {word} is an update; only queries are answered here")
        if word == "FROM":
            raise InputError(f"{place(token)}: FROM is refused: the graph that was loaded is the one that is asked")
        if word == "SERVICE":
            target = next((t.text[1:-1] for t in stream[at + 1 : at + 3] if t.kind == "iri"), "")
            if target not in services:
                raise InputError(f"{place(token)}: SERVICE <{target}> is refused: that host was not named as allowed")
    if not form:
        raise InputError(f"{name}: neither SELECT, ASK, CONSTRUCT nor DESCRIBE; check the text")
    return form


def _unescape(query: str, name: str) -> str:
    def decode(match: re.Match[str]) -> str:
        point = int(match.group()[2:], 16)
        if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
            raise InputError(f"{name}: the escape {match.group()} is not a character")
        return chr(point)

    return re.sub(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}", decode, query)
