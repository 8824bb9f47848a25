"""The terms of SHACL: those that are checked, those that inform, and those that nothing here carries out.

A misspelt term constrains nothing, and a feature that is passed over turns a report green. So a shapes graph that
uses a term of the namespace `sh:` which SHACL 1.0 does not have, or which is not carried out, is refused.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgtools.rdf.index import Index, Node
from kgtools.sparql.prefixes import unknown_names
from kgtools.terms import CODE, IPP, OWL, RDF, RDFS, SH, short

if TYPE_CHECKING:
    from kgtools.shacl.shapes import Shape

TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf")
SHAPE_LISTS = ("and", "or", "xone")
SHAPE_REFS = ("node", "property", "not", "qualifiedValueShape")
VALUE_LISTS = ("in", "languageIn", "ignoredProperties")
CONSTRAINTS = frozenset((
    "class", "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive", "maxExclusive",
    "maxInclusive", "minLength", "maxLength", "pattern", "languageIn", "uniqueLang", "equals", "disjoint", "lessThan",
    "lessThanOrEquals", "not", "and", "or", "xone", "node", "property", "qualifiedValueShape", "closed", "hasValue",
    "in", "sparql",
))  # fmt: skip
"""The properties that constrain (sections 4 and 5)."""

_PARTS = frozenset((
    *TARGETS, "path", "severity", "message", "deactivated", "flags", "ignoredProperties", "qualifiedMinCount",
    "qualifiedMaxCount", "qualifiedValueShapesDisjoint", "prefixes", "declare", "prefix", "namespace", "select", "ask",
    "inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath", "parameter", "optional",
    "validator", "nodeValidator", "propertyValidator", "labelTemplate",
))  # fmt: skip
"""The properties that say how, where or for whom something is constrained (sections 2, 3, 5 and 6)."""

_NOTES = frozenset((
    "name", "description", "order", "group", "defaultValue", "shapesGraph", "suggestedShapesGraph", "conforms",
    "result", "detail", "focusNode", "resultPath", "value", "sourceShape", "sourceConstraint",
    "sourceConstraintComponent", "resultSeverity", "resultMessage", "shapesGraphWellFormed",
))  # fmt: skip
"""The properties that constrain nothing: forms, reports, where shapes may be found (sections 2.3.2 and 3.6)."""

_NAMES = frozenset((
    "Shape", "NodeShape", "PropertyShape", "PropertyGroup", "SPARQLConstraint", "SPARQLExecutable", "ConstraintComponent",
    "Parameter", "Parameterizable", "Validator", "SPARQLAskValidator", "SPARQLSelectValidator", "SPARQLAskExecutable",
    "SPARQLSelectExecutable", "PrefixDeclaration", "ValidationReport", "ValidationResult", "AbstractResult",
    "ResultAnnotation", "NodeKind", "Severity", "Violation", "Warning", "Info", "IRI", "BlankNode", "Literal",
    "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral", "this",
))  # fmt: skip
_COMPONENTS = frozenset(
    f"{c[0].upper()}{c[1:]}ConstraintComponent"
    for c in (CONSTRAINTS | {"qualifiedMinCount", "qualifiedMaxCount"}) - {"qualifiedValueShape", "sparql"}
) | {"SPARQLConstraintComponent", "PatternConstraintComponent-pattern", "PatternConstraintComponent-flags"}

UNSUPPORTED = {
    **dict.fromkeys(("target", "targetShape", "SPARQLTarget", "SPARQLTargetType", "Target", "TargetType"), "SPARQL targets"),
    **dict.fromkeys(("rule", "Rule", "Rules", "SPARQLRule", "TripleRule", "condition", "subject", "predicate", "object",
                     "construct", "SPARQLConstructExecutable", "SPARQLUpdateExecutable", "update"), "SHACL rules"),
    **dict.fromkeys(("SPARQLFunction", "Function", "returnType", "SPARQLValuesDeriver"), "SHACL functions"),
    **dict.fromkeys(("js", "jsFunctionName", "jsLibrary", "jsLibraryURL", "JSConstraint", "JSExecutable", "JSFunction",
                     "JSLibrary", "JSRule", "JSTarget", "JSTargetType", "JSValidator"), "SHACL-JS"),
    **dict.fromkeys(("expression", "values", "nodes", "filterShape", "intersection", "union", "minus", "if", "then",
                     "else", "exists", "count", "distinct", "groupConcat", "max", "min", "sum", "orderBy", "desc",
                     "limit", "offset", "ExpressionConstraintComponent"), "node expressions"),
    **dict.fromkeys(("entailment", "Entailment"), "entailment regimes (infer first, and give the result as data)"),
    **dict.fromkeys(("resultAnnotation", "annotationProperty", "annotationVarName", "annotationValue"), "result annotations"),
    **dict.fromkeys(("ShapeClass", "targetWhere", "shape", "reifierShape", "reificationRequired", "memberShape",
                     "minListLength", "maxListLength", "uniqueMembers", "uniqueValuesFor", "subsetOf", "someValue",
                     "singleLine", "rootClass", "nodeByExpression", "sparqlExpr", "codeIdentifier", "conformanceDisallows",
                     "Debug", "Trace", "agentInstruction", "intent", "unit", "deactivatedShape", "ReifierShapeConstraintComponent"),
                    "SHACL 1.2"),
}  # fmt: skip
"""Terms that other specifications have and nothing here carries out, with what they belong to."""

PROPERTIES = CONSTRAINTS | _PARTS | _NOTES
_KNOWN = PROPERTIES | _NAMES | _COMPONENTS


def faults(graph: Index) -> Iterator[tuple[Node, str, str]]:
    """What a shapes graph says that nobody here would check: the node, what is wrong with it, and what to do."""
    for subject, predicates in graph.subjects.items():
        for predicate in dict.fromkeys(predicates):
            if predicate.startswith(SH):
                yield from _fault(subject, predicate.removeprefix(SH), PROPERTIES)
            for value in graph.all(subject, predicate) if predicate in (RDF + "type", SH + "severity") else ():
                if isinstance(value, ox.NamedNode) and value.value.startswith(SH):
                    yield from _fault(subject, value.value.removeprefix(SH), _KNOWN)


def missing_imports(graph: Index) -> list[Node]:
    """What the shapes graph imports (section 3.1) and does not hold, the vocabulary of SHACL aside."""
    wanted = [o for (_, predicate), objects in graph.index.items() if predicate == OWL + "imports" for o in objects]
    return [o for o in wanted if o not in graph.subjects and str(o).strip("<>").rstrip("#") + "#" != SH]


def _fault(subject: Node, name: str, known: Iterable[str]) -> Iterator[tuple[Node, str, str]]:
    if not name or name in known:
        return
    if name in UNSUPPORTED:
        yield subject, f"sh:{name} is not carried out here ({UNSUPPORTED[name]})", "remove it, or use another validator"
        return
    near = get_close_matches(name, sorted(known), 1)
    cure = f"did you mean sh:{near[0]}?" if near else "correct its spelling"
    yield subject, f"sh:{name} is not a term of SHACL", cure


def instances(graph: Index, classes: Iterable[str]) -> set[Node]:
    """The nodes of a shapes graph that are instances of one of these classes or of a subclass (section 1.1)."""
    wanted: set[Node] = {ox.NamedNode(c) for c in classes}
    above: dict[Node, list[Node]] = {}
    typed: dict[Node, list[Node]] = {}
    for (node, predicate), objects in graph.index.items():
        if predicate == RDF + "type":
            typed[node] = objects
        elif predicate == RDFS + "subClassOf":
            above[node] = objects
    while True:
        more = {c for c, supers in above.items() if c not in wanted and wanted.intersection(supers)}
        if not more:
            return {node for node, kinds in typed.items() if wanted.intersection(kinds)}
        wanted |= more


def unknown_own_terms(index: Index, shapes: Iterable[Shape], declared: Container[object]) -> Iterator[tuple[Node, str]]:
    """Terms of our own namespaces that shapes or their queries use and nobody declared: the shape, and what is wrong."""
    for shape in shapes:
        for o in (o for objects in shape.parameters.values() for o in objects):
            if isinstance(o, ox.NamedNode) and o.value.startswith((IPP, CODE)) and o not in declared:
                yield shape.node, f"{short(o)} is not a term of the ontology"
        for constraint in shape.parameters.get("sparql", []):
            select = index.one(constraint, SH + "select")
            for name in unknown_names(select.value if isinstance(select, ox.Literal) else "", declared):
                yield shape.node, f"its query uses {name}, which does not exist"
