"""The project's prefixes in query texts: added where a text lacks them, written out in our own query files."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from itertools import pairwise

import pyoxigraph as ox

from kgtools.sparql import policy
from kgtools.terms import prefixes

_HEADER = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")
_PROLOGUE = re.compile(r"(?:PREFIX[^\n]*\n)*")


def with_prefixes(text: str) -> str:
    """The query with a PREFIX line for each project prefix that it uses and does not declare, on its first line.

    On one line, so that the line numbers in an engine's messages stay right.
    """
    return " ".join([*_missing(text), text])


def with_prologue(text: str) -> str:
    """A query file as it should stand: the PREFIX lines it needs, one a line, between header comments and query.

    Lines that declare a project prefix and are not needed go; all other lines stay as they are.

    >>> print(with_prologue("#+ summary: Which nations?\\nSELECT ?x { ?x a ipp:Nation }"))
    #+ summary: Which nations?
    PREFIX ipp: <https://w3id.org/indopacific/ns#>
    SELECT ?x { ?x a ipp:Nation }
    """
    header = _HEADER.match(text)
    start = header.end() if header else 0
    prologue = _PROLOGUE.match(text, start)
    body = text[prologue.end() if prologue else start :]
    declared = prologue.group().splitlines(keepends=True) if prologue else []
    ours = {f"{p}:" for p in prefixes()}
    others = [line for line in declared if line.split()[1] not in ours]
    lines = [f"{line}\n" for line in _missing("".join([*others, body]))]
    return "".join([text[:start], *others, *lines, body])


def _missing(text: str) -> Iterator[str]:
    """A PREFIX line for each project prefix that a query uses and does not declare."""
    stream = list(policy.tokens(text))
    used = {t.text.partition(":")[0] for t in stream if t.kind == "name"}
    declared = {
        b.text.partition(":")[0]
        for a, b in pairwise(stream)
        if a.kind == "word" and a.text.upper() == "PREFIX" and b.kind == "name"
    }
    return (f"PREFIX {p}: <{n}>" for p, n in prefixes().items() if p in used - declared)


def unknown_names(text: str, declared: Container[object]) -> Iterator[str]:
    """The names of our own namespaces in a query that nobody declared."""
    table = prefixes()
    for token in policy.tokens(text):
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix in ("ipp", "code") and local and ox.NamedNode(table[prefix] + local) not in declared:
                yield token.text
