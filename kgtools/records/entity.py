"""One entity with everything about it: what it states, who says so, and what points to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kgtools.errors import DataError, InputError
from kgtools.question import view
from kgtools.sparql.engine import Engine
from kgtools.terms import IPP, expand, short


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement about an entity: property, value, the value's label, and the addresses that support it."""

    property: str
    value: str
    label: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity: its IRI, its English label, its facts, the facts of others that point to it, and claims about it."""

    iri: str
    label: str
    facts: tuple[Fact, ...]
    incoming: tuple[Fact, ...]
    claims: tuple[Fact, ...]

    def to_json(self) -> str:
        """The entity as a JSON object."""

        def rows(facts: tuple[Fact, ...]) -> list[dict[str, object]]:
            return [
                {"property": f.property, "value": f.value, "label": f.label, "sources": list(f.sources)} for f in facts
            ]

        document = {
            "iri": self.iri,
            "label": self.label,
            "facts": rows(self.facts),
            "incoming": rows(self.incoming),
            "claims": rows(self.claims),
        }
        return json.dumps(document, ensure_ascii=False, indent=1)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.label}  <{self.iri}>"
        numbers: dict[str, int] = {}
        for title, facts in (
            ("", self.facts),
            ("Pointed to by", self.incoming),
            ("Claims that are not asserted", self.claims),
        ):
            if title and facts:
                yield f"\n{title}"
            for f in facts:
                marks = "".join(f"[{numbers.setdefault(s, len(numbers) + 1)}]" for s in f.sources)
                label = f"  {f.label}" if f.label and f.label != f.value else ""
                yield f"  {f.property:<24} {f.value}{label} {marks}".rstrip()
        if numbers:
            yield "\nSources"
            yield from (f"  [{n}] {address}" for address, n in numbers.items())


def show(engine: Engine, name: str) -> Entity:
    """Everything about one entity.

    Args:
        engine: an engine over the graph.
        name: a slug (`ind-jpn-strategic-dialogue-18`), a prefixed name or an IRI.

    Raises:
        InputError: the name cannot be an IRI.
        DataError: the graph says nothing about it.
    """
    try:
        node = expand(name)
    except ValueError as error:
        raise InputError(str(error)) from error
    facts = _facts(engine, "entity-facts", node)
    incoming = _facts(engine, "entity-incoming", node)
    if not facts and not incoming:
        raise DataError(f"{short(node)} is not in the graph; kgtools find looks for a part of a name")
    label = next((f.value for f in facts if f.property == "rdfs:label"), short(node))
    return Entity(node.value, label, facts, incoming, _facts(engine, "entity-claims", node))


def _facts(engine: Engine, name: str, node: ox.NamedNode) -> tuple[Fact, ...]:
    found: dict[tuple[str, str], tuple[str, dict[str, None]]] = {}
    for p, o, label, url in engine.select(view(name, it=str(node))).rows:
        if isinstance(p, ox.NamedNode) and p.value == IPP + "citation":
            continue
        _, sources = found.setdefault((short(p), short(o)), (short(label) if label is not None else "", {}))
        if url is not None:
            sources[url.value if isinstance(url, ox.NamedNode) else short(url)] = None
    return tuple(Fact(p, o, label, tuple(sources)) for (p, o), (label, sources) in found.items())
