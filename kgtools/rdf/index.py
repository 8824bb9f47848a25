"""Triples indexed by subject and predicate, with RDF lists read out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.terms import RDF, short

Node = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(slots=True)
class Index:
    """Triples indexed by subject and predicate: how shapes, axioms and records are read node by node."""

    index: dict[tuple[Node, str], list[Node]] = field(default_factory=dict)
    subjects: dict[Node, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, triples: Iterable[ox.Triple]) -> Index:
        """Index triples; the same triple twice counts once."""
        graph = cls()
        seen: set[ox.Triple] = set()
        for t in triples:
            if isinstance(t.subject, ox.Triple) or isinstance(t.object, ox.Triple):
                raise InputError("a triple term (RDF 1.2) has no meaning in a shapes graph or in axioms; remove it")
            if t not in seen:
                seen.add(t)
                graph.index.setdefault((t.subject, t.predicate.value), []).append(t.object)
                graph.subjects.setdefault(t.subject, []).append(t.predicate.value)
        return graph

    def all(self, node: Node, predicate: str) -> list[Node]:
        """The objects of a subject and predicate."""
        return self.index.get((node, predicate), [])

    def one(self, node: Node, predicate: str) -> Node | None:
        """The object of a subject and predicate, or None.

        Raises:
            InputError: there are several.
        """
        found = self.all(node, predicate)
        if len(found) > 1:
            raise InputError(f"{short(node)}: more than one {short(ox.NamedNode(predicate))}; keep one")
        return found[0] if found else None

    def list(self, head: Node) -> list[Node]:
        """The members of an RDF list.

        Raises:
            InputError: it is no list, or it runs in a circle.
        """
        out: list[Node] = []
        seen: set[Node] = set()
        while head != ox.NamedNode(RDF + "nil"):
            first, rest = self.one(head, RDF + "first"), self.one(head, RDF + "rest")
            if head in seen:
                raise InputError(f"the list at {short(head)} runs in a circle; end it with rdf:nil")
            if first is None or rest is None:
                raise InputError(f"{short(head)} is not an RDF list: rdf:first or rdf:rest is missing")
            seen.add(head)
            out.append(first)
            head = rest
        return out
