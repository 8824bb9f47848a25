"""The graph in other forms: RDF syntaxes, a TriG with a graph for each source, RDF 1.2 reifiers, flat tables."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kgtools import files, tables
from kgtools.errors import InputError
from kgtools.graph import KnowledgeGraph
from kgtools.processes import spread
from kgtools.turtle import to_turtle
from kgtools.vocab import IPP, LABEL, RDF, SKOS, TYPE, XSD, home, ipp, prefixes, split

SUFFIX = {
    "ttl": "ttl",
    "nt": "nt",
    "nq": "nq",
    "trig": "trig",
    "jsonld": "jsonld",
    "rdfxml": "rdf",
    "reifiers": "reifiers.ttl",
    "csv": "csv",
}
FORMATS = tuple(SUFFIX)


def export(graph: KnowledgeGraph, form: str, folder: Path, *, entailed: bool = False) -> list[Path]:
    """Write the data in one form into a folder; each file appears whole or not at all.

    Args:
        graph: a loaded graph.
        form: `ttl` (deterministic), `nt`, `nq`, `trig` (a graph for each source), `jsonld` (with our context,
            written in), `rdfxml`, `reifiers` (RDF 1.2: each supported triple with the citation that supports
            it) or `csv` (five tables).
        folder: where to write; made if missing.
        entailed: whether entailed triples go along.

    Returns:
        The paths written.

    Raises:
        InputError: no such form, or the folder cannot be written.
    """
    if form not in SUFFIX:
        raise InputError(f"no export form is called '{form}'; use one of {' '.join(FORMATS)}")
    if form == "csv":
        engine = graph.engine(entailed=False)
        out = []
        for name in tables.TABLES:
            out.append(folder / f"{name}.csv")
            files.write(out[-1], tables.table(engine, name).encode())
        return out
    path = folder / f"indopacific.{SUFFIX[form]}"
    files.write(path, serialise(graph, form, entailed=entailed))
    return [path]


def export_all(graph: KnowledgeGraph, forms: Sequence[str], folder: Path, *, entailed: bool = False) -> list[Path]:
    """Write several forms as :func:`export` does.

    On all processors, so that those that take longest should come first.
    """
    written = spread(lambda form: export(graph, form, folder, entailed=entailed), forms)
    return [path for paths in written for path in paths]


def serialise(graph: KnowledgeGraph, form: str, *, entailed: bool = False) -> bytes:
    """The data in one RDF form, as bytes. See :func:`export`."""
    triples = [*graph.asserted(), *(graph.entailed() if entailed else ())]
    makers: dict[str, Callable[[], bytes]] = {
        "ttl": lambda: to_turtle(triples),
        "nt": lambda: _lines(str(t) + " .\n" for t in triples),
        "nq": lambda: _lines(str(t) + " .\n" for t in triples),
        "trig": lambda: _native(_by_source(triples), ox.RdfFormat.TRIG),
        "jsonld": lambda: _jsonld(triples),
        "rdfxml": lambda: _native(sorted(triples, key=str), ox.RdfFormat.RDF_XML),
        "reifiers": lambda: _native([*triples, *_reifiers(triples)], ox.RdfFormat.TURTLE),
    }
    if form not in makers:
        raise InputError(f"no RDF form is called '{form}'; use one of {' '.join(makers)}")
    return makers[form]()


def _lines(lines: Iterator[str]) -> bytes:
    return "".join(sorted(lines)).encode()


def _native(statements: Any, form: ox.RdfFormat) -> bytes:
    return ox.serialize(statements, format=form, prefixes=prefixes()) or b""


def _supported(triples: list[ox.Triple]) -> Iterator[tuple[ox.Triple, Any, Any]]:
    """Each triple with each citation that supports it, and the citation's source."""
    source = {t.subject: t.object for t in triples if t.predicate == ipp("source")}
    supports: dict[Any, set[Any]] = defaultdict(set)
    cites: dict[Any, list[Any]] = defaultdict(list)
    for t in triples:
        if t.predicate == ipp("supports"):
            supports[t.subject].add(t.object)
        elif t.predicate == ipp("citation"):
            cites[t.subject].append(t.object)
    for t in triples:
        for citation in cites.get(t.subject, ()):
            if t.predicate in supports[citation] and citation in source:
                yield t, citation, source[citation]


