"""The generated part of the reference: a page for each term, the model, the codes, and the shapes.

Sphinx calls :func:`generate` before it reads the sources (`docs/conf.py`); the pages go to `docs/generated/`, which is
not committed. Everything on them comes from the ontology, the shapes, the questions and the data.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pictures
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS

import kgtools
from kgtools.terms import IPP, home

HERE = Path(__file__).resolve().parent
OUT = HERE / "generated"
KINDS = {
    OWL.Class: "class",
    OWL.ObjectProperty: "property that leads to an entity",
    OWL.DatatypeProperty: "property that has a value",
    OWL.AnnotationProperty: "property about records",
}
GRID = (
    ("Person", "Tenure", "Office", "GovernmentBody"),
    ("Participation", "Event", "Outcome", "Arrangement"),
    ("Party", "Membership", "Instrument", "Mechanism"),
    ("Citation", "Source", "Claim", "StatusChange"),
)


class Terms:
    """The terms of the ontology, by name, with what the pages say of them."""

    def __init__(self) -> None:
        self.graph = Graph()
        for path in sorted(home("ontology").glob("*.ttl")):
            self.graph.parse(path)
        self.kinds = {
            self.name(term): kind
            for kind in KINDS
            for term in sorted(self.graph.subjects(RDF.type, kind))
            if term.startswith(IPP)
        }

    @staticmethod
    def name(term: object) -> str:
        return str(term).removeprefix(IPP)

    def text(self, name: str, predicate: URIRef, language: str = "en") -> str:
        found = [
            o
            for o in self.graph.objects(URIRef(IPP + name), predicate)
            if isinstance(o, Literal) and o.language in (language, None)
        ]
        return str(found[0]) if found else ""

    def linked(self, name: str, predicate: URIRef) -> list[str]:
        """The terms of ours to which a predicate leads."""
        found = map(self.name, self.graph.objects(URIRef(IPP + name), predicate))
        return sorted(n for n in found if n in self.kinds)

    def linking(self, name: str, predicate: URIRef) -> list[str]:
        """The terms of ours from which a predicate leads here."""
        found = map(self.name, self.graph.subjects(predicate, URIRef(IPP + name)))
        return sorted(n for n in found if n in self.kinds)

    def broader(self, name: str) -> list[str]:
        return self.linked(name, RDFS.subClassOf if self.kinds[name] == OWL.Class else RDFS.subPropertyOf)

    def narrower(self, name: str) -> list[str]:
        return self.linking(name, RDFS.subClassOf if self.kinds[name] == OWL.Class else RDFS.subPropertyOf)

    def ancestors(self, name: str) -> list[str]:
        """The class and every class above it, the nearest first."""
        out = [name]
        for one in out:
            out += [n for n in self.broader(one) if n not in out]
        return out

    def properties(self, name: str) -> list[pictures.Link]:
        """The properties whose domain is this class, each with the class to which it leads."""
        return [pictures.Link(p, "".join(self.linked(p, RDFS.range)[:1])) for p in self.linking(name, RDFS.domain)]

    def picture(self, name: str) -> str:
        if self.kinds[name] == OWL.Class:
            incoming = [
                pictures.Link(f"{domain} {p}", p)
                for p in self.linking(name, RDFS.range)
                for domain in self.linked(p, RDFS.domain) or [""]
            ]
            outgoing = [
                pictures.Link(f"{link.label} {link.term}".strip(), link.label)
                for one in self.ancestors(name)
                for link in self.properties(one)
            ]
        else:
            incoming = [pictures.Link(d, d) for d in self.linked(name, RDFS.domain)]
            outgoing = [pictures.Link(r, r) for r in self.linked(name, RDFS.range)]
        return pictures.neighbourhood(name, self.broader(name), self.narrower(name), incoming, outgoing)


def generate() -> None:
    """Write all generated pages anew."""
    shutil.rmtree(OUT, ignore_errors=True)
    (OUT / "terms").mkdir(parents=True)
    terms = Terms()
    shapes = Graph()
    for path in sorted((home("ontology") / "shapes").glob("*.ttl")):
        shapes.parse(path)
    used = _use()
    checks = _checks(shapes)
    for name in terms.kinds:
        _write(f"terms/{name}.md", _term(terms, name, used, checks))
    _write("terms/index.md", _index(terms))
    _write("model.md", _model(terms))
    _write("codes.md", _codes(terms.graph))
    _write("shapes.md", _shapes(shapes))


def _write(path: str, lines: Iterator[str]) -> None:
    (OUT / path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _use() -> dict[str, tuple[int, str]]:
    """Term to how often the data use it, and for a class its first entity."""
    graph = kgtools.load()
    kgtools.infer(graph)
    classes = "SELECT ?term (COUNT(*) AS ?n) (MIN(STR(?x)) AS ?first) { ?x a ?term } GROUP BY ?term"
    properties = "SELECT ?term (COUNT(*) AS ?n) ('' AS ?first) { ?x ?term ?o } GROUP BY ?term"
    out = {}
    for text in (classes, properties):
        for row in kgtools.ask(graph.engine(), text).to_dicts():
            name = str(row["term"]).removeprefix("ipp:")
            out[name] = (int(str(row["n"])), str(row["first"] or "").rpartition("/")[2])
    return out


def _checks(shapes: Graph) -> dict[str, list[tuple[str, str]]]:
    """Term to the code and message of each constraint on it: on a class that is a target, on a property a path."""
    out = defaultdict(set)
    for subject, message in shapes.subject_objects(SH.message):
        code, _, words = str(message).partition(": ")
        targets = {t for holder in (subject, *shapes.subjects(None, subject)) for t in _targets(shapes, holder)}
        path = shapes.value(subject, SH.path)
        for term in [path] if isinstance(path, URIRef) else targets:
            out[Terms.name(term)].add((code, words))
    return {name: sorted(rows) for name, rows in out.items()}


def _targets(shapes: Graph, shape: object) -> Iterator[object]:
    for predicate in (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf):
        yield from shapes.objects(shape, predicate)


def _term(
    terms: Terms, name: str, used: dict[str, tuple[int, str]], checks: dict[str, list[tuple[str, str]]]
) -> Iterator[str]:
    yield f"# {name}\n"
    yield f"`ipp:{name}`, a {KINDS[terms.kinds[name]]}: {terms.text(name, RDFS.label)}\n"
    yield f"**Definition.** {_plain(terms.text(name, SKOS.definition))}\n"
    yield f"**Example.** {_plain(terms.text(name, SKOS.example))}\n"
    yield terms.picture(name) + "\n"
    count, first = used.get(name, (0, ""))
    if not count:
        yield "**In the data.** Not used yet.\n"
    elif terms.kinds[name] == OWL.Class:
        yield f"**In the data.** {count:,} entities, for example `id:{first}`.\n"
    else:
        yield f"**In the data.** {count:,} statements.\n"
    if terms.graph.value(URIRef(IPP + name), URIRef(IPP + "needsEvidence")):
        yield "**Evidence.** A citation of the record must support it (`ipp:supports`).\n"
    if terms.kinds[name] == OWL.Class:
        rows = [(one, link) for one in terms.ancestors(name) for link in terms.properties(one)]
        if rows:
            yield "| property | leads to | definition |"
            yield "| --- | --- | --- |"
            for _, link in rows:
                leads = f"[{link.term}]({link.term}.md)" if link.term else "a value"
                yield f"| [{link.label}]({link.label}.md) | {leads} | {_plain(terms.text(link.label, SKOS.definition))} |"
            yield ""
    asked = sorted(str(o) for o in terms.graph.objects(URIRef(IPP + name), URIRef(IPP + "competencyQuestion")))
    if asked:
        yield (
            "**Questions that use it.** " + ", ".join(f"[{q}](../../reference/questions.md#{q})" for q in asked) + "\n"
        )
    if name in checks:
        yield "**Checks.**\n"
        for code, words in checks[name]:
            yield f"- [{code}](../shapes.md#{code.lower()}): {_plain(words)}"
        yield ""
    others = [
        f"{terms.text(name, RDFS.label, tag)} ({tag})" for tag in ("hi", "ja") if terms.text(name, RDFS.label, tag)
    ]
    if others:
        yield "**In other languages.** " + ", ".join(others) + "\n"
    yield f"**IRI.** `{IPP}{name}`"


def _index(terms: Terms) -> Iterator[str]:
    yield "# Terms of the ontology\n"
    yield "All terms have the prefix `ipp:` and the namespace `https://w3id.org/indopacific/ns#`.\n"
    for kind, title in KINDS.items():
        yield f"## Each {title}\n"
        for name in sorted(n for n, k in terms.kinds.items() if k == kind):
            yield f"- [{name}]({name}.md): {_plain(terms.text(name, SKOS.definition))}"
        yield ""
    yield "```{toctree}\n:hidden:\n:glob:\n\n*\n```"


def _model(terms: Terms) -> Iterator[str]:
    yield "# The model on one page\n"
    yield "Each box is a class: first its kinds, then its properties and the class to which each leads. Everything is a link.\n"
    kinds = {name: terms.narrower(name) for row in GRID for name in row}
    has = {name: terms.properties(name) for row in GRID for name in row}
    yield pictures.model(GRID, kinds, has, "terms")


def _codes(graph: Graph) -> Iterator[str]:
    yield "# Codes and sectors\n"
    yield "The closed lists of the ontology. Codes have the prefix `code:`.\n"
    for scheme in sorted(graph.subjects(RDF.type, SKOS.ConceptScheme)):
        yield f"## {_english(graph, scheme, SKOS.prefLabel)}\n"
        yield f"{_plain(_english(graph, scheme, SKOS.definition))}\n"
        for code in sorted(graph.subjects(SKOS.inScheme, scheme)):
            yield f"- `code:{code.rpartition('/')[2]}`: {_plain(_english(graph, code, SKOS.definition))}"
        yield ""


def _shapes(shapes: Graph) -> Iterator[str]:
    yield "# What the shapes check\n"
    yield "Each check has a code that `kgtools validate` prints with its findings.\n"
    rows = defaultdict(set)
    for subject, message in shapes.subject_objects(SH.message):
        code, _, words = str(message).partition(": ")
        holders = [subject, *shapes.subjects(None, subject)]
        severity = next((s for h in holders for s in shapes.objects(h, SH.severity)), SH.Violation)
        targets = {Terms.name(t) for h in holders for t in _targets(shapes, h)}
        rows[code].add((words, Terms.name(severity).rpartition("#")[2], ", ".join(sorted(targets))))
    for code in sorted(rows):
        yield f"## {code}\n"
        for words, severity, targets in sorted(rows[code]):
            about = f" It is asked of `{targets}`." if targets else ""
            yield f"{severity}: {_plain(words)}.{about}\n"


def _english(graph: Graph, subject: object, predicate: URIRef) -> str:
    found = [o for o in graph.objects(subject, predicate) if isinstance(o, Literal) and o.language in ("en", None)]
    return str(found[0]) if found else ""


def _plain(text: str) -> str:
    """Text that Markdown does not read as markup; the variables of a message in angle quotes."""
    text = re.sub(r"\{[?$](\w+)\}", r"⟨\1⟩", text)
    for sign in "\\`*_{}[]<>|$":
        text = text.replace(sign, f"\\{sign}")
    return text
