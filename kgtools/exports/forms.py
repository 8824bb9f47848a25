"""The graph in other forms: RDF syntaxes, a TriG with a graph for each source, RDF 1.2 reifiers, flat tables."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kgtools import files
from kgtools.errors import InputError
from kgtools.graph import KnowledgeGraph
from kgtools.rdf.blank import canonical
from kgtools.rdf.raw import FORMATS as FORMS
from kgtools.rdf.rdfxml import to_rdf_xml
from kgtools.rdf.read import read
from kgtools.rdf.write import to_turtle
from kgtools.records import tables
from kgtools.records.statistics import described
from kgtools.sparql.workers import spread
from kgtools.terms import ENTAILED_GRAPH, IPP, LABEL, RDF, SKOS, TYPE, XSD, home, ipp, prefixes, split

SUFFIX = {
    "ttl": "ttl",
    "nt": "nt",
    "nq": "nq",
    "trig": "trig",
    "jsonld": "jsonld",
    "rdfxml": "rdf",
    "reifiers": "reifiers.ttl",
    "csv": "csv",
    "ontology": "ontology.ttl",
    "entailed": "entailed.nt",
    "complete": "complete.nt",
    "description": "description.ttl",
}
FORMATS = tuple(SUFFIX)
SUMS = "SHA256SUMS"
"""The file of checksums, which is put in place last: where it agrees, the set is whole (`sha256sum --check`)."""
_BLANK = b"_:"
NEED_ENTAILED = {"entailed", "complete", "description"}
"""The forms that need an inferred graph."""


def export(graph: KnowledgeGraph, form: str, folder: Path, *, entailed: bool = False) -> list[Path]:
    """Write the data in one form into a folder; each file appears whole or not at all.

    Args:
        graph: a loaded graph.
        form: `ttl` (deterministic), `nt`, `nq`, `trig` (a graph for each source), `jsonld` (with our context,
            written in), `rdfxml`, `reifiers` (RDF 1.2: each supported triple with the citation that supports
            it), `csv` (tables), `ontology` (terms, axioms, codes, sectors, alignments), `entailed` (the entailed
            triples alone), `complete`: data, ontology and entailed triples in one file, on which every
            question in `queries/` gives its answer in any SPARQL 1.1 engine, or `description`: what the files say
            of the data set, and its counts.
        folder: where to write; made if missing.
        entailed: whether entailed triples go along with the data in the first seven forms.

    Returns:
        The paths written.

    Raises:
        InputError: no such form, the folder cannot be written, or the form holds entailed triples and
            :func:`kgtools.infer` has not run.
    """
    return export_all(graph, (form,), folder, entailed=entailed)


def export_all(graph: KnowledgeGraph, forms: Sequence[str], folder: Path, *, entailed: bool = False) -> list[Path]:
    """Write several forms as :func:`export` does, and the checksums of all files of the folder (`SHA256SUMS`).

    All files change as one. On all processors, so that the forms that take longest should come first.
    """
    for form in forms:
        if form not in SUFFIX:
            raise InputError(f"no export form is called '{form}'; use one of {' '.join(FORMATS)}")
    if not graph.inferred and (entailed or NEED_ENTAILED & set(forms)):
        raise InputError("the entailed triples are not there yet; call kgtools.infer(graph) before exporting them")
    lines = _lines(graph, entailed=entailed) if set(forms) - {"csv", *_WHOLE} else b""
    engine = graph.engine(entailed=False)

    @cache
    def triples() -> list[ox.Triple]:
        return _triples(lines)  # in each process that needs them: they cost less to parse than to share

    def path_of(name: str) -> Path:
        return folder / (f"{name}.csv" if name in tables.TABLES else f"indopacific.{SUFFIX[name]}")

    def write(name: str) -> Path:
        if name in tables.TABLES:
            content = tables.table(engine, name).encode()
        elif name in _WHOLE:
            content = _WHOLE[name](graph)
        else:
            content = _RDF[name](triples()) if name in _RDF else lines
            _read_back(content, name, lines)
        return out.stage(path_of(name), content)

    names = [name for form in forms for name in (tables.TABLES if form == "csv" else (form,))]
    folders = (Path(os.path.realpath(path_of(name))).parent for name in names)
    with files.Writing(folder, *folders) as out:
        paths = spread(write, names)
        out.commit([*paths, out.stage(folder / SUMS, _sums(folder, {p.name: out.digest(p) for p in paths}))])
    return paths


def _sums(folder: Path, new: dict[str, str]) -> bytes:
    """The checksums of a folder's files, those of files written before kept; in the format of `sha256sum`."""
    known: dict[str, str] = {}
    if (folder / SUMS).is_file():
        for line in (folder / SUMS).read_text(encoding="utf-8", errors="replace").splitlines():
            digest, _, name = line.partition("  ")
            if (folder / name).is_file():
                known[name] = digest
    return "".join(f"{digest}  {name}\n" for name, digest in sorted((known | new).items())).encode()


