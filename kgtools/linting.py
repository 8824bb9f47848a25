"""Hygiene of ontology, shapes, queries and data files: what is well-formed and yet wrong.

The checks of the ontology are SPARQL files (`queries/checks/*.rq`) that must return no row. Shapes are
checked for terms that SHACL does not have, constraints that constrain nothing and targets that do not
exist; queries for terms and codes that the ontology does not have; data files for deterministic Turtle.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pyoxigraph as ox

from kgtools import files, tidy
from kgtools.graph import KnowledgeGraph
from kgtools.question import ask, questions
from kgtools.rdf import read as reader
from kgtools.rdf.index import Index
from kgtools.shacl.shapes import Shape, read_shapes
from kgtools.shacl.vocabulary import faults, unknown_own_terms
from kgtools.sparql import policy
from kgtools.sparql.oxigraph import OxigraphEngine
from kgtools.sparql.prefixes import unknown_names, with_prologue
from kgtools.terms import IPP, OWL, RDF, RDFS, SH, TYPE, expand, home, short

_FACT_TERMS = ("Class", "ObjectProperty", "DatatypeProperty")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend.

    Attributes:
        severity: `error`, `warning` or `info`; errors make `kgtools lint` fail.
        where: the term, file or shape.
        what: what is wrong.
        cure: what to do.
    """

    severity: str
    where: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.where}: {self.what}; {self.cure}"


def to_json(problems: Sequence[Problem]) -> str:
    """Problems as a JSON array of objects."""
    return json.dumps([asdict(p) for p in problems], ensure_ascii=False, indent=1)


def lint(graph: KnowledgeGraph, *, ontology: Path | None = None, queries: Path | None = None) -> list[Problem]:
    """All problems of the ontology, the shapes, the queries and the data files that were loaded.

    Args:
        graph: a loaded graph: the shapes' targets are looked for in it.
        ontology: the folder of the ontology (the bundled one by default).
        queries: the folder of the questions (the bundled one by default).

    Raises:
        InputError: the reader refuses a file, or a query has no proper header.
    """
    folder, asked = ontology or home("ontology"), queries or home("queries")
    schema = [t for p in sorted(folder.glob("*.ttl")) if p.name != "prefixes.ttl" for t in reader.read(p).triples]
    shapes = [t for p in reader.files([folder / "shapes"]) for t in reader.read(p).triples]
    found = [
        *check_ontology(schema, asked / "checks"),
        *check_shapes(shapes, graph),
        *check_queries(asked, folder, schema),
        *check_terms(graph, folder / "rules"),
        *check_files(graph),
    ]
    rank = {"error": 0, "warning": 1, "info": 2}
    return sorted(found, key=lambda p: (rank[p.severity], p.where, p.what))


