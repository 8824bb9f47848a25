"""From OWL 2 RL axioms to rules over data: one function per rule of the profile, named after it.

The tables are those of https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules.
The axioms are folded in: a rule speaks of the classes and properties of one axiom, and its body matches data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.rdf.index import Index, Node
from kgtools.terms import OWL, RDF, RDFS, XSD, short

Atom = tuple[str | Node, Node, str | Node]
"""A triple pattern; a string is a variable."""

TYPE = ox.NamedNode(RDF + "type")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule over data.

    Attributes:
        name: the rule of the OWL 2 RL tables, or the file of a CONSTRUCT rule.
        body: the patterns that must hold together.
        head: the pattern that then holds.
        axiom: the axiom from which it was made, in words.
    """

    name: str
    body: tuple[Atom, ...]
    head: Atom
    axiom: str

    def to_sparql(self, *, new: bool = False) -> str:
        """The rule as a CONSTRUCT query for any SPARQL 1.1 engine; heads with a literal subject are filtered out.

        Args:
            new: leave out what already holds.
        """
        body = " ".join(_atom(a) + " ." for a in self.body)
        head, subject = _atom(self.head), self.head[0]
        guard = f" FILTER (!isLiteral({subject}))" if isinstance(subject, str) else ""
        guard += f" FILTER NOT EXISTS {{ {head} }}" if new else ""
        return f"CONSTRUCT {{ {head} }} WHERE {{ {body}{guard} }}"


def _atom(atom: Atom) -> str:
    return " ".join(x if isinstance(x, str) else str(x) for x in atom)


def _pairs(graph: Index, predicate: str) -> Iterator[tuple[Node, Node]]:
    for (subject, p), objects in graph.index.items():
        if p == predicate:
            for o in objects:
                yield subject, o


def _named(*nodes: Node) -> bool:
    return all(isinstance(n, ox.NamedNode) for n in nodes)


def cax_sco(graph: Index) -> Iterator[Rule]:
    """Subclass: an instance of the one is an instance of the other."""
    for one, other in _pairs(graph, RDFS + "subClassOf"):
        if _named(one, other):
            yield Rule(
                "cax-sco",
                (("?x", TYPE, one),),
                ("?x", TYPE, other),
                f"{short(one)} rdfs:subClassOf {short(other)}",
            )


def cax_eqc(graph: Index) -> Iterator[Rule]:
    """Equivalent classes (cax-eqc1, cax-eqc2)."""
    for one, other in _pairs(graph, OWL + "equivalentClass"):
        if _named(one, other):
            axiom = f"{short(one)} owl:equivalentClass {short(other)}"
            yield Rule("cax-eqc1", (("?x", TYPE, one),), ("?x", TYPE, other), axiom)
            yield Rule("cax-eqc2", (("?x", TYPE, other),), ("?x", TYPE, one), axiom)


def prp_spo1(graph: Index) -> Iterator[Rule]:
    """Subproperty."""
    for one, other in _pairs(graph, RDFS + "subPropertyOf"):
        if _named(one, other):
            yield Rule(
                "prp-spo1",
                (("?x", one, "?y"),),
                ("?x", other, "?y"),
                f"{short(one)} rdfs:subPropertyOf {short(other)}",
            )


def prp_eqp(graph: Index) -> Iterator[Rule]:
    """Equivalent properties (prp-eqp1, prp-eqp2)."""
    for one, other in _pairs(graph, OWL + "equivalentProperty"):
        axiom = f"{short(one)} owl:equivalentProperty {short(other)}"
        yield Rule("prp-eqp1", (("?x", one, "?y"),), ("?x", other, "?y"), axiom)
        yield Rule("prp-eqp2", (("?x", other, "?y"),), ("?x", one, "?y"), axiom)


def prp_dom(graph: Index) -> Iterator[Rule]:
    """Domain."""
    for prop, cls in _pairs(graph, RDFS + "domain"):
        if _named(prop, cls):
            yield Rule("prp-dom", (("?x", prop, "?y"),), ("?x", TYPE, cls), f"{short(prop)} rdfs:domain {short(cls)}")


def prp_rng(graph: Index) -> Iterator[Rule]:
    """Range, where it is a class and no datatype."""
    for prop, cls in _pairs(graph, RDFS + "range"):
        if _named(prop, cls) and not str(cls).startswith((f"<{XSD}", f"<{RDFS}Literal", f"<{RDF}langString")):
            yield Rule("prp-rng", (("?x", prop, "?y"),), ("?y", TYPE, cls), f"{short(prop)} rdfs:range {short(cls)}")