def _read_back(content: bytes, name: str, lines: bytes) -> None:
    """Read what is to be written and compare it with what it was made of.

    Raises:
        InputError: the form does not give back every triple.
    """
    form = FORMS[f".{SUFFIX[name].rpartition('.')[2]}"]
    try:
        triples = (q.triple for q in ox.parse(content, format=form))
        again = _n_triples(canonical(triples) if _BLANK in lines else triples)
    except SyntaxError as error:
        raise InputError(f"the data cannot be written as {name}: what is written is not readable: {error}") from error
    wanted, found = set(lines.splitlines()), set(again.splitlines())
    if _BLANK in lines and name in ("trig", "reifiers"):
        wanted, found = {x for x in wanted if _BLANK not in x}, {x for x in found if _BLANK not in x}
    lost = sorted(wanted - found)
    if lost or (found != wanted and name not in ("trig", "reifiers")):
        example = lost[0].decode() if lost else sorted(found - wanted)[0].decode()
        raise InputError(f"the data cannot be written as {name}: it would not be read back: {example[:300]}; use nt")


def serialise(graph: KnowledgeGraph, form: str, *, entailed: bool = False) -> bytes:
    """The data in one RDF form, as bytes. See :func:`export`."""
    if form not in SUFFIX or form == "csv":
        raise InputError(f"no RDF form is called '{form}'; use one of {' '.join(f for f in FORMATS if f != 'csv')}")
    if form in _WHOLE:
        return _WHOLE[form](graph)
    lines = _lines(graph, entailed=entailed)
    return _RDF[form](_triples(lines)) if form in _RDF else lines


def _lines(graph: KnowledgeGraph, *, entailed: bool) -> bytes:
    """The triples as sorted N-Triples, which are N-Quads too: those of the data as their files have them.

    Blank nodes have labels that depend on the graph alone.
    """
    lines = _as_written(graph)
    return _sorted(lines.union(_dumped(graph, ENTAILED_GRAPH)) if entailed else lines)


def _sorted(lines: Iterable[bytes]) -> bytes:
    text = b"".join(sorted(lines))
    if _BLANK not in text:
        return text
    return b"".join(sorted(_n_triples(canonical(_triples(text))).splitlines(keepends=True)))


def _n_triples(triples: Iterable[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _as_written(graph: KnowledgeGraph) -> set[bytes]:
    """The data as lines of N-Triples, each literal as its file has it."""
    lines = set(_dumped(graph, ox.DefaultGraph()))
    return lines.union(_line(t) for written in graph.rewritten().values() for t in written)


def _line(triple: ox.Triple) -> bytes:
    return f"{triple} .\n".encode()


def _dumped(graph: KnowledgeGraph, part: ox.NamedNode | ox.DefaultGraph) -> list[bytes]:
    """The triples of one of the store's graphs as lines of N-Triples."""
    return (graph.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=part) or b"").splitlines(keepends=True)


def _ontology(graph: KnowledgeGraph) -> list[ox.Triple]:
    """The ontology and its alignments."""
    return [*graph.ontology(), *read(home("ontology") / "alignments.ttl").triples]


def _complete(graph: KnowledgeGraph) -> bytes:
    """All that a question may need, each triple once."""
    ontology = {_line(t) for t in _ontology(graph)}
    return _sorted(ontology.union(_as_written(graph), _dumped(graph, ENTAILED_GRAPH)))


def _triples(lines: bytes) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)]


