"""Why the graph says what it says of an entity: each value with its sources, what says otherwise, what follows from what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgtools.errors import DataError, InputError
from kgtools.question import ask, view
from kgtools.sparql.answers import Value
from kgtools.terms import expand, short

if TYPE_CHECKING:
    from kgtools.graph import KnowledgeGraph
    from kgtools.rules.receipts import Receipts
    from kgtools.sparql.engine import Engine


@dataclass(frozen=True, slots=True)
class Evidence:
    """One source of one value: who published it, of which kind it is, and its days of publication and reading."""

    url: str
    publisher: str
    agency: str | None
    kind: str
    published: str | None
    read: str

    @property
    def witness(self) -> str:
        """Who speaks: the agency whose text it prints, or else the publisher."""
        return self.agency or self.publisher

    @property
    def described(self) -> str:
        """Kind, publisher and days in one line."""
        agency = f" ({self.agency})" if self.agency else ""
        day = f"published {self.published}" if self.published else "undated"
        return f"{self.kind}: {self.publisher}{agency}, {day}, read {self.read}"


@dataclass(frozen=True, slots=True)
class Reason:
    """One value of one property and why it stands in the graph.

    Attributes:
        predicate, value: the statement.
        sources: what supports it; empty where the property needs no evidence or nothing supports it.
        receipt: for an entailed value the rule and the premises, line by line, down to asserted triples with the
            addresses that support them.
        claim: for a value that is not asserted: its rank, and the reason recorded with it.
    """

    predicate: str
    value: str
    sources: tuple[Evidence, ...]
    receipt: tuple[str, ...] = ()
    claim: tuple[str, str] | None = None

    @property
    def witnesses(self) -> int:
        """How many independent sources state it: different agencies, or else publishers."""
        return len({s.witness for s in self.sources})


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that :func:`why` found of one entity."""

    iri: str
    reasons: tuple[Reason, ...]

    def to_json(self) -> str:
        """A JSON object."""
        rows = [{**asdict(r), "witnesses": r.witnesses} for r in self.reasons]
        return json.dumps({"iri": self.iri, "values": rows}, ensure_ascii=False, indent=1)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield short(ox.NamedNode(self.iri))
        for r in self.reasons:
            said = f"{r.predicate} {r.value}"
            if r.claim:
                yield from wrap(
                    f"{said}  -- claimed, not asserted ({r.claim[0]}): {r.claim[1]}", 80, subsequent_indent="  "
                )
            elif r.receipt:
                yield f"{said}  -- entailed"
                yield from (f"  {line}" for line in r.receipt)
            else:
                count = (
                    f"{r.witnesses} independent source{'s' if r.witnesses != 1 else ''}"
                    if r.sources
                    else "no source given"
                )
                yield from wrap(f"{said}  -- {count}", 80, subsequent_indent="  ")
            for s in r.sources:
                yield from wrap(s.described, 80, initial_indent="  - ", subsequent_indent="    ")
                yield f"    {s.url}"


def why(graph: KnowledgeGraph, entity: str, property: str | None = None) -> Explanation:
    """Why the graph says what it says of an entity.

    Args:
        graph: a loaded graph; inference is run on it, for the receipts of what is entailed.
        entity: a slug, a prefixed name or an IRI.
        property: only this property: a name of the ontology (`startDate`), a prefixed name or an IRI.

    Raises:
        InputError: a name cannot be an IRI.
        DataError: the graph says nothing of the entity, or nothing by this property.
    """
    from kgtools.inference import infer

    try:
        node = expand(entity)
        predicate = None if property is None else expand(property if ":" in property else f"ipp:{property}")
    except ValueError as error:
        raise InputError(str(error)) from error
    given = {"it": node.value} | ({"property": predicate.value} if predicate is not None else {})
    closure = infer(graph).closure
    engine = graph.engine(entailed=False)
    reasons = _grouped(ask(engine, view("why", **given)).to_dicts())
    entailed = [t for t in closure.triples if t.subject == node and predicate in (None, t.predicate)]
    for t in sorted(entailed, key=str):
        reasons.append(
            Reason(short(t.predicate), short(t.object), (), tuple(_receipt(closure.receipts, engine, t, ())))
        )
    reasons += _grouped(ask(engine, view("why-claims", **given)).to_dicts())
    if not reasons:
        what = f" by {short(predicate)}" if predicate is not None else ""
        raise DataError(f"{short(node)}: nothing is said about it{what}; try kgtools find")
    return Explanation(node.value, tuple(reasons))


def _receipt(
    receipts: Receipts | None, engine: Engine, triple: ox.Triple, above: tuple[ox.Triple, ...]
) -> Iterator[str]:
    """The rule and the premises of an entailed triple, line by line, each asserted premise with its sources."""
    text = "  " * len(above) + " ".join(short(x) for x in (triple.subject, triple.predicate, triple.object))
    found = receipts.why(triple) if receipts and triple not in above else None
    if found is not None:
        rule, axiom, premises = found
        yield f"{text}   by {rule}: {axiom}"
        for premise in premises:
            yield from _receipt(receipts, engine, premise, (*above, triple))
        return
    yield f"{text}   (explained above)" if triple in above else text
    if isinstance(triple.subject, ox.NamedNode) and isinstance(triple.predicate, ox.NamedNode):
        rows = ask(engine, view("why", it=triple.subject.value, property=triple.predicate.value)).to_dicts()
        for url in dict.fromkeys(str(row["url"]).strip("<>") for row in rows if row["url"]):
            yield "  " * len(above) + f"  {url}"


def _grouped(rows: list[dict[str, Value]]) -> list[Reason]:
    """One reason for each value, with its sources."""
    found: dict[tuple[str, str], tuple[list[Evidence], tuple[str, str] | None]] = {}
    for row in rows:
        claim = (str(row["rank"]), str(row["reason"])) if "rank" in row else None
        sources, _ = found.setdefault((str(row["property"]), str(row["value"])), ([], claim))
        if row["url"]:
            sources.append(
                Evidence(
                    str(row["url"]).strip("<>"),
                    str(row["publisher"]),
                    str(row["agency"]) if row["agency"] else None,
                    str(row["kind"]),
                    str(row["published"]) if row["published"] else None,
                    str(row["read"]),
                )
            )
    return [Reason(p, v, tuple(dict.fromkeys(s)), claim=claim) for (p, v), (s, claim) in found.items()]
