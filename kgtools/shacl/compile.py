"""From shapes to queries: one SELECT for each constraint, over all focus nodes of its targets at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.rdf.index import Index, Node
from kgtools.shacl.components import NEVER, Names, NotCompilable, Place, constant, path_of, violations
from kgtools.shacl.dialect import Dialect
from kgtools.shacl.paths import may_be_empty
from kgtools.shacl.shapes import MAX_DEPTH, Shape, custom_parameters, read_shapes
from kgtools.shacl.vocabulary import SHAPE_LISTS, SHAPE_REFS
from kgtools.sparql import policy
from kgtools.terms import RDF, RDFS, SH, short


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """One constraint as a query.

    Attributes:
        root: the targeted shape from which it came.
        shape: the source shape of its results.
        component: local name of the constraint component.
        text: the SELECT, ready to run on any SPARQL 1.1 engine.
        focus: the variable of the focus node, without `?`.
        path: the result path as SPARQL text, or None.
        value: the variable of the value, without `?`, or None.
        path_variable: the variable that holds the result path, or None.
        constraint: the node of a `sh:sparql` constraint.
        message: the message template, or the default text.
        severity: the IRI of the severity.
        dialect: what it takes for granted of the engine.
        detail: what this constraint finds wrong, where the message stands for several constraints of its shape.
    """

    root: Node
    shape: Shape
    component: str
    text: str
    focus: str
    path: str | None
    value: str | None
    path_variable: str | None
    constraint: Node | None
    message: str
    severity: ox.NamedNode
    dialect: Dialect = Dialect.PORTABLE
    detail: str = ""

    def restricted(self, nodes: Collection[Node]) -> str:
        """The query for these target nodes alone, written into each place where it binds its targets."""
        values = f"{_TARGETS}VALUES ?this {{ {' '.join(sorted(constant(self.dialect.held(n)) for n in nodes))} }} "
        return self.text.replace(_TARGETS, values).replace(_WITHIN, values.removeprefix(_TARGETS))


_PREFIX = re.compile(r"(?:[^\W\d_](?:[\w.-]*[\w-])?)?")
_NAMESPACE = re.compile(r"[^\x00-\x20<>\"{}|^`\\]*")
_ABSENT = "a path that may be empty, from a target node that the data may not have"
_TARGETS = "# targets\n"
"""Begins each group in which a compiled query binds its target nodes; there to be read, too."""

_WITHIN = "# optional\n"
"""Begins each OPTIONAL group that matches the target node itself; a restricted query names the nodes there again,
because an engine may work out such a group for all nodes before it joins."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled shapes graph: its queries, a counting query for each targeted shape, what was left over, and the targeted
    shapes that constrain nothing."""

    queries: list[CompiledQuery]
    counts: dict[Node, str]
    handed_over: dict[Node, str]
    idle: tuple[str, ...]


def compile_shapes(graph: Index, dialect: Dialect = Dialect.PORTABLE) -> Compiled:
    """Compile every targeted shape of a shapes graph.

    Args:
        graph: the triples of the shapes graph.
        dialect: what the engine that will answer has beside SPARQL 1.1.

    Raises:
        InputError: a shape is malformed.
    """
    shapes = read_shapes(graph)
    queries: list[CompiledQuery] = []
    counts: dict[Node, str] = {}
    handed: dict[Node, str] = {}
    custom = custom_parameters(graph)
    for shape in shapes.values():
        if not shape.targets or shape.deactivated:
            continue
        try:
            target = target_pattern(shape, "?this", dialect)
            counts[shape.node] = f"SELECT (COUNT(DISTINCT ?this) AS ?n) WHERE {{ {target} }}"
            below = list(_below(shapes, shape))
            if any(custom & set(graph.subjects.get(s.node, ())) for s in below):
                raise NotCompilable("a SPARQL-based constraint component (section 6)")
            queries.extend(_shape_queries(graph, shapes, shape, shape, target, "?this", (), dialect))
            # SPARQL finds an empty path from a variable at nodes of the data alone; SHACL, at every focus node
            empty = any(may_be_empty(graph, s.path) for s in below if s.path is not None)
            if empty and any(kind == "targetNode" for kind, _ in shape.targets):
                raise NotCompilable(_ABSENT)
        except NotCompilable as reason:
            handed[shape.node] = str(reason)
    idle = tuple(
        sorted(short(node) for node in counts if not any(s.constrains() for s in _below(shapes, shapes[node])))
    )
    return Compiled([q for q in queries if q.root not in handed], counts, handed, idle)


def _below(shapes: dict[Node, Shape], root: Shape) -> Iterator[Shape]:
    """A shape and all that it refers to, directly or through others, but for those switched off."""
    queue, seen = [root.node], set[Node]()
    while queue:
        shape = shapes.get(queue.pop())
        if shape is None or shape.deactivated or shape.node in seen:
            continue
        seen.add(shape.node)
        yield shape
        queue += [n for name in SHAPE_REFS for n in shape.parameters.get(name, [])]
        queue += [n for name in SHAPE_LISTS for members in shape.lists.get(name, []) for n in members]


def target_pattern(shape: Shape, node: str, dialect: Dialect = Dialect.PORTABLE) -> str:
    """A pattern that binds `node` to each focus node (section 2.1.3)."""
    parts = []
    named = [constant(dialect.held(term)) for kind, term in shape.targets if kind == "targetNode"]
    if named:
        parts.append(f"VALUES {node} {{ {' '.join(named)} }}")
    for kind, term in shape.targets:
        if kind == "targetClass":
            parts.append(f"?class <{RDFS}subClassOf>* {constant(term)} . {node} <{RDF}type> ?class .")
        elif kind == "targetSubjectsOf":
            parts.append(f"{node} {constant(term)} ?any .")
        elif kind == "targetObjectsOf":
            parts.append(f"?any {constant(term)} {node} .")
    marked = [_TARGETS + p for p in parts]
    if len(marked) == 1:
        return marked[0]
    while len(marked) > 2:  # a tree of little depth: engines walk it by recursion
        marked = [f"{{ {' UNION '.join(f'{{ {p} }}' for p in marked[n : n + 2])} }}" for n in range(0, len(marked), 2)]
    return " UNION ".join(f"{{ {p} }}" for p in marked)


def _shape_queries(
    graph: Index,
    shapes: dict[Node, Shape],
    root: Shape,
    shape: Shape,
    context: str,
    node: str,
    trail: tuple[Node, ...],
    dialect: Dialect,
) -> Iterator[CompiledQuery]:
    """The queries of a shape whose node is bound by `context`, and of the property shapes below it."""
    if shape.deactivated:
        return
    if shape.node in trail:
        raise NotCompilable("the shape is recursive")
    if len(trail) > MAX_DEPTH:
        raise InputError(f"shape {short(root.node)}: shapes refer to shapes more than {MAX_DEPTH} deep")
    path = None if shape.path is None else path_of(graph, shape)
    outer = tuple(node.rstrip("_") + "_" * n for n in range(node.count("_")))
    place = Place(
        graph, shapes, shape, node, Names(1_000_000 * len(trail)), dialect, context=context, keys=(*outer, node)
    )
    own = [v for v in violations(place) if v.component != "PropertyConstraintComponent"]
    shared = bool(shape.messages) and len({v.component for v in own}) > 1
    for found in own:
        variables = dict.fromkeys(v for v in (*outer, node, found.path, found.value, *found.extra) if v)
        lead = "" if found.whole else f"{context}\n"
        yield CompiledQuery(
            root.node,
            shape,
            found.component,
            f"SELECT DISTINCT {' '.join(variables)} WHERE {{ {lead}{found.pattern} }}",
            node[1:],
            path,
            found.value[1:] if found.value else None,
            found.path[1:] if found.path else None,
            None,
            shape.messages[0].value if shape.messages else found.default,
            shape.severity,
            dialect,
            found.default if shared else "",
        )
    for constraint in shape.parameters.get("sparql", []):
        yield _sparql_query(graph, root, shape, constraint, target_pattern(root, "?this"), node, path)
    for nested in shape.parameters.get("property", []):
        child = shapes.get(nested)
        if child is None or child.path is None:
            raise InputError(f"shape {short(shape.node)}: {short(nested)} is no property shape (it has no sh:path)")
        if path is None:
            inner, inner_node = context, node
        else:
            inner_node = f"{node}_"
            inner = f"{context} {node} {path} {inner_node} ."
        yield from _shape_queries(graph, shapes, root, child, inner, inner_node, (*trail, shape.node), dialect)


def _sparql_query(
    graph: Index, root: Shape, shape: Shape, constraint: Node, context: str, node: str, path: str | None
) -> CompiledQuery:
    """A `sh:sparql` constraint (section 5) with its target written in, for all focus nodes at once."""
    select = graph.one(constraint, SH + "select")
    if not isinstance(select, ox.Literal):
        raise InputError(f"shape {short(shape.node)}: the constraint {short(constraint)} has no sh:select")
    if node != "?this":
        raise NotCompilable("a SPARQL constraint below a path")
    off = graph.one(constraint, SH + "deactivated")
    text = select.value
    query = policy.read(text, name=f"shape {short(shape.node)}", prefixes=dict(_prefixes(graph, constraint)))
    if query.form != "SELECT":
        raise InputError(f"shape {short(shape.node)}: its sh:select is no SELECT query")
    text = query.text
    text = _replaced(text, {"$this": "?this"} | ({} if path is None else {"$PATH": path, "?PATH": path}))
    stream = list(policy.tokens(text))
    where = _where(stream)
    words = {t.text.upper() for t in stream if t.kind == "word"}
    if (
        where is None
        or words & {"MINUS", "VALUES", "LIMIT", "OFFSET"}
        or any(t.text in ("$shapesGraph", "$currentShape", "?shapesGraph", "?currentShape") for t in stream)
    ):
        raise NotCompilable("MINUS, VALUES, LIMIT, OFFSET, $shapesGraph or $currentShape in a SPARQL constraint")
    if any(kind == "targetNode" for kind, _ in root.targets) and any(
        t.text in ("*", "?") and (stream[n].kind in ("iri", "name") or stream[n].text == ")")
        for n, t in enumerate(stream[1:])
    ):
        raise NotCompilable(_ABSENT)
    _check_binding(shape, stream)
    inner = f" {{ SELECT DISTINCT ?this WHERE {{ {context} }} }} "
    end = stream[where].end
    text = text[:end] + inner + _into_nested(text[end:], inner)
    message = graph.all(constraint, SH + "message") or list(shape.messages)
    if isinstance(off, ox.Literal) and off.value in ("true", "1"):
        text = f"SELECT ?this WHERE {{ FILTER {NEVER} }}"
    _check_syntax(shape, text)
    return CompiledQuery(
        root.node,
        shape,
        "SPARQLConstraintComponent",
        text,
        "this",
        path,
        "value",
        "path",
        constraint,
        message[0].value if message and isinstance(message[0], ox.Literal) else "the SPARQL constraint is violated",
        shape.severity,
    )


def _check_syntax(shape: Shape, text: str) -> None:
    """Refuse a query that is no SPARQL, or that gives no `$this` (section 5.2.1).

    Raises:
        InputError: it is so.
    """
    try:
        found = ox.Store().query(text)
    except SyntaxError as error:
        raise InputError(f"shape {short(shape.node)}: its sh:select is not SPARQL 1.1: {error}") from error
    except ValueError as error:
        raise InputError(f"shape {short(shape.node)}: its sh:select cannot be asked: {error}") from error
    if not isinstance(found, ox.QuerySolutions) or ox.Variable("this") not in found.variables:
        raise InputError(f"shape {short(shape.node)}: its sh:select does not project $this; name it behind SELECT")


def _replaced(text: str, names: dict[str, str]) -> str:
    """A query with these variables replaced, and its strings and comments left alone."""
    out, last = [], 0
    for token in policy.tokens(text):
        if token.text in names:
            out += [text[last : token.start], names[token.text]]
            last = token.end
    return "".join(out) + text[last:]


def _where(stream: list[policy.Token]) -> int | None:
    """Where the WHERE group of a query begins; its SELECT clause may hold groups in brackets."""
    depth = 0
    for n, token in enumerate(stream):
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "{" and depth == 0:
            return n
    return None


def _check_binding(shape: Shape, stream: list[policy.Token]) -> None:
    """The rules of pre-binding (section 5.2.1): $this is never assigned, and every sub-SELECT projects it."""
    this = ("$this", "?this")
    for at, token in enumerate(stream[:-1]):
        if token.text.upper() == "AS" and stream[at + 1].text in this:
            raise InputError(f"shape {short(shape.node)}: its query assigns $this; use another variable")
        if at and token.text.upper() == "SELECT":
            end = next((n for n in range(at, len(stream)) if stream[n].text in ("{", "WHERE")), len(stream))
            if not any(t.text in this for t in stream[at:end]):
                raise InputError(
                    f"shape {short(shape.node)}: a sub-SELECT in its query does not project $this; name it there"
                )


def _into_nested(body: str, inner: str) -> str:
    """Write the target into each group that uses $this where it would be unbound: UNION, sub-SELECT, nested OPTIONAL."""
    out: list[str] = []
    last = 0
    stream = list(policy.tokens(body))
    outside: list[str] = []
    for at, token in enumerate(stream):
        if token.text == "}" and outside:
            outside.pop()
        if token.text != "{":
            continue
        before = stream[at - 1].text.upper() if at else ""
        depth, end = 0, at
        while end < len(stream):
            depth += (stream[end].text == "{") - (stream[end].text == "}")
            if depth == 0:
                break
            end += 1
        uses = any(t.text in ("$this", "?this") for t in stream[at:end])
        after = stream[end + 1].text.upper() if end + 1 < len(stream) else ""
        subselect = at + 1 < len(stream) and stream[at + 1].text.upper() == "SELECT"
        plain = before not in ("OPTIONAL", "EXISTS") or after == "UNION"
        below = before == "OPTIONAL" and outside[-1:] == ["OPTIONAL"]
        outside.append(before)
        own = next((n for n in range(at + 1, end) if stream[n].text in "{}"), end)
        if before == "OPTIONAL" and not below and any(t.text == "?this" for t in stream[at:own]):
            out.append(f"{body[last : token.end]} {_WITHIN}")
            last = token.end
        elif uses and ((plain and not subselect) or below):
            out.append(body[last : token.end] + inner)
            last = token.end
    return "".join(out) + body[last:]


def _prefixes(graph: Index, constraint: Node) -> list[tuple[str, str]]:
    """The prefixes that `sh:prefixes` gives a constraint (section 5.2.1), owl:imports followed."""
    out: dict[str, str] = {}
    queue = list(graph.all(constraint, SH + "prefixes"))
    seen: set[Node] = set()
    while queue:
        owner = queue.pop()
        if owner in seen:
            continue
        seen.add(owner)
        queue.extend(graph.all(owner, "http://www.w3.org/2002/07/owl#imports"))
        for declaration in graph.all(owner, SH + "declare"):
            prefix, namespace = (
                graph.one(declaration, SH + "prefix"),
                graph.one(declaration, SH + "namespace"),
            )
            if not isinstance(prefix, ox.Literal) or namespace is None:
                raise InputError(f"{short(owner)}: a sh:declare without sh:prefix and sh:namespace")
            value = getattr(namespace, "value", "")
            if not _PREFIX.fullmatch(prefix.value) or not _NAMESPACE.fullmatch(value):
                raise InputError(
                    f"{short(owner)}: '{prefix.value}: <{value[:100]}>' in sh:declare is no prefix and IRI"
                )
            if out.setdefault(prefix.value, value) != value:
                raise InputError(
                    f"{short(owner)}: sh:declare gives the prefix '{prefix.value}' two namespaces; keep one"
                )
    return sorted(out.items())
