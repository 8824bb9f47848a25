"""The gate: a file is read whole or not at all, and the error names file, line and cure.

Formats go by the file name: Turtle, N-Triples, N-Quads, TriG, JSON-LD, RDF/XML. What a parser would let
through and a later station would choke on is stopped here: ill-formed typed literals, numbers of absurd
length, entity declarations, remote contexts, nesting beyond any use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.rdf.datatypes import examine, ill_formed, stored_triple
from kgtools.terms import CONTEXT_IRI, home

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
}
MAX_NESTING = 100

_BRACKETS = re.compile(rb'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>|#[^\n]*|[\[\](){}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one file, checked as far as that goes without a parser.

    Attributes:
        path: where it lies.
        data: its text as UTF-8 bytes, contexts written in; what a store may load.
        form: its syntax.
    """

    path: Path
    data: bytes
    form: ox.RdfFormat

    @property
    def triples(self) -> list[ox.Triple]:
        """Its statements as triples, exactly as written; those of named graphs beside the others.

        Raises:
            InputError: a syntax error.
        """
        return [q.triple for q in self.quads()]

    def quads(self) -> Iterator[ox.Quad]:
        """Its statements one by one, exactly as written.

        Blank nodes get labels that no other file has and that are the same at every reading of the same text.

        Raises:
            InputError: a syntax error.
        """
        scope = "f" + blake2b(str(self.path).encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()
        labels: dict[str, ox.BlankNode] = {}

        def own(node: ox.BlankNode) -> ox.BlankNode:
            return labels.setdefault(node.value, ox.BlankNode(f"{scope}n{len(labels)}"))

        for quad in self._parsed():
            s, o, g = quad.subject, quad.object, quad.graph_name
            if not (type(s) is ox.BlankNode or type(o) in (ox.BlankNode, ox.Triple) or type(g) is ox.BlankNode):
                yield quad
                continue
            triple = relabelled(ox.Triple(s, quad.predicate, o), own)
            yield ox.Quad(triple.subject, triple.predicate, triple.object, own(g) if isinstance(g, ox.BlankNode) else g)

    def _parsed(self) -> Iterator[ox.Quad]:
        try:
            yield from ox.parse(self.data, format=self.form)
        except SyntaxError as error:
            line = f":{error.lineno}" if error.lineno else ""
            detail = re.sub(r"^Parser error at line \d+ (between columns \d+ and \d+|column \d+): ", "", str(error.msg))
            raise InputError(f"{self.path}{line}: {detail}; nothing of the file was kept") from error


def relabelled(triple: ox.Triple, label: Callable[[ox.BlankNode], ox.BlankNode]) -> ox.Triple:
    """The triple with other blank nodes, those inside triple terms too."""
    s, o = triple.subject, triple.object
    if isinstance(s, ox.BlankNode):
        s = label(s)
    if isinstance(o, ox.BlankNode):
        o = label(o)
    elif isinstance(o, ox.Triple):
        o = relabelled(o, label)
    return ox.Triple(s, triple.predicate, o)


@dataclass(frozen=True, slots=True)
class Document(Text):
    """One file that passed the reader.

    Attributes:
        statements: how many statements it holds.
        in_named_graphs: how many of them sit in named graphs.
        has_blank_nodes: whether it holds any blank node.
        changed: the triples, exactly as written, that the embedded store would hold in another form
            (:func:`kgtools.rdf.datatypes.stored`).
    """

    statements: int
    in_named_graphs: int
    has_blank_nodes: bool
    changed: tuple[ox.Triple, ...]


def read(path: Path) -> Document:
    """Read one RDF file whole.

    Raises:
        InputError: the file is missing, is not what its name says, or holds something that is refused.
    """
    return check(read_text(path))


def read_text(path: Path) -> Text:
    """Read the text of one RDF file; :func:`check` then parses it.

    Raises:
        InputError: the file is missing, or is not the text that its name says.
    """
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise InputError(f"{path}: unknown file type '{path.suffix}'; use one of {' '.join(FORMATS)}")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the path and its rights") from error
    data = _text(path, raw, form)
    if form == ox.RdfFormat.JSON_LD:
        data = _with_bundled_context(path, data)
    return Text(path, data, form)


def check(text: Text) -> Document:
    """Parse a text and look at every literal.

    Statements in named graphs are counted, so that nobody asks a default graph that silently lacks them.

    Raises:
        InputError: a syntax error, or a literal that is refused.
    """
    path, data, form = text.path, text.data, text.form
    statements = named = 0
    blank = changes = False
    default = ox.DefaultGraph()
    may_name = form.supports_datasets
    for quad in text._parsed():
        statements += 1
        if may_name and quad.graph_name != default:
            named += 1
        term = quad.object
        if not isinstance(term, ox.NamedNode):
            if isinstance(term, ox.Literal):
                problem, kept = examine(term.value, term.datatype.value)
                changes = changes or kept is not None
            else:
                problem = ill_formed(term)
                blank, changes = True, changes or isinstance(term, ox.Triple)
            if problem:
                raise InputError(f"{path}:{_line_of(data, term)}: {problem}; nothing of the file was kept")
        if not blank and isinstance(quad.subject, ox.BlankNode):
            blank = True
    changed = [t for t in text.triples if stored_triple(t) is not t] if changes else []
    return Document(path, data, form, statements, named, blank, tuple(changed))


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """The RDF files among `paths`; of a folder, those in it and in the folders below, numbers in names by their value.

    Hidden files and folders (`.name`) and the project's JSON-LD context are passed over.

    Raises:
        InputError: a path does not exist, or a folder holds no RDF file.
    """
    for path in paths:
        if path.is_dir():
            found = sorted((p for p in path.rglob("*") if _is_data(p.relative_to(path))), key=_natural)
            if not found:
                raise InputError(f"{path}: no RDF file in this folder; expected {' '.join(FORMATS)}")
            yield from found
        elif path.exists():
            yield path
        else:
            raise InputError(f"{path}: no such file or folder")


def _is_data(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts)
    return path.suffix.lower() in FORMATS and path.name != "context.jsonld" and not hidden


def _natural(path: Path) -> list[tuple[bool, list[int | str]]]:
    """The key that sorts paths folder by folder, files before folders, numbers in names by their value."""
    depth = len(path.parts)
    return [
        (n < depth, [int(x) if x.isdecimal() else x for x in re.split(r"(\d+)", part)])
        for n, part in enumerate(path.parts, 1)
    ]


def _text(path: Path, raw: bytes, form: ox.RdfFormat) -> bytes:
    """The file's bytes as UTF-8 without a byte order mark, after the checks that need no parser."""
    head = raw[:512].lstrip().lower()
    kinds = [
        (raw[:2] == b"\x1f\x8b", "gzip; decompress it first"),
        (raw[:4] == b"PK\x03\x04", "a zip archive; unpack it first"),
        (
            head.startswith((b"<!doctype html", b"<html")),
            "HTML; download the data itself, not the page about it",
        ),
        (head.startswith(b"version https://git-lfs"), "a pointer to a large file; fetch the file itself"),
        (raw[:2] in (b"\xff\xfe", b"\xfe\xff"), "UTF-16; save it as UTF-8"),
    ]
    for looks, kind in kinds:
        if looks:
            raise InputError(f"{path}: this looks like {kind}")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}:{line}: not UTF-8 at byte {error.start} (0x{raw[error.start]:02x}); save the file as UTF-8"
        ) from error
    if form == ox.RdfFormat.RDF_XML:
        if b"<!DOCTYPE" in raw:
            raise InputError(f"{path}: a DOCTYPE is refused: entities can read files or grow without bound")
        if b"\x00" in raw:
            raise InputError(f"{path}: a NUL character cannot stand in XML")
    elif form != ox.RdfFormat.JSON_LD:
        _check_nesting(path, raw)
    return raw


