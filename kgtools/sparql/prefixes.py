"""The project's prefixes in query texts."""

from __future__ import annotations

from itertools import pairwise

from kgtools.sparql import policy
from kgtools.terms import prefixes


def with_prefixes(text: str) -> str:
    """The query with a PREFIX line for each project prefix that it uses and does not declare, on its first line."""
    stream = list(policy.tokens(text))
    used = {t.text.partition(":")[0] for t in stream if t.kind == "name"}
    declared = {
        b.text.partition(":")[0]
        for a, b in pairwise(stream)
        if a.kind == "word" and a.text.upper() == "PREFIX" and b.kind == "name"
    }
    lines = [f"PREFIX {p}: <{n}>" for p, n in prefixes().items() if p in used - declared]
    return " ".join([*lines, text])
