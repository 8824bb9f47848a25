"""The query policy: what may be asked, decided on the terminals of the SPARQL grammar, and what an engine is given.

Engines differ in where they let one terminal end and the next begin: Oxigraph reads `e:.SERVICE`, `SERVICESILENT`
and `SERVICE:x` with a SERVICE in them, and the comment of one parser is code for another. So a query is read once,
by the terminals of SPARQL 1.1, section 19.8, and an engine in this process never sees the text that was sent: it gets
the terminals themselves, one blank between them, comments left out, prefixed names written out as IRIs and escapes
decoded. A word that is not a keyword of SPARQL is refused.

The terminals are matched without backtracking, so that reading takes time in proportion to the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.sparql.workers import deadline
from kgtools.terms import prefixes as project_prefixes

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_U = _BASE + "_"
_VAR = _U + "0-9\u00b7\u0300-\u036f\u203f\u2040"
_CHARS = _VAR + "\\-"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
_UCHAR = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ESCAPE = rf"\\[tbnrf\\\"']|{_UCHAR}"
_DOTTED = rf"[{_CHARS}]*+(?:\.++[{_CHARS}]++)*+"
_IRI = rf"""<(?:[^<>"{{}}|^`\\\x00-\x20]|{_UCHAR})*+>"""
_STRING = (
    rf'\"\"\"(?:[^"\\]|"(?!"")|{_ESCAPE})*+\"\"\"'
    rf"|'''(?:[^'\\]|'(?!'')|{_ESCAPE})*+'''"
    rf'|"(?!"")(?:[^"\\\n\r]|{_ESCAPE})*+"'
    rf"|'(?!'')(?:[^'\\\n\r]|{_ESCAPE})*+'"
)
_TERMINAL = re.compile(
    rf"""
    (?:[ \t\r\n]|\#[^\r\n]*+)*+
    (?:
        (?P<variable>[?$][{_U}0-9][{_VAR}]*+)
      | (?P<name>(?:[{_BASE}]{_DOTTED})?+:(?:(?:[{_U}:0-9]|{_PLX})(?:[{_CHARS}:]|{_PLX})*+(?:\.++(?:[{_CHARS}:]|{_PLX})++)*+)?+)
      | (?P<word>[A-Za-z][A-Za-z0-9_]*+)
      | (?P<open>[({{\[])
      | (?P<close>[)}}\]])
      | (?P<iri>{_IRI})
      | (?P<string>{_STRING})
      | (?P<number>[0-9]++\.[0-9]*+[eE][+\-]?+[0-9]++|\.?[0-9]++[eE][+\-]?+[0-9]++|[0-9]*+\.[0-9]++|[0-9]++)
      | (?P<lang>@[A-Za-z]{{1,8}}+(?:-[A-Za-z0-9]{{1,8}}+)*+(?:--(?:ltr|rtl))?+(?![A-Za-z0-9\-]))
      | (?P<blank>_:[{_U}0-9]{_DOTTED})
      | (?P<operator>\|\||&&|!=|<=|>=|<<|>>|\^\^|[!+\-*/|^<>=?.;,~])
      | (?P<other>["'].*|.)
      | \Z
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES = re.compile(rf"({_IRI}|{_STRING}|\#[^\r\n]*+|\\[^uU])|{_UCHAR}", re.DOTALL)
_UNESCAPE = re.compile(rf"\\[tbnrf\\\"']|{_UCHAR}")
_ECHARS = {"\\t": "\t", "\\b": "\b", "\\n": "\n", "\\r": "\r", "\\f": "\f"}
_PLAIN = re.compile(rf"[{_CHARS}:.%]")
_UNFIT = re.compile(r"""[<>"{}|^`\\\x00-\x20]""")
_QUOTED = re.compile(r'["\\\n\r]|(?<=\\)[uU]')
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:")
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH", "USING"})
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    BASE PREFIX SELECT DISTINCT REDUCED AS CONSTRUCT WHERE DESCRIBE ASK FROM NAMED GROUP BY HAVING ORDER ASC DESC LIMIT
    OFFSET VALUES UNDEF OPTIONAL GRAPH SERVICE SILENT BIND MINUS UNION FILTER A IN NOT EXISTS TRUE FALSE
    STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE
    ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW
    UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL
    ISNUMERIC REGEX SUBSTR REPLACE COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT SEPARATOR
    VERSION LANGDIR STRLANGDIR HASLANG HASLANGDIR ISTRIPLE TRIPLE SUBJECT PREDICATE OBJECT
    """,
    )
)
_CLAUSES = frozenset({"OPTIONAL", "UNION", "MINUS", "FILTER", "BIND", "VALUES", "GRAPH", "EXISTS", "SELECT", "AS"})
_TERMS = frozenset({"variable", "name", "iri", "string", "number", "blank"})


class Token(NamedTuple):
    """One terminal of a query: its kind, its text and where it starts (character offset)."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be asked. One object for the library, the command line and whatever serves the network.

    The limits lie far below what Oxigraph survives: it ends the whole process from about 2,700 BIND or 6,600 OPTIONAL
    on, or where brackets are nested some 2,000 deep.

    Attributes:
        services: IRIs that a SERVICE clause may name; none by default.
        graphs: IRIs that FROM and FROM NAMED may name; none by default.
        characters: how long a query may be.
        tokens: how many terminals it may have.
        nesting: how deep brackets may be nested.
        clauses: how many OPTIONAL, UNION, MINUS, FILTER, BIND, VALUES, GRAPH, EXISTS, AS, SELECT and groups together.
        patterns: how many triple patterns, members of collections, and terms to group or sort by.
        arguments: how many arguments of functions, and members of IN lists.
        operators: how many operators of expressions and paths.
        seconds: the deadline of an answer.
        rows: how many rows an answer may have.
        answer: how many bytes it may have (as SPARQL JSON or N-Triples).
        memory: how many bytes an engine may take while it answers.

    Raises:
        InputError: the deadline cannot be kept.
    """

    services: frozenset[str] = field(default_factory=frozenset)
    graphs: frozenset[str] = field(default_factory=frozenset)
    characters: int = 1_000_000
    tokens: int = 50_000
    nesting: int = 100
    clauses: int = 500
    patterns: int = 1_000
    arguments: int = 10_000
    operators: int = 500
    seconds: float = 60.0
    rows: int = 1_000_000
    answer: int = 256 << 20
    memory: int = 2 << 30

    def __post_init__(self) -> None:
        deadline(self.seconds)


POLICY = Policy()
"""What holds where nobody says otherwise: reads of the loaded graph."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that the policy allows.

    Attributes:
        form: SELECT, ASK, CONSTRUCT or DESCRIBE.
        text: what an engine is given.
        variables: of a SELECT * all variables in the order of their first appearance; else empty.
    """

    form: str
    text: str
    _source: str = field(repr=False)
    _starts: list[int] = field(repr=False, compare=False)
    _ends: list[int] = field(repr=False, compare=False)
    variables: tuple[str, ...] = ()

    def place(self, column: int) -> tuple[int, int]:
        """Line and column (from 1) in the text that was sent, for a column (from 1) of the text an engine was given."""
        if not self._starts:
            return read(self._source).place(column)
        at = self._starts[min(bisect_right(self._ends, column - 1), len(self._starts) - 1)]
        return self._source.count("\n", 0, at) + 1, at - self._source.rfind("\n", 0, at)


class _Refused(Exception):
    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at = at


def tokens(query: str) -> Iterator[Token]:
    """The terminals of a SPARQL query, without white space and comments.

    What is no terminal is a token of the kind `other`; a string that is not closed is one such token to the end.

    >>> [t.text for t in tokens('ASK { ?s ex:SERVICE "SERVICE" } # SERVICE')]
    ['ASK', '{', '?s', 'ex:SERVICE', '"SERVICE"', '}']
    """
    for match in _TERMINAL.finditer(query):
        kind = match.lastgroup
        if kind:
            yield Token(kind, match[kind], match.start(kind))


def check(query: str, *, name: str = "query", policy: Policy = POLICY) -> str:
    """Check a query, and give its form: SELECT, ASK, CONSTRUCT or DESCRIBE; see :func:`read`.

    >>> check("SELECT * WHERE { ?s ?p ?o }")
    'SELECT'
    """
    return read(query, name=name, policy=policy).form


def read(
    query: str, *, name: str = "query", policy: Policy = POLICY, prefixes: Mapping[str, str] | None = None
) -> Query:
    """Check a query, and give the text that an engine may see.

    Args:
        query: the whole text.
        name: what to call it in messages (a file name, say).
        policy: what is allowed.
        prefixes: namespaces by prefix, for names that the query uses and does not declare; the project's by default.

    Raises:
        InputError: the text is not made of the terminals of SPARQL; it is an update; it asks a host (SERVICE) or
            names a graph (FROM) that the policy does not; a prefix is not declared; or it is too large or too deeply
            nested for an engine to survive.

    >>> read("ASK{?s a ipp:Round.} # all").text
    'ASK { ?s a <https://w3id.org/indopacific/ns#Round> . }'
    """
    try:
        return _read(query, policy, None if prefixes is None else tuple(sorted(prefixes.items())))
    except _Refused as error:
        raise InputError(f"{name}:{query.count(chr(10), 0, error.at) + 1}: {error}") from None


def read_bound(text: str, template: str, edits: Iterable[tuple[int, int, str]]) -> Query:
    """What :func:`read` gives for a text that is another one with single terms in some places, at a part of the cost.

    Args:
        text: the whole text.
        template: the other one, which is read once and kept.
        edits: where the template has something else between two brackets, from and to, and the term that is there in
            the text, serialised.

    Raises:
        InputError: as :func:`read` does.

    >>> template = "SELECT * { VALUES ?x { 1 2 } ?s ?p ?x }"
    >>> read_bound("SELECT * { VALUES ?x { 7 } ?s ?p ?x }", template, [(22, 27, "7")]).text
    'SELECT * { VALUES ?x { 7 } ?s ?p ?x }'
    """
    known = read(template)
    if len(text) > POLICY.characters or known._source != template:  # with escapes decoded, places are others
        return read(text)
    out, kept = [], 0
    for start, end, term in sorted(edits):
        before, after = bisect_left(known._starts, start) - 1, bisect_left(known._starts, end)
        out += [
            known.text[kept : known._ends[before]],
            read(f"{_TERM[0]}{term}{_TERM[1]}").text[len(_TERM[0]) : -len(_TERM[1])],
        ]
        kept = known._ends[after] - 1
    return Query(known.form, " ".join([*out, known.text[kept:]]), text, [], [], known.variables)


_TERM = ("ASK { VALUES ?x { ", " } }")


@lru_cache(maxsize=256)
def _read(query: str, policy: Policy, given: tuple[tuple[str, str], ...] | None) -> Query:
    if len(query) > policy.characters:
        raise _Refused(0, f"{len(query):,} characters is over the limit of {policy.characters:,}; split the query")
    if "\\u" in query or "\\U" in query:  # section 19.2: in names and keywords, too
        query = _ESCAPES.sub(lambda m: m[0] if m[1] else _fit(m[0], _PLAIN, m.start()), query)
    return _Reading(policy, project_prefixes() if given is None else dict(given)).read(query)


class _Reading:
    """One reading of one query, and how much of it there was of what has a limit."""

    def __init__(self, policy: Policy, prefixes: Mapping[str, str]) -> None:
        self._policy = policy
        self._prefixes = dict(prefixes)
        self._base: str | None = None
        self._blanks: dict[str, str] = {}
        self._last = ""
        self._after = ""  # the kind of the last terminal
        self._brackets: list[str] = []  # those now open; "values" for the block of a VALUES
        self._values = False
        self._clauses = self._links = self._arguments = self._operators = 0

    def read(self, query: str) -> Query:
        stream = [(m.lastgroup, m.start(m.lastgroup), m[m.lastgroup]) for m in _TERMINAL.finditer(query) if m.lastgroup]
        self._limit(stream[self._policy.tokens][1] if len(stream) > self._policy.tokens else 0, len(stream), "tokens")
        at = self._prologue(stream)
        out: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        form = asked = ""
        length, end, term = 0, -1, False
        for kind, start, text in stream[at:]:
            touches = end == start
            end = start + len(text)
            new, glued = self._terminal(kind, start, text, touches)
            if kind == "word":
                if not form:
                    if new not in _FORMS:
                        raise _Refused(start, _formless(new))
                    form = new
                if new in ("SERVICE", "FROM"):
                    asked = new
            elif asked:
                self._allow(asked, new[1:-1] if new[:1] == "<" and kind in ("iri", "name") else "", start)
                asked = ""
            elif not form:
                raise _Refused(start, _formless(text))
            if kind in _TERMS or kind == "close":
                if term and kind != "close" and "values" not in self._brackets:
                    self._links += 1
                    self._limit(start, self._links // 3, "patterns")
                term = text != "}"
            elif kind != "lang":
                term = False
            if out and not glued:
                out.append(" ")
                length += 1
            out.append(new)
            length += len(new)
            starts.append(start)
            ends.append(length)
            self._last, self._after = new, kind
        if not form:
            raise _Refused(0, _formless(""))
        if asked:
            self._allow(asked, "", len(query))
        first = next((t for t in out[1:] if t not in (" ", "DISTINCT", "REDUCED")), "")
        everything = form == "SELECT" and first == "*"
        variables = dict.fromkeys(t[1:] for t in out if t[0] in "?$" and len(t) > 1) if everything else ()
        if self._base is not None:
            head = f"BASE <{self._base}> "
            out.insert(0, head)
            ends = [e + len(head) for e in ends]
        return Query(form, "".join(out), query, starts, ends, tuple(variables))

    def _prologue(self, stream: list[tuple[str, int, str]]) -> int:
        """Read the BASE and PREFIX declarations; how many terminals they are."""
        at = 0
        while at + 1 < len(stream) and stream[at][0] == "word":
            word = stream[at][2].upper()
            kind, start, text = stream[at + 1]
            if word == "BASE" and kind == "iri":
                self._base = self._iri(text, start)[1:-1]
                at += 2
            elif word == "PREFIX" and kind == "name" and text[-1:] == ":" and stream[at + 2 : at + 3]:
                kind, start, iri = stream[at + 2]
                if kind != "iri" or text.index(":") != len(text) - 1:
                    raise _Refused(start, f"PREFIX {text} is not followed by an IRI in angle brackets")
                self._prefixes[text[:-1]] = self._iri(iri, start)[1:-1]
                at += 3
            else:
                break
        return at

    def _terminal(self, kind: str, at: int, text: str, touches: bool) -> tuple[str, bool]:
        """A terminal as an engine gets it, and whether it follows without a blank; limits are counted."""
        last = self._last
        if kind == "word":
            word = text.upper()
            if word in _CLAUSES:
                self._clauses += 1
                self._limit(at, self._clauses, "clauses")
                self._values = word == "VALUES" or self._values
            elif word not in _WORDS:
                raise _Refused(
                    at,
                    f"{word} is an update; only queries are answered here"
                    if word in _UPDATES
                    else _no_word(text, last),
                )
            return (text.lower() if word in ("A", "TRUE", "FALSE") else word), False
        if kind == "name":
            return self._name(text, at), last == "^^"
        if kind == "iri":
            return self._iri(text, at), last == "^^"
        if kind == "open":
            self._brackets.append("values" if self._values and text == "{" else text)
            self._limit(at, len(self._brackets), "nesting")
            if text == "{":
                self._values = False
                self._clauses += 1
                self._limit(at, self._clauses, "clauses")
            # Oxigraph wants the bracket of a function at its name
            return text, text == "(" and (self._after == "word" or (touches and last == "<<"))
        if kind == "close":
            if self._brackets:
                self._brackets.pop()
            return text, (text, last) == (")", "(") or (touches and (text, last) == ("}", "|"))
        if kind == "operator":
            if text not in (".", ";", ","):
                self._operators += 1
                self._limit(at, self._operators, "operators")
                modifier = text in ("*", "+", "?") and (self._after in ("iri", "name", "close") or last == "a")
                return text, modifier or text == "^^" or (touches and (last, text) in ((")", ">>"), ("{", "|")))
            if "values" not in self._brackets:
                if self._brackets[-1:] == ["("]:
                    self._arguments += 1
                    self._limit(at, self._arguments, "arguments")
                else:
                    self._links += 1
                    self._limit(at, self._links // 3, "patterns")
            return text, False
        if kind == "number":
            return text, touches and last in ("+", "-")
        if kind == "string":
            return _string(text, at), False
        if kind == "blank":
            return self._blanks.setdefault(text, f"_:b{len(self._blanks)}"), False
        if kind == "other":
            raise _Refused(at, _no_terminal(text))
        return text, kind == "lang"

    def _limit(self, at: int, count: int, what: str) -> None:
        limit = getattr(self._policy, what)
        if count > limit:
            problem = f"nested more than {limit:,} deep" if what == "nesting" else f"more than {limit:,} {what}"
            raise _Refused(at, f"{problem}; simplify or split the query")

    def _allow(self, clause: str, target: str, at: int) -> None:
        if clause == "FROM" and target not in self._policy.graphs:
            raise _Refused(at, "FROM is refused: the graph that was loaded is the one that is asked")
        if clause == "SERVICE" and target not in self._policy.services:
            raise _Refused(at, f"SERVICE <{target}> is refused: that host was not named as allowed")

    def _name(self, text: str, at: int) -> str:
        prefix, _, local = text.partition(":")
        namespace = self._prefixes.get(prefix)
        if namespace is None:
            raise _Refused(at, f"the prefix '{prefix}:' is not declared; add PREFIX {prefix}: <...> on top")
        local = local.replace("\\", "")
        return f"<{namespace}{local}>"

    def _iri(self, text: str, at: int) -> str:
        if "\\" in text:
            text = f"<{_unescaped(text[1:-1], at)}>"
            if _UNFIT.search(text, 1, len(text) - 1):
                raise _Refused(at, f"{text} is not an IRI")
        if self._base is None or _ABSOLUTE.match(text):
            return text
        return _resolved(text, self._base, at)


@lru_cache(maxsize=256)
def _resolved(iri: str, base: str, at: int) -> str:
    """A relative IRI resolved against a base (RFC 3986, section 5.2), by the Turtle parser."""
    try:
        (quad,) = ox.parse(f"{iri} <x:p> <x:o> .", format=ox.RdfFormat.TURTLE, base_iri=base)
    except (SyntaxError, ValueError) as error:
        raise _Refused(at, f"{iri} cannot be resolved against the base <{base}>: {error}") from None
    return str(quad.subject)


def _string(text: str, at: int) -> str:
    """A string in double quotes whose escapes every parser reads alike."""
    if text[0] == '"' and text[:3] != '"""' and "\\" not in text:
        return text
    width = 3 if text[:3] in ('"""', "'''") else 1
    return f'"{_QUOTED.sub(_quoted, _unescaped(text[width:-width], at))}"'


def _quoted(match: re.Match[str]) -> str:
    """A character in quotes; the u after a backslash is escaped, too, since rdflib would take both for a code point."""
    text = match[0]
    return f"\\u{ord(text):04X}" if text in "uU" else {"\n": "\\n", "\r": "\\r"}.get(text, "\\" + text)


def _unescaped(text: str, at: int) -> str:
    return _UNESCAPE.sub(lambda m: _fit(m[0], None, at), text) if "\\" in text else text


def _fit(escape: str, allowed: re.Pattern[str] | None, at: int) -> str:
    """The character of an escape; section 19.2: only one that may stand there."""
    if escape[1] not in "uU":
        return _ECHARS.get(escape, escape[1])
    point = int(escape[2:], 16)
    if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
        raise _Refused(at, f"the escape {escape} is not a character")
    if allowed is not None and not allowed.fullmatch(chr(point)):
        raise _Refused(at, f"the escape {escape} may not stand outside strings and IRIs")
    return chr(point)


def _formless(text: str) -> str:
    if text.upper() in _UPDATES:
        return f"{text.upper()} is an update; only queries are answered here"
    return "neither SELECT, ASK, CONSTRUCT nor DESCRIBE; check the text"


def _no_word(text: str, last: str) -> str:
    if not last:
        return _formless(text)
    return f"'{text}' is not a word of SPARQL; put blanks between words, '?' before variables, a prefix before names"


def _no_terminal(text: str) -> str:
    if text[0] in "\"'":
        return f"the string that begins with {text[:20]!r} is not closed, or holds an unknown escape"
    return f"{text!r} (U+{ord(text):04X}) may not stand here"