def _check_nesting(path: Path, raw: bytes) -> None:
    if raw.count(b"[") + raw.count(b"(") + raw.count(b"{") <= MAX_NESTING:
        return
    depth = 0
    for match in _BRACKETS.finditer(raw):
        token = match.group()
        depth += (token in (b"[", b"(", b"{")) - (token in (b"]", b")", b"}"))
        if depth > MAX_NESTING:
            line = raw.count(b"\n", 0, match.start()) + 1
            raise InputError(f"{path}:{line}: nested more than {MAX_NESTING} deep; name the inner nodes")


def _with_bundled_context(path: Path, data: bytes) -> bytes:
    """JSON-LD with our context written in; any other remote or file context is refused."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON: {error}") from error

    def inline(context: Any) -> Any:
        if isinstance(context, list):
            return [inline(item) for item in context]
        if not isinstance(context, str):
            return context
        if context in (CONTEXT_IRI, "context.jsonld"):
            return json.loads((home("ontology") / "context.jsonld").read_bytes())["@context"]
        raise InputError(f"{path}: the context '{context}' is not bundled and is not fetched; write it in the file")

    def walk(node: Any, depth: int) -> Any:
        if depth > MAX_NESTING:
            raise InputError(f"{path}: nested more than {MAX_NESTING} deep; name the inner nodes")
        if isinstance(node, list):
            return [walk(item, depth + 1) for item in node]
        if isinstance(node, dict):
            return {k: inline(v) if k == "@context" else walk(v, depth + 1) for k, v in node.items()}
        return node

    return json.dumps(walk(document, 0)).encode()


def _line_of(data: bytes, term: object) -> int:
    value = term.value if isinstance(term, ox.Literal) else ""
    at = data.find(value.encode())
    return data.count(b"\n", 0, max(at, 0)) + 1
