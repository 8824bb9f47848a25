"""Where the embedded engine departs from SPARQL 1.1, mended in the text it is given.

Two departures change answers in silence. A path that may have length zero matches nothing from a constant that no
triple names (section 18.4 wants the constant itself); and `$1_` in the replacement of REPLACE is read as a group named
`1_` (XPath and XQuery Functions 3.1, section 5.6.4, reads the group 1). What else departs is listed, test by test,
with the W3C suites.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from kgtools.sparql.policy import Token, tokens
from kgtools.sparql.statements import Statement, statements

_CONSTANTS = frozenset({"iri", "string", "number"})
_REFERENCE = re.compile(r"\\\\(\\\\|\$)|\$([0-9])")


def mended(text: str) -> str:
    """The text of a query as Oxigraph gives the answers of the standard to it.

    Args:
        text: what the policy has read.

    >>> mended("ASK { <x:a> <x:p> ?o }")
    'ASK { <x:a> <x:p> ?o }'
    >>> mended("SELECT * { <x:a> <x:p>* ?o }")
    'SELECT * { { <x:a> <x:p>* ?o } UNION { FILTER NOT EXISTS { <x:a> ?p_3_1 ?o_3_1 } FILTER NOT EXISTS { ?o_3_1 ?p_3_1 <x:a> } BIND( <x:a> AS ?o ) } }'
    """
    if "REPLACE(" not in text and not re.search(r"[>)a][*?]", text):
        return text
    stream = list(tokens(text))
    edits = [*_replacements(stream), *_paths(stream, text)]
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


Edit = tuple[int, int, str]
"""Where a text is replaced, from and to, and by what."""


def _replacements(stream: Sequence[Token]) -> Iterator[Edit]:
    for at, token in enumerate(stream):
        if token.text != "REPLACE":
            continue
        depth, argument = 0, 0
        for n in range(at + 1, len(stream) - 1):
            depth += (stream[n].kind == "open") - (stream[n].kind == "close")
            if depth == 0:
                break
            if depth == 1 and stream[n].text == ",":
                argument += 1
                given = stream[n + 1]
                if argument == 2 and given.kind == "string" and stream[n + 2].text in (",", ")"):
                    yield given.start, given.end, _REFERENCE.sub(_reference, given.text)


def _reference(match: re.Match[str]) -> str:
    if match[2]:
        return f"${{{match[2]}}}"
    return "$$" if match[1] == "$" else match[0]


def _paths(stream: Sequence[Token], text: str) -> Iterator[Edit]:
    for subject, found in groupby(statements(stream), key=lambda s: s.subject):
        block = list(found)
        if subject is None or not any(_absent(s, stream) for s in block) or any(s.object is None for s in block):
            continue
        ends = [_end(stream, s.object or 0) for s in block]
        inside = {n for s, end in zip(block, ends, strict=True) for n in (*range(*s.verb), *range(s.object or 0, end))}
        first = _end(stream, subject)
        rest = [t.text for n, t in enumerate(stream[first : ends[-1]], first) if n not in inside]
        if not set(rest) <= {";", ","}:
            continue  # blank nodes with properties, or lists, between them
        one = text[stream[subject].start : stream[first - 1].end]
        parts = []
        for n, (s, end) in enumerate(zip(block, ends, strict=True), 1):
            verb = text[stream[s.verb[0]].start : stream[s.verb[1] - 1].end]
            other = text[stream[s.object or 0].start : stream[end - 1].end]
            plain = f"{one} {verb} {other}"
            parts.append(_mended(one, plain, other, f"{subject}_{n}") if _absent(s, stream) else f"{plain} .")
        yield stream[subject].start, stream[ends[-1] - 1].end, " ".join(parts).removesuffix(" .")


def _mended(one: str, plain: str, other: str, name: str) -> str:
    constant, variable = (other, one) if one[0] in "?$" else (one, other)
    same = "" if variable[0] not in "?$" else f" BIND( {constant} AS {variable} )"
    nowhere = (
        f"FILTER NOT EXISTS {{ {constant} ?p_{name} ?o_{name} }} FILTER NOT EXISTS {{ ?o_{name} ?p_{name} {constant} }}"
    )
    return f"{{ {plain} }} UNION {{ {nowhere}{same} }}"


def _end(stream: Sequence[Token], at: int) -> int:
    """Where the node ends that begins here."""
    at += 2 if stream[at].text in ("+", "-") else 1
    while at < len(stream) and (stream[at].kind == "lang" or "^^" in (stream[at].text, stream[at - 1].text)):
        at += 1
    return at


def _absent(statement: Statement, stream: Sequence[Token]) -> bool:
    """Whether a pattern has a constant at an end of a path that may have length zero, and the ends could be one node."""
    if statement.subject is None or statement.object is None:
        return False
    ends = [stream[statement.subject], stream[statement.object]]
    constants = [t for t in ends if t.kind in _CONSTANTS or t.text in ("+", "-", "true", "false")]
    if not constants or (len(constants) == 2 and ends[0].text != ends[1].text):
        return False
    if len(constants) == 1 and not any(t.kind == "variable" for t in ends):
        return False
    return _nullable(stream[slice(*statement.verb)])


def _nullable(path: Sequence[Token]) -> bool:
    """Whether a path may have length zero: an alternative all of whose steps may."""
    depth, alternatives, steps = 0, [], []
    at = 0
    while at < len(path):
        token = path[at]
        if token.text == "(":
            end = at
            while True:
                depth += (path[end].text == "(") - (path[end].text == ")")
                if depth == 0:
                    break
                end += 1
            steps.append(_nullable(path[at + 1 : end]))
            at = end
        elif token.text == "|":
            alternatives.append(bool(steps) and all(steps))
            steps = []
        elif token.text in ("*", "?"):
            steps[-1:] = [True]
        elif token.kind in ("iri", "word"):
            steps.append(False)
        at += 1
    return any(alternatives) or (bool(steps) and all(steps))
