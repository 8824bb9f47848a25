"""JSON-LD read by strict JSON, without any context that is not at hand, and with nothing dropped in silence.

The JSON-LD 1.1 API tells a processor to drop what it cannot read: a node whose name is no IRI, a value with a bad
language tag, a key that no context maps. :func:`lost` finds such places by parsing the document a second time in
which every key is mapped and every relative or broken IRI is marked. What is broken is refused; what the standard
lets an author leave unsaid (keys without a meaning, null) is told in a warning.

Specification: https://www.w3.org/TR/json-ld11-api/, sections 5.2 and 8.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kgtools.errors import InputError
from kgtools.rdf.scan import MAX_NESTING
from kgtools.terms import CONTEXT_IRI, home

_RELATIVE = "kgtools-relative://x/"
_UNMAPPED = "kgtools-unmapped:"
_BROKEN = "kgtools-broken:"
_MARK = 0xE1000
"""Where the marks of characters that no IRI may hold begin: code points that Unicode has not assigned."""
_MARKS = {n: chr(_MARK + n) for n in [*range(0x21), *map(ord, '<>"{}|^`\\')]}
_PLAIN = {_MARK + n: chr(n) for n in [*_MARKS, ord("%")]}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ILLEGAL = re.compile(r'[\x00-\x20<>"{}|^`\\]|%(?![0-9A-Fa-f]{2})')
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_KEYWORDS = {
    *("@base", "@container", "@context", "@direction", "@graph", "@id", "@import", "@included", "@index", "@json"),
    *("@language", "@list", "@nest", "@none", "@prefix", "@propagate", "@protected", "@reverse", "@set", "@type"),
    *("@value", "@version", "@vocab"),
}


class _Refused(ValueError):
    """JSON that is refused, with the key or word at which it went wrong."""

    def __init__(self, reason: str, word: str = "") -> None:
        super().__init__(reason)
        self.word = word


def prepare(path: Path, data: bytes, base: str | None) -> tuple[bytes, tuple[str, ...]]:
    """Check a JSON-LD text and write the project's context into it.

    Returns:
        The text to parse, and warnings: keys and values that state nothing.

    Raises:
        InputError: it is not strict JSON, nests too deep, names a context that is not at hand, or holds what a
            processor would drop because it is broken.
    """

    def refused(error: _Refused) -> InputError:
        return InputError(f"{path}{_line(data, error.word)}: {error}; nothing of the file was kept")

    try:
        document = json.loads(
            data, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite, parse_int=_short
        )
    except _Refused as error:
        raise refused(error) from error
    except RecursionError as error:
        raise InputError(f"{path}: nested more than {MAX_NESTING} deep; name the inner nodes") from error
    except ValueError as error:
        at = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise InputError(f"{path}{at}: not JSON: {what}; nothing of the file was kept") from error
    walk = _Walk()
    try:
        whole = walk.node(document, 0)
        text = json.dumps(whole, ensure_ascii=False).encode() if walk.inlined else data
        walk.languages(whole)
        warnings = [*walk.warnings, *_lost(whole, walk, base)]
    except _Refused as error:
        raise refused(error) from error
    except UnicodeEncodeError as error:
        raise InputError(
            f"{path}: a lone surrogate (\\u{ord(error.object[error.start]):04x}) is no character"
        ) from error
    return text, tuple(f"{path}: {w}" for w in dict.fromkeys(warnings))


class _Walk:
    """One way through a document: contexts at hand written in, what states nothing noted."""

    def __init__(self) -> None:
        self.inlined = False
        self.warnings: list[str] = []
        self.aliases: dict[str, set[str]] = {"@language": {"@language"}, "@value": {"@value"}, "@type": {"@type"}}
        self.language_maps: set[str] = set()
        self.json_terms: set[str] = set()

    def node(self, value: Any, depth: int, *, top: bool = True) -> Any:
        if depth > MAX_NESTING:
            raise _Refused(f"nested more than {MAX_NESTING} deep; name the inner nodes")
        if isinstance(value, list):
            if top and any(not isinstance(v, dict) or "@value" in v for v in value):
                self.warnings.append("a value outside of any node states nothing and is not read")
            return [self.node(v, depth + 1, top=top) for v in value]
        if not isinstance(value, dict):
            return value
        out = {}
        if "@context" in value:
            out["@context"] = self.context(value["@context"], depth)
        is_json = any(value.get(t) == "@json" for t in self.aliases["@type"])
        for key, inner in value.items():
            if key == "@context":
                continue
            if key in self.json_terms or (is_json and key in self.aliases["@value"]):
                out[key] = inner
                continue
            if inner is None and key not in _KEYWORDS:
                self.warnings.append(f"'{key}' is null, which states nothing")
            if re.fullmatch("@[A-Za-z]+", key) and key not in _KEYWORDS:
                self.warnings.append(f"'{key}' is no keyword of JSON-LD 1.1 and is not read")
            if key.startswith("_:"):
                self.warnings.append(f"'{key}': a blank node cannot be a predicate, so it is not read")
            out[key] = self.node(inner, depth + 1, top=key == "@graph")
        return out

    def context(self, context: Any, depth: int) -> Any:
        if depth > MAX_NESTING:
            raise _Refused(f"contexts nested more than {MAX_NESTING} deep; write them side by side")
        if isinstance(context, list):
            return [self.context(item, depth + 1) for item in context]
        if isinstance(context, str):
            return self.bundled(context)
        if not isinstance(context, dict):
            return context
        out = {}
        if isinstance(context.get("@import"), str):
            out.update(self.bundled(context["@import"]))
        for term, meaning in context.items():
            if term == "@import" and isinstance(meaning, str):
                continue
            out[term] = self.definition(term, meaning, depth) if isinstance(meaning, dict) else meaning
        for term, meaning in out.items():
            name = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if isinstance(name, str) and name in self.aliases and not term.startswith("@"):
                self.aliases[name].add(term)
            if isinstance(meaning, dict):
                container = meaning.get("@container")
                if "@language" in (container if isinstance(container, list) else [container]):
                    self.language_maps.add(term)
                if meaning.get("@type") == "@json":
                    self.json_terms.add(term)
        return out

    def definition(self, term: str, meaning: dict[str, Any], depth: int) -> dict[str, Any]:
        scoped = {k: self.context(v, depth + 1) if k == "@context" else v for k, v in meaning.items()}
        if "@language" in scoped:
            _check_language(scoped["@language"])
        return scoped

    def bundled(self, name: str) -> Any:
        if name not in (CONTEXT_IRI, "context.jsonld"):
            raise _Refused(f"the context '{name}' is not bundled and is not fetched; write it in the file", name)
        self.inlined = True
        ours = json.loads((home("ontology") / "context.jsonld").read_bytes())["@context"]
        return self.context(ours, 0)

    def languages(self, value: Any, *, in_context: bool = False) -> None:
        """Refuse language tags that are none, in values, contexts and language maps."""
        if isinstance(value, list):
            for item in value:
                self.languages(item, in_context=in_context)
        elif isinstance(value, dict):
            for key, inner in value.items():
                if key in self.json_terms or (key in self.aliases["@value"] and not isinstance(inner, dict)):
                    continue
                if key in self.aliases["@language"]:
                    _check_language(inner)
                elif key in self.language_maps and isinstance(inner, dict) and not in_context:
                    for tag in inner:
                        if tag != "@none" and _SCHEME.match(tag) is None:
                            _check_language(tag)
                else:
                    self.languages(inner, in_context=in_context or key == "@context")


def _lost(document: Any, walk: _Walk, base: str | None) -> Iterator[str]:
    """What a parser of JSON-LD drops from a document without a word; warnings, or an error where it is broken."""
    marked = _marked(document, walk, base)
    outer: list[Any] = [{"@vocab": _UNMAPPED}]
    text = json.dumps(_with_outer(marked, outer)).encode()
    unmapped: dict[str, None] = {}
    try:
        for quad in ox.parse(text, format=ox.RdfFormat.JSON_LD, base_iri=base or _RELATIVE):
            predicate = quad.predicate.value
            _check_iri(predicate, is_predicate=True, based=base is not None)
            for term in (quad.subject, quad.object, quad.graph_name):
                if isinstance(term, ox.Literal):
                    term = term.datatype
                if isinstance(term, ox.NamedNode):
                    _check_iri(term.value, is_predicate=False, based=base is not None)
            if predicate.startswith(_UNMAPPED):
                unmapped[predicate.removeprefix(_UNMAPPED).translate(_PLAIN)] = None
    except SyntaxError:
        return  # so does the document itself, whose error names what is wrong
    for key in unmapped:
        yield f"no context maps the key '{key}', so what it says is not read; map it to an IRI, or to null"


def _check_iri(iri: str, *, is_predicate: bool, based: bool) -> None:
    if _BROKEN in iri:
        name = bytes.fromhex(iri.rpartition(_BROKEN)[2].partition("/")[0]).decode()
        raise _Refused(f"'{name}' is not an IRI", name)
    plain = iri.translate(_PLAIN)
    if iri.startswith(_RELATIVE):
        name = plain.removeprefix(_RELATIVE)
        raise _Refused(
            f"the IRI '{name}' is relative and the file has no base; write it out, or give a base (--base)", name
        )
    if plain != iri:
        name = plain.removeprefix(_UNMAPPED)
        if not (is_predicate and iri.startswith(_UNMAPPED)):
            raise _Refused(f"'{name}' is not an IRI: it holds a character that IRIs cannot have", name)
    if iri.startswith(_UNMAPPED) and not is_predicate and not based:
        name = plain.removeprefix(_UNMAPPED)
        raise _Refused(
            f"the IRI '{name}' is relative and no context maps it; write it out, or give a base (--base)", name
        )


def _marked(value: Any, walk: _Walk, base: str | None) -> Any:
    """The document with marks where IRIs are broken, and with nothing that takes the marks away again."""

    def text(s: str) -> str:
        if s.startswith("@"):
            return s
        out = re.sub("%(?![0-9A-Fa-f]{2})", chr(_MARK + ord("%")), s).translate(_MARKS)
        if _SCHEME.match(out):
            try:
                ox.NamedNode(out)
            except ValueError:
                return _BROKEN + s.encode("utf-8", "replace").hex()
        return out

    def context(c: Any) -> Any:
        if isinstance(c, list):
            return [context(item) for item in c] or c
        if c is None:
            return [None, {"@vocab": _UNMAPPED}]
        if not isinstance(c, dict):
            return c
        out = {text(k): context(v) if k == "@context" else meaning(k, v) for k, v in c.items()}
        if "@vocab" in c and c["@vocab"] is None:
            out["@vocab"] = _UNMAPPED
        if "@base" in c and c["@base"] is None:
            out["@base"] = base or _RELATIVE
        return out

    def meaning(key: str, m: Any) -> Any:
        if isinstance(m, dict):
            return {k: context(v) if k == "@context" else meaning(k, v) for k, v in m.items()}
        if isinstance(m, str):
            return _UNMAPPED + m if m.startswith("_:") and key not in ("@vocab", "@base") else text(m)
        return m

    def node(v: Any) -> Any:
        if isinstance(v, list):
            return [node(item) for item in v]
        if isinstance(v, str):
            return text(v)
        if not isinstance(v, dict):
            return v
        is_json = any(v.get(t) == "@json" for t in walk.aliases["@type"])
        out = {}
        for k, inner in v.items():
            if k == "@context":
                out[k] = context(inner)
            elif k in walk.json_terms or (is_json and k in walk.aliases["@value"]):
                out[text(k)] = inner
            else:
                out[text(k)] = node(inner)
        return out

    return node(value)


def _with_outer(document: Any, outer: list[Any]) -> Any:
    if isinstance(document, list):
        return [_with_outer(item, outer) for item in document]
    if not isinstance(document, dict):
        return document
    own = document.get("@context", [])
    return {**document, "@context": [*outer, *(own if isinstance(own, list) else [own])]}


def _check_language(tag: Any) -> None:
    if isinstance(tag, str) and not _LANGUAGE.fullmatch(tag):
        raise _Refused(f"'{tag}' is not a language tag (BCP 47); write it as in 'en' or 'en-GB'", tag)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        seen: set[str] = set()
        twice = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        raise _Refused(f"the key '{twice}' stands twice in one object; put its values in a list", twice)
    return out


def _no_constant(name: str) -> Any:
    raise _Refused(f"{name} is not JSON; write it as a typed value", name)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _Refused(
            f"the number {text[:40]} is beyond the range of xsd:double; write it as a typed value", text[:40]
        )
    return number


def _short(text: str) -> int:
    if len(text) > 1_000:
        raise _Refused(f"a number of {len(text)} digits is over the limit of 1000", text[:40])
    return int(text)


def _line(data: bytes, word: str) -> str:
    """`:LINE` of the last place of a word in a text, empty where it cannot be found."""
    if not word:
        return ""
    for form in (f'"{word}"', json.dumps(word), word):
        at = data.rfind(form.encode("utf-8", "replace"))
        if at >= 0:
            return ":" + str(data.count(b"\n", 0, at) + 1)
    return ""
