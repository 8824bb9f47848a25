"""The W3C suites of RDF 1.1 syntax and of JSON-LD 1.1 to RDF, through our reader.

They are looked for in the folder that KG_SUITES names. Every deviation is listed by the test's name with its reason,
and is expected to fail: one that passes again fails the run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import SUITES

from kgtools.errors import InputError
from kgtools.rdf.read import FORMATS, Reading, check, read_text

pytestmark = pytest.mark.slow

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
RDF_SUITES = ("rdf-turtle", "rdf-trig", "rdf-n-triples", "rdf-n-quads", "rdf-xml")
JSON_LD = SUITES / "json-ld-api" / "tests"
_REASONS = {
    "ours: an ill-formed typed literal is refused": "rdf-xml/datatypes-test002 toRdf/t0035",
    "ours: what JSON-LD drops because an IRI or language tag is broken is refused": (
        "toRdf/twf01 toRdf/twf02 toRdf/twf03 toRdf/twf04 toRdf/twf05 toRdf/twf07 toRdf/tli12"
    ),
    "ours: no context is fetched": (
        "toRdf/tc031 toRdf/tc034 toRdf/te126 toRdf/te127 toRdf/te128 toRdf/tso05 toRdf/tso06 toRdf/tso08 toRdf/tso09 "
        "toRdf/tso11"
    ),
    "ours: there is no option for a context from outside (expandContext)": "toRdf/te077",
    "ours: JSON-LD 1.0 has no processing mode of its own": "toRdf/tc029 toRdf/tep02 toRdf/ter21 toRdf/ter42 toRdf/ttn01",
    "ours: a predicate is an IRI (the expected graph is generalised RDF)": "toRdf/te075",
    "Oxigraph reads @direction as RDF 1.2 does; there is no option rdfDirection": (
        "toRdf/tdi02 toRdf/tdi04 toRdf/tdi05 toRdf/tdi06 toRdf/tdi09 toRdf/tdi10 toRdf/tdi11 toRdf/tdi12"
    ),
    "Oxigraph keeps the dot segments of a base IRI, and those that lead above its root": (
        "toRdf/t0122 toRdf/t0123 toRdf/te062 toRdf/te091"
    ),
    "Oxigraph does not take the type-scoped context into a type map": "toRdf/tc013",
    "Oxigraph writes all namespaces in scope into an rdf:XMLLiteral (inclusive, not exclusive canonical XML)": (
        "rdf-xml/xml-canon-test001 rdf-xml/xml-canon-test002"
    ),
}
DEVIATIONS = {name: reason for reason, names in _REASONS.items() for name in names.split()}


@dataclass(frozen=True)
class Case:
    """One test: what to read against which base; the graph expected, or None where it must be refused."""

    name: str
    path: Path
    base: str
    positive: bool
    expected: Path | None

    def __str__(self) -> str:
        return self.name


def _rdf_cases(suite: str) -> list[Case]:
    folder = SUITES / "rdf-tests" / "rdf" / "rdf11" / suite
    if not folder.is_dir():
        return []
    here = f"https://w3c.github.io/rdf-tests/rdf/rdf11/{suite}/"
    about: dict[str, dict[str, ox.NamedNode]] = {}
    for t in ox.parse(path=folder / "manifest.ttl", base_iri=here + "manifest.ttl"):
        if isinstance(t.subject, ox.NamedNode) and isinstance(t.object, ox.NamedNode):
            about.setdefault(t.subject.value, {})[t.predicate.value] = t.object
    cases = []
    for iri, said in about.items():
        if MF + "action" in said:
            kind = said["http://www.w3.org/1999/02/22-rdf-syntax-ns#type"].value.rpartition("#")[2]
            action, result = said[MF + "action"].value, said.get(MF + "result")
            expected = folder / result.value.removeprefix(here) if result else None
            name = f"{suite}/{iri.rpartition('#')[2]}"
            cases.append(Case(name, folder / action.removeprefix(here), action, "Negative" not in kind, expected))
    return cases


def _json_ld_cases() -> list[Case]:
    manifest = JSON_LD / "toRdf-manifest.jsonld"
    if not manifest.is_file():
        return []
    document = json.loads(manifest.read_text(encoding="utf-8"))
    cases = []
    for test in document["sequence"]:
        option = test.get("option", {})
        if option.get("specVersion") == "json-ld-1.0":
            continue
        path = JSON_LD / test["input"]
        base = option.get("base", document["baseIri"] + test["input"])
        kinds = test["@type"]
        expected = JSON_LD / test["expect"] if "jld:PositiveEvaluationTest" in kinds else None
        name = f"toRdf/{test['@id'].removeprefix('#')}"
        cases.append(Case(name, path, base, "jld:NegativeEvaluationTest" not in kinds, expected))
    return cases


CASES = [case for suite in RDF_SUITES for case in _rdf_cases(suite)] + _json_ld_cases()


def canonical(quads: list[ox.Quad]) -> set[str]:
    """The statements with canonical blank nodes."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(q) for q in dataset}


def run(case: Case) -> str | None:
    """What went wrong with a test, or None."""
    try:
        document = check(read_text(case.path, Reading(base=case.base)))
        quads = list(document.quads())
    except InputError as error:
        return str(error) if case.positive else None
    if not case.positive:
        return "it is accepted"
    if case.expected is None:
        return None
    form = FORMATS[case.expected.suffix]
    try:
        expected = list(ox.parse(case.expected.read_bytes(), format=form))
    except SyntaxError:
        return "the expected graph is not RDF 1.1"
    return None if canonical(quads) == canonical(expected) else "another graph is read"


def _parameters() -> list[object]:
    found = []
    for case in CASES:
        reason = DEVIATIONS.get(case.name)
        marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
        found.append(pytest.param(case, id=case.name, marks=marks))
    return found


@pytest.mark.skipif(not CASES, reason="KG_SUITES names no checkout of the suites")
@pytest.mark.parametrize("case", _parameters())
def test_case(case: Case) -> None:
    problem = run(case)
    assert problem is None, problem


@pytest.mark.skipif(not CASES, reason="KG_SUITES names no checkout of the suites")
def test_each_deviation_names_a_test() -> None:
    assert DEVIATIONS.keys() <= {case.name for case in CASES}