def prp_inv(graph: Index) -> Iterator[Rule]:
    """Inverse properties (prp-inv1, prp-inv2)."""
    for one, other in _pairs(graph, OWL + "inverseOf"):
        if _named(one, other):
            axiom = f"{short(one)} owl:inverseOf {short(other)}"
            yield Rule("prp-inv1", (("?x", one, "?y"),), ("?y", other, "?x"), axiom)
            yield Rule("prp-inv2", (("?x", other, "?y"),), ("?y", one, "?x"), axiom)


def _of_type(graph: Index, name: str) -> Iterator[Node]:
    wanted = ox.NamedNode(OWL + name)
    return (s for s, t in _pairs(graph, RDF + "type") if t == wanted)


def prp_symp(graph: Index) -> Iterator[Rule]:
    """Symmetric property."""
    for p in _of_type(graph, "SymmetricProperty"):
        yield Rule("prp-symp", (("?x", p, "?y"),), ("?y", p, "?x"), f"{short(p)} a owl:SymmetricProperty")


def prp_trp(graph: Index) -> Iterator[Rule]:
    """Transitive property."""
    for p in _of_type(graph, "TransitiveProperty"):
        yield Rule(
            "prp-trp",
            (("?x", p, "?y"), ("?y", p, "?z")),
            ("?x", p, "?z"),
            f"{short(p)} a owl:TransitiveProperty",
        )


def prp_spo2(graph: Index) -> Iterator[Rule]:
    """Property chain."""
    for prop, head in _pairs(graph, OWL + "propertyChainAxiom"):
        steps = graph.list(head)
        body = tuple((f"?x{n}", step, f"?x{n + 1}") for n, step in enumerate(steps))
        axiom = f"{short(prop)} owl:propertyChainAxiom ( {' '.join(short(s) for s in steps)} )"
        yield Rule("prp-spo2", body, ("?x0", prop, f"?x{len(steps)}"), axiom)


def cls_hv(graph: Index) -> Iterator[Rule]:
    """hasValue restriction (cls-hv1, cls-hv2), reached through subClassOf or equivalentClass of a named class."""
    for node, value in _pairs(graph, OWL + "hasValue"):
        prop = graph.one(node, OWL + "onProperty")
        if prop is None:
            raise InputError(f"the restriction {short(node)} has no owl:onProperty")
        for relation, both in (("subClassOf", False), ("equivalentClass", True)):
            namespace = RDFS if relation == "subClassOf" else OWL
            for one, other in _pairs(graph, namespace + relation):
                if node in (one, other):
                    cls = other if node == one else one
                    axiom = f"{short(cls)} and {short(prop)} owl:hasValue {short(value)}"
                    if node == other or both:
                        yield Rule("cls-hv1", (("?x", TYPE, cls),), ("?x", prop, value), axiom)
                    if node == one or both:
                        yield Rule("cls-hv2", (("?x", prop, value),), ("?x", TYPE, cls), axiom)


def cls_avf(graph: Index) -> Iterator[Rule]:
    """allValuesFrom restriction as a superclass."""
    for node, filler in _pairs(graph, OWL + "allValuesFrom"):
        prop = graph.one(node, OWL + "onProperty")
        for one, other in _pairs(graph, RDFS + "subClassOf"):
            if other == node and prop is not None and _named(one, filler):
                yield Rule(
                    "cls-avf",
                    (("?x", TYPE, one), ("?x", prop, "?y")),
                    ("?y", TYPE, filler),
                    f"{short(one)}: {short(prop)} only {short(filler)}",
                )


RULES: tuple[Callable[[Index], Iterator[Rule]], ...] = (
    cax_sco, cax_eqc, prp_spo1, prp_eqp, prp_dom, prp_rng, prp_inv, prp_symp, prp_trp, prp_spo2, cls_hv, cls_avf,
)  # fmt: skip

UNSUPPORTED = {
    OWL + name: rule
    for name, rule in {
        "FunctionalProperty": "prp-fp",
        "InverseFunctionalProperty": "prp-ifp",
        "hasKey": "prp-key",
        "someValuesFrom": "cls-svf1",
        "maxCardinality": "cls-maxc2",
        "maxQualifiedCardinality": "cls-maxqc3",
        "oneOf": "cls-oo",
        "intersectionOf": "cls-int1",
        "unionOf": "cls-uni",
        "complementOf": "cls-com",
        "sameAs": "eq-sym",
    }.items()
}


