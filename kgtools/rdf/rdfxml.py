"""RDF/XML, deterministic, of triples that it can hold; what it cannot is refused by name before a byte is written.

Specification: https://www.w3.org/TR/rdf-syntax-grammar/. XML 1.0 has no place for most control characters, a predicate
must end in a name that XML allows, and some names of the RDF vocabulary mean something else as an element.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from xml.sax.saxutils import escape

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.terms import RDF, TYPE, XSD, prefixes

_START = "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
_NAME = re.compile(f"[{_START}][{_START}\\-.0-9\xb7\u0300-\u036f\u203f\u2040]*$")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SYNTAX = {
    RDF + name
    for name in ("Description", "RDF", "ID", "about", "bagID", "parseType", "resource", "nodeID", "datatype", "li")
} | {RDF + "aboutEach", RDF + "aboutEachPrefix"}
"""Terms of RDF that are no name of a property or class in RDF/XML (sections 5 and 7.2.3 to 7.2.7 there)."""


def to_rdf_xml(triples: Iterable[ox.Triple]) -> bytes:
    """The triples as RDF/XML, one element a subject, in the order given.

    Raises:
        InputError: a triple that RDF/XML cannot hold.

    >>> print(to_rdf_xml([ox.Triple(ox.NamedNode("http://a"), TYPE, ox.NamedNode("http://e/C"))]).decode().splitlines()[-2])
    <ns1:C rdf:about="http://a"/>
    """
    table = {namespace: prefix for prefix, namespace in prefixes().items()} | {RDF: "rdf"}
    used: dict[str, str] = {RDF: "rdf"}

    @cache
    def element(iri: str) -> str | None:
        found = None if iri in _SYNTAX else _split(iri)
        if found is None:
            return None
        namespace, local = found
        if namespace not in used:
            used[namespace] = table.get(namespace) or f"ns{len(used)}"
        return f"{used[namespace]}:{local}"

    blocks = []
    for subject, said in groupby(triples, key=lambda t: t.subject):
        own = list(said)
        kind, lines = "rdf:Description", []
        for t in own:
            if t.predicate == TYPE and isinstance(t.object, ox.NamedNode) and kind == "rdf:Description":
                name = element(t.object.value)
                if name is not None:
                    kind = name
                    continue
            lines.append(_property(t, element(t.predicate.value)))
        about = (
            f'rdf:nodeID="{subject.value}"'
            if isinstance(subject, ox.BlankNode)
            else f"rdf:about={_quoted(subject.value)}"
        )
        inner = "".join(f"\n  {line}" for line in lines)
        blocks.append(f"<{kind} {about}>{inner}\n</{kind}>\n" if lines else f"<{kind} {about}/>\n")
    names = "".join(f"\n  xmlns:{prefix}={_quoted(namespace)}" for namespace, prefix in sorted(used.items()))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{names}>\n{"".join(blocks)}</rdf:RDF>\n'.encode()


def _property(t: ox.Triple, name: str | None) -> str:
    if name is None:
        raise InputError(
            f"{t.predicate} cannot be a predicate in RDF/XML: it does not end in a name of XML, or that name means "
            "something else there; export another form"
        )
    if isinstance(t.object, ox.NamedNode):
        return f"<{name} rdf:resource={_quoted(t.object.value)}/>"
    if isinstance(t.object, ox.BlankNode):
        return f'<{name} rdf:nodeID="{t.object.value}"/>'
    if isinstance(t.object, ox.Triple):
        raise InputError(f"RDF/XML cannot hold a triple term (RDF 1.2): {t.subject} {t.predicate}; export ttl or nt")
    if t.object.direction:
        raise InputError(f"RDF/XML cannot hold a literal with a base direction: {t.object}; export ttl or nt")
    bad = _NOT_XML.search(t.object.value)
    if bad:
        raise InputError(
            f"RDF/XML cannot hold the character U+{ord(bad.group()):04X}, which {t.subject} {t.predicate} has; "
            "take it out, or export ttl or nt"
        )
    kind = t.object.datatype.value
    tag = "" if kind == XSD + "string" else f" rdf:datatype={_quoted(kind)}"
    if t.object.language:
        tag = f' xml:lang="{t.object.language}"'
    return f"<{name}{tag}>{escape(t.object.value, {chr(13): '&#13;'})}</{name}>"


def _split(iri: str) -> tuple[str, str] | None:
    """Namespace and the longest name of XML at the end of an IRI."""
    at = max(iri.rfind("/"), iri.rfind("#"), iri.rfind(":")) + 1
    for start in range(at, len(iri)):
        if _NAME.match(iri, start):
            return iri[:start], iri[start:]
    return None


def _quoted(text: str) -> str:
    bad = _NOT_XML.search(text)
    if bad:
        raise InputError(f"RDF/XML cannot hold the character U+{ord(bad.group()):04X} of the IRI {text!r}; export ttl")
    return '"' + escape(text, {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}) + '"'