def _by_source(triples: list[ox.Triple]) -> list[ox.Quad]:
    """All triples in the default graph, and the supported ones again in a graph named by each source."""
    quads = [ox.Quad(t.subject, t.predicate, t.object) for t in triples]
    quads += [ox.Quad(t.subject, t.predicate, t.object, source) for t, _, source in _supported(triples)]
    return sorted(quads, key=lambda q: (str(q.graph_name), str(q.triple)))


def _reifiers(triples: list[ox.Triple]) -> Iterator[ox.Triple]:
    """RDF 1.2: a reifier for each pair of supported triple and citation (`rdf:reifies`)."""
    reifies = ox.NamedNode(RDF + "reifies")
    for n, (t, citation, _) in enumerate(sorted(_supported(triples), key=lambda x: (str(x[0]), str(x[1])))):
        node = ox.BlankNode(f"r{n}")
        yield ox.Triple(node, reifies, t)
        yield ox.Triple(node, ipp("citation"), citation)


def _jsonld(triples: list[ox.Triple]) -> bytes:
    """JSON-LD 1.1: one object a subject, compacted by our context, which is written in."""
    context = json.loads((home("ontology") / "context.jsonld").read_bytes())["@context"]

    @cache
    def compact(iri: str) -> str:
        found = split(iri)
        return iri if found is None or found[0] == "id" else f"{found[0]}:{found[1]}"

    def value(key: str, term: Any) -> Any:
        definition = context.get(key)
        kind = definition.get("@type") if isinstance(definition, dict) else None
        if isinstance(term, ox.NamedNode):
            return compact(term.value) if kind == "@id" else {"@id": compact(term.value)}
        if isinstance(term, ox.BlankNode):
            return str(term) if kind == "@id" else {"@id": str(term)}
        datatype = term.datatype.value
        if term.language:
            return {"@value": term.value, "@language": term.language}
        if kind == compact(datatype) or (datatype == XSD + "string" and kind is None):
            return term.value
        return (
            {"@value": term.value, "@type": compact(datatype)} if datatype != XSD + "string" else {"@value": term.value}
        )

    nodes: dict[str, dict[str, Any]] = {}
    for t in sorted(triples, key=str):
        iri = str(t.subject) if isinstance(t.subject, ox.BlankNode) else compact(t.subject.value)  # type: ignore[union-attr]
        node = nodes.setdefault(iri, {"@id": iri})
        if t.predicate == TYPE and isinstance(t.object, ox.NamedNode):
            node.setdefault("@type", []).append(compact(t.object.value))
        elif (
            t.predicate == LABEL
            and isinstance(t.object, ox.Literal)
            and t.object.language
            and t.object.language not in node.get("label", {})
        ):
            node.setdefault("label", {})[t.object.language] = t.object.value
        elif t.predicate.value == SKOS + "altLabel" and isinstance(t.object, ox.Literal) and t.object.language:
            node.setdefault("altLabel", {}).setdefault(t.object.language, []).append(t.object.value)
        else:
            local = t.predicate.value.removeprefix(IPP)
            key = local if local != t.predicate.value and local in context else compact(t.predicate.value)
            node.setdefault(key, []).append(value(key, t.object))
    for node in nodes.values():
        for key, found in node.items():
            if isinstance(found, list) and len(found) == 1 and key not in ("@type",):
                node[key] = found[0]
    lines = ",\n".join(json.dumps(node, ensure_ascii=False) for node in nodes.values())
    head = json.dumps(context, ensure_ascii=False, indent=1)
    return f'{{"@context": {head},\n"@graph": [\n{lines}\n]}}\n'.encode()