def _native(statements: Any, form: ox.RdfFormat) -> bytes:
    return ox.serialize(statements, format=form, prefixes=prefixes()) or b""


def _supported(triples: list[ox.Triple]) -> Iterator[tuple[ox.Triple, Any, Any]]:
    """Each triple with each citation that supports it, in order, and the citation's source."""
    by_source, by_supports, by_citation = ipp("source"), ipp("supports"), ipp("citation")
    source: dict[Any, Any] = {}
    supports: dict[Any, set[Any]] = defaultdict(set)
    cites: dict[Any, list[Any]] = defaultdict(list)
    for t in triples:
        predicate = t.predicate
        if predicate == by_supports:
            supports[t.subject].add(t.object)
        elif predicate == by_citation:
            cites[t.subject].append(t.object)
        elif predicate == by_source:
            source[t.subject] = t.object
    for t in triples:
        for citation in cites.get(t.subject, ()):
            if t.predicate in supports[citation] and citation in source:
                yield t, citation, source[citation]


def _trig(triples: list[ox.Triple]) -> bytes:
    """A graph for each source with the triples that it supports, then all triples in the default graph."""
    by_source: dict[Any, list[ox.Quad]] = defaultdict(list)
    for t, _, source in _supported(triples):
        by_source[source].append(ox.Quad(t.subject, t.predicate, t.object, source))
    quads = [quad for source in sorted(by_source, key=str) for quad in by_source[source]]
    return _native([*quads, *triples], ox.RdfFormat.TRIG)


def _reifiers(triples: list[ox.Triple]) -> bytes:
    """RDF 1.2: all triples, and a reifier for each pair of supported triple and citation (`rdf:reifies`)."""
    reifies, by_citation = ox.NamedNode(RDF + "reifies"), ipp("citation")
    out = list(triples)
    for n, (t, citation, _) in enumerate(_supported(triples)):
        node = ox.BlankNode(f"r{n}")
        out.append(ox.Triple(node, reifies, t))
        out.append(ox.Triple(node, by_citation, citation))
    return _native(out, ox.RdfFormat.TURTLE)


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
        if isinstance(term, ox.Triple):
            raise InputError(f"JSON-LD 1.1 has no triple terms, and the data hold <<( {term} )>>; export ttl or nt")
        datatype = term.datatype.value
        if term.language:
            way = {"@direction": str(term.direction)} if term.direction else {}
            return {"@value": term.value, "@language": term.language, **way}
        if kind == compact(datatype) or (datatype == XSD + "string" and kind is None):
            return term.value
        return (
            {"@value": term.value, "@type": compact(datatype)} if datatype != XSD + "string" else {"@value": term.value}
        )

    nodes: dict[str, dict[str, Any]] = {}
    for t in triples:
        iri = str(t.subject) if isinstance(t.subject, ox.BlankNode) else compact(t.subject.value)  # type: ignore[union-attr]
        node = nodes.setdefault(iri, {"@id": iri})
        if t.predicate == TYPE and isinstance(t.object, ox.NamedNode):
            node.setdefault("@type", []).append(compact(t.object.value))
        elif (
            t.predicate == LABEL
            and isinstance(t.object, ox.Literal)
            and t.object.language
            and not t.object.direction
            and t.object.language not in node.get("label", {})
        ):
            node.setdefault("label", {})[t.object.language] = t.object.value
        elif (
            t.predicate.value == SKOS + "altLabel"
            and isinstance(t.object, ox.Literal)
            and t.object.language
            and not t.object.direction
        ):
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


_RDF: dict[str, Callable[[list[ox.Triple]], bytes]] = {
    "ttl": to_turtle,
    "trig": _trig,
    "jsonld": _jsonld,
    "rdfxml": to_rdf_xml,
    "reifiers": _reifiers,
}
"""What makes each RDF form of the data, but for N-Triples and N-Quads, of the sorted triples."""

_WHOLE: dict[str, Callable[[KnowledgeGraph], bytes]] = {
    "ontology": lambda graph: to_turtle(_ontology(graph)),
    "entailed": lambda graph: _sorted(_dumped(graph, ENTAILED_GRAPH)),
    "complete": _complete,
    "description": lambda graph: to_turtle(described(graph)),
}
"""What makes the forms that hold more, or other, than the data."""
