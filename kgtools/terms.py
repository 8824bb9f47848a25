"""The namespaces of the project, and where its ontology, data and queries lie.

The prefix table is `ontology/prefixes.ttl`; :func:`prefixes` reads it, so that it is written once.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyoxigraph as ox

BASE = "https://w3id.org/indopacific/"
IPP = BASE + "ns#"
ID = BASE + "id/"
CODE = BASE + "code/"
SHAPES = BASE + "shapes#"
CONTEXT_IRI = BASE + "context.jsonld"
DATASET = ox.NamedNode(BASE + "dataset/indopacific")

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"

TYPE = ox.NamedNode(RDF + "type")
LABEL = ox.NamedNode(RDFS + "label")

ONTOLOGY_GRAPH = ox.NamedNode(BASE + "graph/ontology")
ENTAILED_GRAPH = ox.NamedNode(BASE + "graph/entailed")


def ipp(name: str) -> ox.NamedNode:
    """The term `name` of our ontology.

    >>> ipp("Round").value
    'https://w3id.org/indopacific/ns#Round'
    """
    return ox.NamedNode(IPP + name)


def home(part: str) -> Path:
    """The folder `ontology`, `data` or `queries`: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).parent
    bundled = package / "bundled" / part
    return bundled if bundled.is_dir() else package.parent / part


@cache
def prefixes() -> dict[str, str]:
    """The project's prefix table, prefix to namespace, in alphabetical order.

    >>> prefixes()["id"]
    'https://w3id.org/indopacific/id/'
    """
    table: dict[str, dict[str, str]] = {}
    for t in ox.parse(path=home("ontology") / "prefixes.ttl"):
        name = t.predicate.value.removeprefix(SH)
        if name in ("prefix", "namespace"):
            table.setdefault(str(t.subject), {})[name] = t.object.value
    return dict(sorted((row["prefix"], row["namespace"]) for row in table.values()))


@cache
def _namespaces() -> dict[str, str]:
    return {namespace: prefix for prefix, namespace in prefixes().items()}


def split(iri: str) -> tuple[str, str] | None:
    """Prefix and local name of an IRI by the project's table, or None where its namespace is not in it.

    >>> split(ID + "jpn"), split("http://example.org/x")
    (('id', 'jpn'), None)
    """
    at = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = _namespaces().get(iri[:at])
    return None if prefix is None else (prefix, iri[at:])


def short(term: object) -> str:
    """A term as a person reads it: a prefixed name where the table has the namespace, else its own text.

    >>> short(ipp("host")), short(ox.Literal("2026-01-16"))
    ('ipp:host', '2026-01-16')
    """
    if isinstance(term, ox.NamedNode):
        found = split(term.value)
        return f"{found[0]}:{found[1]}" if found and found[1] and "?" not in found[1] else f"<{term.value}>"
    if isinstance(term, ox.Literal):
        return term.value
    return str(term)


def expand(name: str) -> ox.NamedNode:
    """A prefixed name, an IRI in angle brackets or a bare slug (taken as `id:`) as an IRI.

    Raises:
        ValueError: the prefix is not in the table, or the text cannot be an IRI.

    >>> expand("id:jpn") == expand("jpn") == expand("<https://w3id.org/indopacific/id/jpn>")
    True
    """
    if name.startswith("<") and name.endswith(">"):
        return ox.NamedNode(name[1:-1])
    if name.startswith(("http://", "https://")):
        return ox.NamedNode(name)
    prefix, colon, local = name.partition(":")
    if not colon:
        return ox.NamedNode(ID + name)
    if prefix not in prefixes():
        raise ValueError(f"unknown prefix '{prefix}:' in '{name}'; known are {', '.join(prefixes())}")
    return ox.NamedNode(prefixes()[prefix] + local)
