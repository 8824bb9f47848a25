"""The W3C SHACL test suite (core and sparql), result for result, on the compiled path.

The suite is looked for in the folder that KG_SUITES names. A test whose shapes the compiler hands over is
counted with the reference engine's answer, as it would be for a user.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from conftest import SUITES
from rdflib import RDF, Namespace
from rdflib.namespace import SH

from kgtools.errors import InputError
from kgtools.graph import KnowledgeGraph
from kgtools.rdf.bridge import to_rdflib
from kgtools.rdf.index import Index
from kgtools.shacl.compile import compile_shapes
from kgtools.shacl.validate import validate

pytestmark = pytest.mark.slow

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
FOLDER = SUITES / "data-shapes" / "tests"
DEVIATIONS = {
    "property/qualifiedValueShape-001": "the file uses sh:nodeShape, which SHACL does not have; unknown terms are refused",
    "pre-binding/shapesGraph-001": "$shapesGraph is optional in SHACL (5.3.1); neither the compiler nor pySHACL has it",
}


def _cases() -> list[Path]:
    if not FOLDER.is_dir():
        return []
    found = []
    for part in ("core", "sparql"):
        for path in sorted((FOLDER / part).rglob("*.ttl")):
            if path.name != "manifest.ttl" and "-data" not in path.stem and "-shapes" not in path.stem:
                found.append(path)
    return found


def _graph(path: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(path, format="turtle", publicID=path.as_uri())


def _triples(address: str) -> list[ox.Triple]:
    """The triples of a file, lexical forms untouched (rdflib would write "1" as "true")."""
    return [q.triple for q in ox.parse(path=address.removeprefix("file://"), base_iri=address)]


def _signature(graph: rdflib.Graph, result: rdflib.term.Node) -> tuple:
    """What a result must agree on; a blank node counts as one, whatever its label."""

    def text(p: rdflib.URIRef) -> str:
        value = graph.value(result, p)
        if value is None:
            return ""
        return "_:" if isinstance(value, rdflib.BNode) else value.n3()

    cells = ("focusNode", "value", "sourceConstraintComponent", "sourceShape", "resultSeverity")
    return (*(text(SH[p]) for p in cells), _path(graph, graph.value(result, SH.resultPath)))


def _path(graph: rdflib.Graph, node: rdflib.term.Node | None) -> str:
    if node is None:
        return ""
    return "_:" if isinstance(node, rdflib.BNode) else node.n3()


def _parameters() -> list[Any]:
    """Each test; a deviation must occur, else it is to be taken from the list."""
    out = []
    for path in _cases():
        name = f"{path.parent.name}/{path.stem}"
        marks = [pytest.mark.xfail(reason=DEVIATIONS[name], strict=True)] if name in DEVIATIONS else []
        out.append(pytest.param(path, id=name, marks=marks))
    return out


@pytest.mark.parametrize("path", _parameters())
def test_w3c(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    graph = _graph(path)
    entry = next(graph.subjects(RDF.type, SHT.Validate))
    action = graph.value(entry, MF.action)
    result = graph.value(entry, MF.result)
    data, shapes = (_triples(str(graph.value(action, SHT[name]))) for name in ("dataGraph", "shapesGraph"))
    kept = KnowledgeGraph(ox.Store())
    kept.add(data)
    if result == SHT.Failure:
        try:
            handed = compile_shapes(Index.of(shapes)).handed_over
        except InputError:
            return
        assert handed, "a failure is expected; the compiler neither refused nor delegated"
        return
    report = validate(kept.engine(entailed=False, exact=True), shapes)
    expected = Counter(_signature(graph, r) for r in graph.objects(result, SH.result))
    found: Counter = Counter()
    for f in report:
        path_node = f.path_node
        found[
            (
                _term(f.focus),
                _term(f.value),
                f"<{SH}{f.component}>" if "/" not in f.component else f"<{f.component}>",
                _term(f.shape),
                f"<{SH}{f.severity}>" if "/" not in f.severity else f"<{f.severity}>",
                _term(path_node),
            )
        ] += 1
    assert found == expected, f"handed over: {report.handed_over}"


def _term(term) -> str:
    if term is None:
        return ""
    return "_:" if isinstance(term, ox.BlankNode) else to_rdflib(term).n3()


def test_the_suite_is_there_or_said_to_be_absent() -> None:
    if not FOLDER.is_dir():
        pytest.skip("set KG_SUITES to a folder with data-shapes/tests of w3c/data-shapes")
    assert len(_cases()) > 100