def check_ontology(schema: list[ox.Triple], checks: Path) -> Iterator[Problem]:
    """Run the check queries on the triples of an ontology."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in schema)
    engine = OxigraphEngine(store)
    for path in sorted(checks.glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        head = dict(re.findall(r"^#\+ *(\w+): *(.*)$", text, re.MULTILINE))
        for row in ask(engine, text, name=str(path)).rows:
            terms = [short(t) for t in row if t is not None]
            what = " ".join([head["problem"], *(f"({t})" for t in terms[1:])])
            yield Problem(
                head.get("severity", "error"),
                terms[0],
                f"{what} [{head.get('pitfall', path.stem)}]",
                head["solution"],
            )


def check_shapes(shapes: list[ox.Triple], graph: KnowledgeGraph) -> Iterator[Problem]:
    """Terms that SHACL does not have, shapes that check nothing, targets and paths that do not exist."""
    index = Index.of(shapes)
    wrong = list(faults(index))
    for node, what, cure in wrong:
        yield Problem("error", short(node), what, cure)
    if wrong:
        return  # such shapes are not read
    engine = graph.engine(entailed=False)
    found = read_shapes(index)
    for shape in found.values():
        name = short(shape.node)
        if not (shape.constrains() or {"property", "node", "and"} & {*shape.parameters, *shape.lists}):
            yield Problem("error", name, "a shape without any constraint", "add one or delete the shape")
        if (
            shape.targets
            and not shape.messages
            and any(p.startswith("sparql") for p in shape.parameters)
            and not all(index.all(c, SH + "message") for c in shape.parameters["sparql"])
        ):
            yield Problem("error", name, "a SPARQL constraint without a message", "say what is wrong, with the values")
        for target, term in shape.targets:
            if target != "targetNode":
                pattern = f"?x <{RDF}type>/<{RDFS}subClassOf>* {term}" if target == "targetClass" else f"?x {term} ?y"
                if not engine.ask(f"ASK {{ {pattern} }}"):
                    yield Problem(
                        "warning",
                        name,
                        f"its target {short(term)} matches nothing in the data",
                        "check the target, or add data",
                    )
    yield from check_own_terms(index, found.values(), graph)


def check_own_terms(index: Index, shapes: Iterable[Shape], graph: KnowledgeGraph) -> Iterator[Problem]:
    """Terms of our own namespaces in shapes and their queries that the ontology does not have."""
    for shape, what in unknown_own_terms(index, shapes, {t.subject for t in graph.ontology()}):
        yield Problem("error", short(shape), what, "correct its spelling or declare it")


def check_queries(folder: Path, ontology: Path, schema: list[ox.Triple]) -> Iterator[Problem]:
    """Names in queries and rules that the ontology lacks, and competency questions without a file."""
    declared: set[object] = {t.subject for t in schema}
    named = questions(folder)
    for path in _query_files(folder, ontology):
        text = path.read_text(encoding="utf-8")
        if text != with_prologue(text):
            yield Problem("error", path.name, "its PREFIX lines are not those that it needs", "run kgtools lint --fix")
        for unknown in unknown_names(text, declared):
            yield Problem(
                "error",
                path.name,
                f"uses {unknown}, which does not exist",
                "correct its spelling or declare it",
            )
    wanted = ox.NamedNode(IPP + "competencyQuestion")
    for t in schema:
        if t.predicate == wanted and isinstance(t.object, ox.Literal) and t.object.value not in named:
            yield Problem(
                "error",
                short(t.subject),
                f"its competency question '{t.object.value}' has no file",
                "name one of queries/*.rq",
            )
    used = {token.text for q in named.values() for token in policy.tokens(q.text) if token.kind == "name"}
    properties = {ox.NamedNode(OWL + "ObjectProperty"), ox.NamedNode(OWL + "DatatypeProperty")}
    for t in schema:
        if t.predicate.value == RDF + "type" and t.object in properties and short(t.subject) not in used:
            yield Problem(
                "info",
                short(t.subject),
                "no question uses this property",
                "add a question that uses it, or deprecate it",
            )


def check_terms(graph: KnowledgeGraph, rules: Path) -> Iterator[Problem]:
    """Classes and properties of the ontology that no fact uses: not asserted, and not made by an axiom or a rule."""
    used = {t.predicate for t in graph.asserted()} | {t.object for t in graph.stated(TYPE)}
    parents: dict[object, list[object]] = {}
    declared = {}
    for t in graph.ontology():
        name = t.predicate.value
        if name in (RDFS + "subClassOf", RDFS + "subPropertyOf", OWL + "inverseOf"):
            parents.setdefault(t.subject, []).append(t.object)
            if name == OWL + "inverseOf":
                parents.setdefault(t.object, []).append(t.subject)
        elif name == RDF + "type" and t.object.value.removeprefix(OWL) in _FACT_TERMS:  # type: ignore[union-attr]
            declared[t.subject] = t.object
    heads: set[object] = {t.subject for t in graph.ontology() if t.predicate.value == OWL + "propertyChainAxiom"}
    for path in rules.glob("*.rq"):
        heads |= {expand(t.text) for t in policy.tokens(path.read_text(encoding="utf-8")) if t.kind == "name"}
    queue = list(used)
    while queue:
        for parent in parents.get(queue.pop(), ()):
            if parent not in used:
                used.add(parent)  # type: ignore[arg-type]
                queue.append(parent)  # type: ignore[arg-type]
    for term in declared:
        if isinstance(term, ox.NamedNode) and term.value.startswith(IPP) and term not in used and term not in heads:
            yield Problem("info", short(term), "no fact uses this term", "add a fact, or deprecate it")


def _query_files(folder: Path, ontology: Path) -> list[Path]:
    """The questions, checks and views of a folder, and the rules of an ontology."""
    return [*sorted(folder.rglob("*.rq")), *sorted((ontology / "rules").glob("*.rq"))]


def fix_queries(folder: Path | None = None, ontology: Path | None = None) -> list[Path]:
    """Give query files the PREFIX lines that they need; gives those that changed."""
    with files.Writing() as out:
        changed = []
        for path in _query_files(folder or home("queries"), ontology or home("ontology")):
            text = path.read_text(encoding="utf-8")
            if text != with_prologue(text):
                changed.append(out.stage(path, with_prologue(text).encode()))
        out.commit(changed)
    return changed


def check_files(graph: KnowledgeGraph) -> Iterator[Problem]:
    """Turtle files that are not in the deterministic form, and records that stand in the wrong file."""
    found = tidy.forms(graph)
    for form in found:
        if form.text is not None:
            lines = ", ".join(map(str, form.within))
            cure = f"move the comment inside a block (line {lines}) before it, then " if lines else ""
            yield Problem("warning", str(form.path), "not in the deterministic form", f"{cure}run kgtools lint --fix")
    for record in tidy.misplaced(graph, found):
        if not record.follows:
            root = tidy.root_of(record.path) or record.path.parent
            yield Problem(
                "error",
                short(ox.NamedNode(record.subject)),
                f"stands in {record.path.relative_to(root)} but belongs in {record.target.relative_to(root)}",
                "move it, or run kgtools lint --fix",
            )
