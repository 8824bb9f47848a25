"""pySHACL, the reference: the same report, slowly."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pyoxigraph as ox

from kgtools.errors import EngineError, InputError
from kgtools.rdf.bridge import from_rdflib, graph_from
from kgtools.shacl.report import Finding, Node, Report
from kgtools.shacl.vocabulary import TARGETS
from kgtools.terms import OWL, RDF, RDFS, SH


def reference(data: Iterable[ox.Triple], shapes: Iterable[ox.Triple]) -> Report:
    """Validate with pySHACL on rdflib, SHACL-SPARQL on; no inference, no imports, no scripts.

    Args:
        data: data and ontology merged: pySHACL drops annotations from an ontology graph given apart.
        shapes: the shapes graph.

    Raises:
        InputError: pySHACL calls a shape malformed.
        EngineError: pySHACL failed.
    """
    return Report(reference_findings(data, shapes), engine="pySHACL")


def reference_findings(
    data: Iterable[ox.Triple], shapes: Iterable[ox.Triple], only: Collection[Node] | None = None
) -> list[Finding]:
    """The findings of pySHACL; with `only`, those of these targeted shapes."""
    import pyshacl
    from pyshacl.errors import ReportableRuntimeError, ShapeLoadError
    from rdflib import Namespace
    from rdflib.plugins import sparql

    sparql.SPARQL_LOAD_GRAPHS = False
    shacl: Any = Namespace(SH)
    if only is not None:
        shapes = [t for t in shapes if t.subject in only or not _is_target(t)]
    try:
        _, graph, text = pyshacl.validate(graph_from(data), shacl_graph=graph_from(shapes), advanced=False)
    except (ShapeLoadError, ReportableRuntimeError, NotImplementedError) as error:
        raise InputError(f"pySHACL: {error}") from error
    except RecursionError as error:
        raise InputError("pySHACL: shapes refer to shapes, or paths to paths, too deeply") from error
    except Exception as error:  # what it makes of a malformed shape may be anything
        raise InputError(f"pySHACL cannot use a shape: {type(error).__name__}: {error}") from error
    if not hasattr(graph, "subjects"):
        raise EngineError(f"pySHACL: {text}")

    def get(result: Any, name: str) -> Node | None:
        found = graph.value(result, shacl[name])
        return None if found is None else from_rdflib(found)

    out = []
    for result in graph.objects(None, shacl.result):  # what hangs below a result by sh:detail is none of its own
        path = get(result, "resultPath")
        severity = get(result, "resultSeverity")
        component = get(result, "sourceConstraintComponent")
        focus, shape, message = (
            get(result, "focusNode"),
            get(result, "sourceShape"),
            get(result, "resultMessage"),
        )
        out.append(
            Finding(
                focus,  # type: ignore[arg-type]
                str(path) if isinstance(path, ox.NamedNode) else None if path is None else "(path)",
                get(result, "value"),
                shape,  # type: ignore[arg-type]
                (component.value if isinstance(component, ox.NamedNode) else "").removeprefix(SH),
                (severity.value if isinstance(severity, ox.NamedNode) else "").removeprefix(SH),
                message.value if isinstance(message, ox.Literal) else "",
                get(result, "sourceConstraint"),
                path,
            )
        )
    return out


def _is_target(triple: ox.Triple) -> bool:
    """Whether a triple gives its subject targets; pySHACL's own `use_shapes` leaves out the shapes referred to."""
    if triple.predicate.value == RDF + "type":
        return triple.object in (ox.NamedNode(RDFS + "Class"), ox.NamedNode(OWL + "Class"))
    return triple.predicate.value in {SH + t for t in TARGETS}
