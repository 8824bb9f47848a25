"""The reader: a file is read whole or not at all, and the error names file, line and cure.

Formats go by the file name: Turtle, N-Triples, N-Quads, TriG, JSON-LD, RDF/XML; `-` is standard input. What a parser
would let through and a later step would choke on is stopped here: ill-formed typed literals, numbers of absurd
length, entity declarations, remote contexts, nesting beyond any use, statements that a parser would drop in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.rdf.datatypes import examine, ill_formed, stored_triple
from kgtools.rdf.raw import FORMATS, MAX_BYTES, STANDARD_INPUT, fetch, form_of, utf8
from kgtools.rdf.scan import MAX_NESTING, line_of, too_deep


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read.

    Attributes:
        base: the IRI against which relative IRIs are resolved; without one they are refused.
        max_bytes: the largest file that is read, in bytes.
        entities: allow a DOCTYPE in RDF/XML whose entities are internal plain text of bounded size.
    """

    base: str | None = None
    max_bytes: int = MAX_BYTES
    entities: bool = False

    def __post_init__(self) -> None:
        if self.base is not None:
            try:
                ox.NamedNode(self.base)
            except ValueError as error:
                raise InputError(f"'{self.base}' cannot be a base: it is not an absolute IRI ({error})") from error


DEFAULT = Reading()


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one file, checked as far as that goes without a parser.

    Attributes:
        path: where it lies.
        data: its text as UTF-8 bytes, contexts written in; what a store may load.
        form: its syntax.
        base: the IRI against which its relative IRIs are resolved.
        warnings: what it holds that states nothing, one sentence each.
    """

    path: Path
    data: bytes
    form: ox.RdfFormat
    base: str | None = None
    warnings: tuple[str, ...] = ()

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
            yield from ox.parse(self.data, format=self.form, base_iri=self.base)
        except SyntaxError as error:
            line = f":{error.lineno}" if error.lineno else ""
            detail = re.sub(r"^Parser error at line \d+ (between columns \d+ and \d+|column \d+): ", "", str(error.msg))
            if "No scheme found in an absolute IRI" in detail and self.base is None:
                detail += ": it is relative and the file has no base; write it out, or give a base (--base)"
            raise InputError(f"{self.path}{line}: {detail}; nothing of the file was kept") from error
        except MemoryError as error:
            raise InputError(
                f"{self.path}: a single term is longer than 16 MiB; keep such a text in a file of its own and name it"
            ) from error


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

    statements: int = 0
    in_named_graphs: int = 0
    has_blank_nodes: bool = False
    changed: tuple[ox.Triple, ...] = ()


def read(path: Path, reading: Reading = DEFAULT) -> Document:
    """Read one RDF file whole, or standard input where the path is `-`.

    Raises:
        InputError: the file is missing, is not what its name says, or holds something that is refused.
    """
    return check(read_text(path, reading))


def read_text(path: Path, reading: Reading = DEFAULT) -> Text:
    """Read the text of one RDF file; :func:`check` then parses it.

    Raises:
        InputError: the file is missing, or is not the text that its name says.
    """
    form_of(path, b"")  # before a byte is read
    return text_of(path, fetch(path, max_bytes=reading.max_bytes), reading)


def text_of(path: Path, raw: bytes, reading: Reading = DEFAULT) -> Text:
    """The text of one RDF file whose bytes are at hand; the path says its syntax.

    Raises:
        InputError: it is not the text that its name says.
    """
    form = form_of(path, raw)
    if path == STANDARD_INPUT:
        path = Path("standard input")
    data, warnings = utf8(path, raw, form), tuple[str, ...]()
    if form == ox.RdfFormat.RDF_XML:
        from kgtools.rdf.strict_xml import check_xml

        check_xml(path, data, entities=reading.entities)
    elif form == ox.RdfFormat.JSON_LD:
        from kgtools.rdf.strict_json import prepare

        data, warnings = prepare(path, data, reading.base)
    elif b"<<" in data:  # a parser goes down into a triple term step by step
        _check_nesting(path, data)
    return Text(path, data, form, reading.base, warnings)


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
                while isinstance(term, ox.Triple):
                    term = term.object
                line = line_of(data, term, form) if isinstance(term, ox.Literal) else None
                raise InputError(f"{path}{f':{line}' if line else ''}: {problem}; nothing of the file was kept")
        if not blank and isinstance(quad.subject, ox.BlankNode):
            blank = True
    if blank and form not in (ox.RdfFormat.JSON_LD, ox.RdfFormat.RDF_XML):
        _check_nesting(path, data)
    changed = [t for t in text.triples if stored_triple(t) is not t] if changes else []
    return Document(path, data, form, text.base, text.warnings, statements, named, blank, tuple(changed))


def _check_nesting(path: Path, data: bytes) -> None:
    line = too_deep(data)
    if line:
        raise InputError(f"{path}:{line}: nested more than {MAX_NESTING} deep; name the inner nodes")


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """The RDF files among `paths`; `-` is standard input; of a folder, those in it and in the folders below, numbers in names by their value.

    Hidden files and folders (`.name`) and the project's JSON-LD context are passed over.

    Raises:
        InputError: a path does not exist, or a folder holds no RDF file.
    """
    for path in paths:
        if path == STANDARD_INPUT:
            yield path
        elif path.is_dir():
            found = sorted(
                (p for p in path.rglob("*") if _is_data(p.relative_to(path)) and not p.is_dir()), key=_natural
            )
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