_BETWEEN = {
    *(RDFS + name for name in ("subClassOf", "subPropertyOf", "domain", "range")),
    *(OWL + name for name in ("equivalentClass", "equivalentProperty", "inverseOf", "disjointWith", "onProperty")),
    *(OWL + name for name in ("propertyDisjointWith", "allValuesFrom")),
}
_TABLED = (
    *(OWL + name for name in ("hasValue", "propertyChainAxiom", "complementOf", "members", "distinctMembers")),
    *(OWL + name for name in ("disjointUnionOf", "cardinality", "minCardinality", "qualifiedCardinality")),
    *(OWL + name for name in ("hasSelf", "onDataRange", "withRestrictions", "onClass", "minQualifiedCardinality")),
)
AXIOM_PREDICATES = tuple(sorted({*_BETWEEN, *UNSUPPORTED, *_TABLED} - {OWL + "sameAs"}))
"""The predicates by which axioms are stated, whatever file they are in."""
AXIOM_CLASSES = tuple(
    OWL + name
    for name in (
        *("SymmetricProperty", "TransitiveProperty", "FunctionalProperty", "InverseFunctionalProperty"),
        *("AsymmetricProperty", "IrreflexiveProperty", "ReflexiveProperty", "NegativePropertyAssertion"),
        *("AllDifferent", "AllDisjointClasses", "AllDisjointProperties"),
    )
)
"""The classes by which axioms are stated."""


def eq_same(graph: Index) -> Iterator[Rule]:
    """Sameness, symmetric and transitive (eq-sym, eq-trans), where the data state any."""
    same = ox.NamedNode(OWL + "sameAs")
    yield Rule("eq-sym", (("?x", same, "?y"),), ("?y", same, "?x"), "owl:sameAs is symmetric")
    yield Rule("eq-trans", (("?x", same, "?y"), ("?y", same, "?z")), ("?x", same, "?z"), "owl:sameAs is transitive")


def not_compiled(axioms: Iterable[ox.Triple]) -> list[str]:
    """The axioms that :func:`compile_axioms` has no rule for, one line each."""
    graph = Index.of(axioms)
    out: dict[str, None] = {}
    for (subject, predicate), objects in graph.index.items():
        kinds = [getattr(o, "value", "") for o in objects] if predicate == RDF + "type" else []
        for term in (predicate, *kinds):
            rule = UNSUPPORTED.get(term) or ("its rule" if term in _ONLY_NAMED else None)
            if rule:
                out[f"{short(subject)}: {short(ox.NamedNode(term))} needs {rule}, which is not compiled"] = None
        if predicate in _BETWEEN:
            for o in objects:
                blank = [n for n in (subject, o) if isinstance(n, ox.BlankNode)]
                if predicate in (OWL + "onProperty", OWL + "allValuesFrom"):
                    blank = [n for n in blank if n == o]
                held = predicate in (RDFS + "subClassOf", OWL + "equivalentClass") and all(
                    graph.all(n, OWL + "hasValue") or graph.all(n, OWL + "allValuesFrom") for n in blank
                )
                if blank and not (held and len(blank) == 1):
                    name = short(ox.NamedNode(predicate))
                    out[f"{short(subject)} {name} {short(o)}: an expression without a name is not compiled here"] = None
    return list(out)


_ONLY_NAMED = frozenset(OWL + name for name in ("disjointUnionOf", "cardinality", "qualifiedCardinality", "hasSelf"))


def compile_axioms(ontology: Iterable[ox.Triple], *, strict: bool = True) -> list[Rule]:
    """The rules that the axioms of an ontology make over data.

    Args:
        ontology: the axioms, among other triples.
        strict: whether an axiom without a rule is an error; else it is left to :func:`not_compiled` to name it.

    Raises:
        InputError: an axiom needs a rule that this compiler does not have; it is named, and never skipped.
    """
    graph = Index.of(ontology)
    if not strict:
        rules = dict.fromkeys(r for make in RULES for r in make(graph))
        return [
            r
            for r in rules
            if r.body != (r.head,) and not any(isinstance(x, ox.BlankNode) for atom in (*r.body, r.head) for x in atom)
        ]
    for (subject, predicate), objects in graph.index.items():
        for term in (predicate, *(getattr(o, "value", "") for o in objects if predicate == RDF + "type")):
            if term in UNSUPPORTED:
                raise InputError(
                    f"{short(subject)}: {short(ox.NamedNode(term))} needs rule {UNSUPPORTED[term]}, which is not compiled; use the reference engine"
                )
    found = dict.fromkeys(rule for make in RULES for rule in make(graph))
    for rule in found:
        if any(isinstance(x, ox.BlankNode) for atom in (*rule.body, rule.head) for x in atom):
            raise InputError(
                f"{rule.axiom}: {rule.name} would speak of a blank node, which no query can name; use the reference engine"
            )
    return [r for r in found if r.body != (r.head,)]
