"""What a validation found: findings, counts, and the forms in which people read them (SHACL section 3.6)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kgtools.terms import RDF, SH, XSD, short

Node = ox.NamedNode | ox.BlankNode | ox.Literal
_ORDER = {"Violation": 0, "Warning": 1, "Info": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One validation result.

    Attributes:
        focus: the focus node.
        path: the property path as SPARQL text (an IRI in angle brackets for a plain one), or None.
        value: the value node, or None.
        shape: the source shape.
        component: local name of the constraint component, such as `MinCountConstraintComponent`.
        severity: `Violation`, `Warning` or `Info` (or a severity IRI of the shapes' own).
        message: the shape's message with its variables filled in.
        constraint: the node of the `sh:sparql` constraint, or None.
        path_node: the node of the path in the shapes graph, or the predicate that a query named.
        detail: what the constraint found wrong, where one message stands for several constraints of the shape.
    """

    focus: Node
    path: str | None
    value: Node | None
    shape: Node
    component: str
    severity: str
    message: str
    constraint: Node | None = None
    path_node: Node | None = None
    detail: str = ""

    @property
    def text(self) -> str:
        """What is wrong, in words: the message, and the detail where there is one."""
        return f"{self.message} ({self.detail})" if self.detail else self.message

    def __str__(self) -> str:
        where = " ".join(
            x
            for x in (
                short(self.focus),
                _path_text(self.path),
                "" if self.value is None else short(self.value),
            )
            if x
        )
        severity = self.severity if self.severity in _ORDER else short(ox.NamedNode(self.severity))
        return f"{severity}: {where}: {self.text} [{short(self.shape)}]"


@dataclass(slots=True)
class Report:
    """The outcome of a validation; iterable over its findings, the gravest first.

    Attributes:
        findings: all results, in a fixed order.
        focus_counts: how many focus nodes each targeted shape had.
        handed_over: shapes that the compiler left to the reference engine, with the reason.
        engine: what computed the report.
        idle: targeted shapes that constrain nothing.
    """

    findings: list[Finding]
    focus_counts: dict[str, int] = field(default_factory=dict)
    handed_over: dict[str, str] = field(default_factory=dict)
    engine: str = "compiled"
    idle: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.findings.sort(
            key=lambda f: (
                _ORDER.get(f.severity, 0),
                short(f.shape),
                short(f.focus),
                f.component,
                f.path or "",
                str(f.value),
                f.message,
            )
        )

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def conforms(self) -> bool:
        """No result at all, whatever its severity (section 3.6.1.1)."""
        return not self.findings

    @property
    def violations(self) -> list[Finding]:
        """The findings that make a build fail: of severity Violation, or of a severity of the shapes' own."""
        return [f for f in self.findings if f.severity not in ("Warning", "Info")]

    def at_least(self, severity: str) -> Report:
        """The findings of this severity (`Info`, `Warning` or `Violation`) or a graver one; those of the shapes' own stay."""
        shown = [f for f in self.findings if _ORDER.get(f.severity, 0) <= _ORDER[severity]]
        return Report(shown, self.focus_counts, self.handed_over, self.engine, self.idle)

    @property
    def untouched(self) -> list[str]:
        """The targeted shapes that no node of the data met, so that they checked nothing."""
        return [shape for shape, count in self.focus_counts.items() if not count]

    def counts(self) -> dict[str, int]:
        """Findings by severity; an own severity of the shapes by its IRI."""
        found = Counter(f.severity for f in self.findings)
        return {s: found.get(s, 0) for s in _ORDER} | {s: n for s, n in found.items() if s not in _ORDER}

    def to_json(self) -> str:
        """A JSON object with `conforms`, `counts`, `focus_nodes`, `handed_over`, `without_constraint` and `findings`."""
        document = {
            "conforms": self.conforms,
            "engine": self.engine,
            "counts": self.counts(),
            "focus_nodes": self.focus_counts,
            "handed_over": self.handed_over,
            "without_constraint": list(self.idle),
            "findings": [
                {
                    "focus": short(f.focus),
                    "path": _path_text(f.path),
                    "value": None if f.value is None else short(f.value),
                    "shape": short(f.shape),
                    "component": f.component,
                    "severity": f.severity,
                    "message": f.text,
                }
                for f in self.findings
            ],
        }
        return json.dumps(document, ensure_ascii=False, indent=1)

    def to_table(self, *, by: str = "shape") -> str:
        """Plain text, grouped by `shape` or by `entity` (the focus node)."""
        groups: dict[str, list[str]] = {}
        for f in self.findings:
            key = short(f.shape) if by == "shape" else short(f.focus)
            place = short(f.focus) if by == "shape" else short(f.shape)
            value = "" if f.value is None else f" {short(f.value)}"
            severity = f.severity if f.severity in _ORDER else short(ox.NamedNode(f.severity))
            groups.setdefault(key, []).append(f"  {severity:<9} {place} {_path_text(f.path) or ''}{value}: {f.text}")
        return "\n".join(f"{key} ({len(rows)})\n" + "\n".join(rows) for key, rows in groups.items())

    def to_rdf(self) -> list[ox.Triple]:
        """A `sh:ValidationReport` as triples; a path that is not a plain predicate is given by its shape only."""
        report = ox.BlankNode("report")
        rdf_type = ox.NamedNode(RDF + "type")
        boolean = ox.NamedNode(XSD + "boolean")
        out = [
            ox.Triple(report, rdf_type, ox.NamedNode(SH + "ValidationReport")),
            ox.Triple(
                report,
                ox.NamedNode(SH + "conforms"),
                ox.Literal("true" if self.conforms else "false", datatype=boolean),
            ),
        ]
        for n, f in enumerate(self.findings):
            node = ox.BlankNode(f"result{n}")
            severity = ox.NamedNode(SH + f.severity) if f.severity in _ORDER else ox.NamedNode(f.severity)
            cells: list[tuple[str, Node | None]] = [
                ("focusNode", f.focus),
                ("resultPath", f.path_node if isinstance(f.path_node, ox.NamedNode) else None),
                ("value", f.value),
                ("sourceShape", f.shape),
                ("sourceConstraint", f.constraint),
                (
                    "sourceConstraintComponent",
                    ox.NamedNode(SH + f.component if "/" not in f.component else f.component),
                ),
                ("resultSeverity", severity),
                ("resultMessage", ox.Literal(f.message) if f.message else None),
            ]
            out.append(ox.Triple(report, ox.NamedNode(SH + "result"), node))
            out.append(ox.Triple(node, rdf_type, ox.NamedNode(SH + "ValidationResult")))
            out.extend(ox.Triple(node, ox.NamedNode(SH + p), o) for p, o in cells if o is not None)
        return out


def _path_text(path: str | None) -> str | None:
    if path and path.startswith("<") and path.endswith(">") and path.count("<") == 1:
        return short(ox.NamedNode(path[1:-1]))
    return path
