"""Where things stand in the text of Turtle and its kin: how deep brackets nest, on which line a literal lies.

Strings, IRIs, comments and escapes are single tokens, each found in one step, so that nothing in them is taken for
a bracket and no text takes more than linear time.
"""

from __future__ import annotations

import json
import re

import pyoxigraph as ox

from kgtools.terms import XSD

MAX_NESTING = 100

_SKIPPED = (
    rb'"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?'
    rb"|'''(?:[^'\\]|\\.|'(?!''))*+(?:''')?"
    rb'|"(?:[^"\\\r\n]|\\[^\r\n])*+"?'
    rb"|'(?:[^'\\\r\n]|\\[^\r\n])*+'?"
    rb"|<[^<>\"{}|^`\x00-\x20]*+>|#[^\r\n]*+|\\."
)
"""Strings (an unclosed one to its end), IRIs, comments, escapes in names."""
_BRACKETS = re.compile(_SKIPPED + rb"|[\[\](){}]", re.DOTALL)
_STRING = re.compile(rb'"""(.*)"""|\'\'\'(.*)\'\'\'|"(.*)"|\'(.*)\'', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_LETTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def too_deep(data: bytes) -> int | None:
    """The line on which brackets nest more than :data:`MAX_NESTING` deep, or None.

    >>> too_deep(b"[" * 101), too_deep(b'"' + b"[" * 101 + b'"')
    (1, None)
    """
    if data.count(b"[") + data.count(b"(") + data.count(b"{") <= MAX_NESTING:
        return None
    depth = 0
    for match in _BRACKETS.finditer(data):
        token = match.group()
        depth += (token in (b"[", b"(", b"{")) - (token in (b"]", b")", b"}"))
        if depth > MAX_NESTING:
            return data.count(b"\n", 0, match.start()) + 1
    return None


def line_of(data: bytes, literal: ox.Literal, form: ox.RdfFormat) -> int | None:
    """The line on which a typed literal first stands in a text, or None where it cannot be told.

    >>> line_of(b'# "x"\\n<s> <p> "x" ,\\n  "\\\\u0078"^^<http://t> .', ox.Literal("x", datatype=ox.NamedNode("http://t")), ox.RdfFormat.TURTLE)
    3
    """
    at = _in_json(data, literal) if form == ox.RdfFormat.JSON_LD else _in_xml(data, literal)
    if form not in (ox.RdfFormat.JSON_LD, ox.RdfFormat.RDF_XML):
        at = _in_turtle(data, literal)
    return None if at is None else data.count(b"\n", 0, at) + 1


def _in_turtle(data: bytes, literal: ox.Literal) -> int | None:
    kind = literal.datatype.value
    local = re.split(r"[/#:]", kind)[-1].encode()
    ends = re.compile(rb"\s*\^\^\s*(?:<[^<>]*" + re.escape(local) + rb">|[^\s<]*:" + re.escape(local) + rb"(?![\w-]))")
    value = literal.value.encode()
    bare = rb"(?<![\w.+-])" + re.escape(value) + rb"(?![\w+-]|\.\d)"
    for match in re.finditer(_SKIPPED + (rb"|" + bare if kind.startswith(XSD) else b""), data, re.DOTALL):
        token = match.group()
        if token == value:
            return match.start()
        if token[:1] in b"\"'" and ends.match(data, match.end()) and _unescaped(token) == literal.value:
            return match.start()
    return None


def _unescaped(token: bytes) -> str | None:
    match = _STRING.fullmatch(token)
    if match is None:
        return None
    text = next(g for g in match.groups() if g is not None).decode()
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _LETTERS.get(m[3], m[3]), text)


def _in_json(data: bytes, literal: ox.Literal) -> int | None:
    for match in re.finditer(rb'"(?:[^"\\]|\\.)*+"(?!\s*:)', data):
        if b"\\" not in match.group():
            found = match.group()[1:-1] == literal.value.encode()
        else:
            try:
                found = json.loads(match.group()) == literal.value
            except ValueError:
                found = False
        if found:
            return match.start()
    return None


def _in_xml(data: bytes, literal: ox.Literal) -> int | None:
    value = re.escape(literal.value.encode())
    for match in re.finditer(rb"<!--(?:[^-]|-(?!->))*+-->|(?<=[>\"'])" + value + rb"(?=[<\"'])", data):
        if not match.group().startswith(b"<!--"):
            return match.start()
    return None
