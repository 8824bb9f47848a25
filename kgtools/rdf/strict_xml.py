"""RDF/XML read by a strict XML parser (expat) before an RDF parser sees it.

The RDF parser accepts a text that breaks off, and a document type in lower case; this one does not.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.parsers import expat

from kgtools.errors import InputError
from kgtools.rdf.scan import MAX_NESTING

MAX_EXPANSION = 1_000_000
"""How many characters the entities of a file may add to it, where entities are allowed at all."""

_NO_DOCTYPE = "a DOCTYPE is refused: entities can read files or grow without bound; write them out"


def check_xml(path: Path, data: bytes, *, entities: bool = False) -> None:
    """Check that a text is one whole, well-formed XML document of bounded depth.

    Args:
        path: for messages.
        data: the text, in UTF-8.
        entities: allow a DOCTYPE whose entities are internal, plain text and of bounded size.

    Raises:
        InputError: it is not; the message has the line.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = 0
    values: dict[str, str] = {}

    def refuse(reason: str) -> None:
        raise InputError(f"{path}:{parser.CurrentLineNumber}: {reason}; nothing of the file was kept")

    def declared(version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
            refuse(f"the file declares the encoding {encoding}; save it as UTF-8")

    def doctype(name: str, system: str | None, public: str | None, internal: int) -> None:
        if not entities:
            refuse(_NO_DOCTYPE)
        if system or public:
            refuse("a DOCTYPE that names another file is refused; remove the reference")

    def entity(name: str, parameter: int, value: str | None, *rest: Any) -> None:
        if parameter or value is None:
            refuse(f"the entity '{name}' is refused: only internal entities of plain text are read")
        elif "&" in value or "<" in value or "%" in value:
            refuse(f"the entity '{name}' is refused: its value holds '&', '<' or '%', so it is not plain text")
        else:
            values.setdefault(name, value)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_NESTING:
            refuse(f"nested more than {MAX_NESTING} deep; name the inner nodes")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = entity
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        for at in range(0, max(len(data), 1), 2**20):
            parser.Parse(data[at : at + 2**20], at + 2**20 >= len(data))
            if values and sum(data.count(f"&{n};".encode()) * len(v) for n, v in values.items()) > MAX_EXPANSION:
                refuse(f"its entities add more than {MAX_EXPANSION:,} characters")
    except expat.ExpatError as error:
        lower = re.search(rb"<!doctype", data, re.IGNORECASE)
        if lower and data.count(b"\n", 0, lower.start()) + 1 == error.lineno:
            raise InputError(f"{path}:{error.lineno}: {_NO_DOCTYPE}; nothing of the file was kept") from error
        reason = expat.ErrorString(error.code)
        if not data.strip():
            reason = "the file is empty; an RDF/XML file has an rdf:RDF element"
        elif error.lineno > data.count(b"\n") and reason in (
            "no element found",
            "unclosed token",
            "unclosed CDATA section",
        ):
            reason = "the file breaks off before its end"
        raise InputError(
            f"{path}:{error.lineno}: not well-formed XML: {reason}; nothing of the file was kept"
        ) from error
