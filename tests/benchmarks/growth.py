"""How the cost of each kind of constraint grows: `python growth.py [KIND ...]` prints one line for each.

Each kind has data and a shape of a size n (large enough for several processes at both): a hub with n values, n nodes that share a value, a list of n members. It
is validated at n and at 4n; the exponent is the power of n with which the CPU time grew. The number of results is
known beforehand and does not depend on n but where a kind says so.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from kgtools.shacl.report import Report
from kgtools.shacl.validate import validate
from kgtools.sparql.oxigraph import OxigraphEngine

PREFIXES = """@prefix e: <http://e/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@dataclass(frozen=True)
class Kind:
    """One kind of constraint.

    Attributes:
        data: Turtle text of size n.
        shapes: Turtle text of size n.
        results: how many results there are.
        size: the smaller n that is measured.
    """

    data: Callable[[int], str]
    shapes: Callable[[int], str]
    results: int
    size: int = 8_000


def _hub(predicate: str, value: Callable[[int], str]) -> Callable[[int], str]:
    """One node with n values."""
    return lambda n: "e:hub a e:C . " + "".join(f"e:hub {predicate} {value(i)} . " for i in range(n))


def _each(text: Callable[[int], str]) -> Callable[[int], str]:
    """n nodes with some triples each."""
    return lambda n: "".join(f"e:a{i} a e:C . {text(i)} " for i in range(n))


def _also(*parts: Callable[[int], str]) -> Callable[[int], str]:
    return lambda n: "".join(part(n) for part in parts)


def _at(path: str, text: str) -> Callable[[int], str]:
    """A shape of one path, whatever the size."""
    return lambda n: f"e:s a sh:NodeShape ; sh:targetClass e:C ; sh:property [ sh:path {path} ; {text} ] ."


def _list(form: str, member: Callable[[int], str]) -> Callable[[int], str]:
    """A shape with a list of n members."""
    return lambda n: _at("e:p", form.format(" ".join(map(member, range(n)))))(n)


_numbers, _later = _hub("e:p", str), lambda n: _hub("e:q", lambda i: str(n + i))(n)
_siblings = "sh:qualifiedValueShape [ sh:class e:{} ] ; {} 3 ; sh:qualifiedValueShapesDisjoint true"
KINDS = {
    "maxCount": Kind(_numbers, _at("e:p", "sh:maxCount 5"), 1),
    "minCount": Kind(_numbers, _at("e:p", "sh:minCount 100"), 0),
    "qualified count": Kind(
        _also(_hub("e:p", "e:v{}".format), lambda n: "".join(f"e:v{i} a e:V . " for i in range(n))),
        _at("e:p", "sh:qualifiedValueShape [ sh:class e:V ] ; sh:qualifiedMaxCount 3"),
        1,
    ),
    "qualified siblings": Kind(
        _also(_hub("e:p", "e:v{}".format), lambda n: "".join(f"e:v{i} a e:{'VW'[i % 2]} . " for i in range(n))),
        lambda n: (
            f"e:s a sh:NodeShape ; sh:targetClass e:C ; sh:property [ sh:path e:p ; {_siblings.format('V', 'sh:qualifiedMaxCount')} ] , "
            f"[ sh:path e:p ; {_siblings.format('W', 'sh:qualifiedMinCount')} ] ."
        ),
        1,
    ),
    "lessThan": Kind(_also(_numbers, _later), _at("e:p", "sh:lessThan e:q"), 0),
    "lessThan, one wrong": Kind(
        _also(_numbers, _later, lambda n: f"e:hub e:p {n} . "), _at("e:p", "sh:lessThan e:q"), 1
    ),
    "equals": Kind(
        _also(_numbers, _hub("e:q", str), lambda n: "e:hub e:p -1 . "), _at("e:p", "sh:equals e:q"), 1
    ),
    "disjoint": Kind(_also(_numbers, _later, lambda n: "e:hub e:q 0 . "), _at("e:p", "sh:disjoint e:q"), 1),
    "uniqueLang": Kind(_hub("e:p", '"x"@en-x-{}'.format), _at("e:p", "sh:uniqueLang true"), 0),
    "in": Kind(_also(_numbers, lambda n: "e:hub e:p -1 . "), _list("sh:in ( {} )", str), 1),
    "languageIn": Kind(lambda n: 'e:hub a e:C ; e:p "x"@zz .', _list("sh:languageIn ( {} )", '"x-{}"'.format), 1, 500),
    "or of few": Kind(
        _each(lambda i: f"e:a{i} e:p {i} ."),
        _at("e:p", "sh:or ( [ sh:datatype xsd:string ] [ sh:not [ sh:datatype xsd:integer ] ] [ sh:minInclusive 0 ] )"),
        0,
    ),
    "or of many": Kind(
        lambda n: "e:hub a e:C ; e:p e:v .",
        _list("sh:or ( {} )", "[ sh:property [ sh:path e:r{} ; sh:minCount 1 ] ]".format),
        1,
        500,
    ),
    "not of not": Kind(
        _each(lambda i: f"e:a{i} e:p e:v{i} . e:v{i} e:q 1 ."),
        _at("e:p", "sh:not [ sh:not [ sh:not [ sh:property [ sh:path e:q ; sh:minCount 2 ] ] ] ]"),
        0,
    ),
    "closed": Kind(
        _each(lambda i: f"e:a{i} e:p {i} ."),
        lambda n: "e:s sh:targetClass e:C ; sh:closed true ; sh:ignoredProperties ( rdf:type e:p ) .",
        0,
    ),
    "class": Kind(
        _each(lambda i: f"e:a{i} e:p e:v{i} . e:v{i} a e:V{i % 20} . e:V{i % 20} rdfs:subClassOf e:V ."),
        _at("e:p", "sh:class e:V"),
        0,
    ),
    "inverse path": Kind(
        _each(lambda i: f"e:b{i} e:p e:a{i} . e:c{i} e:q e:b{i} ."),
        _at("( [ sh:inversePath e:p ] [ sh:inversePath e:q ] )", "sh:nodeKind sh:IRI ; sh:maxCount 1"),
        0,
    ),
    "sequence over a hub": Kind(
        _each(lambda i: f"e:a{i} e:p e:hub . e:hub e:q e:b{i} . e:b{i} e:r e:end ."),
        _at("( e:p e:q e:r )", "sh:maxCount 1 ; sh:minCount 1 ; sh:nodeKind sh:IRI"),
        0,
    ),
    "transitive path": Kind(
        _each(lambda i: f"e:a{i} e:p e:b{i} . e:b{i} e:p e:c{i} ."),
        _at("[ sh:zeroOrMorePath e:p ]", "sh:nodeKind sh:IRI"),
        0,
    ),
    "targetNode": Kind(
        _each(lambda i: f"e:a{i} e:p 1 ."),
        lambda n: f"e:s sh:targetNode {' , '.join(f'e:a{i}' for i in range(n))} ; sh:property [ sh:path e:p ; sh:minCount 1 ] .",
        0,
    ),
}  # fmt: skip


def _triples(text: str) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)]


def run(kind: Kind, size: int) -> tuple[float, Report]:
    """Validate one kind at one size: seconds of CPU, those of children included, and the report."""
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in _triples(kind.data(size)))
    shapes = _triples(kind.shapes(size))
    start = sum(_cpu())
    report = validate(OxigraphEngine(store), shapes)
    return sum(_cpu()) - start, report


def _cpu() -> tuple[float, float]:
    import resource

    return time.process_time(), sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def main(names: list[str]) -> None:
    print(f"{'kind':22} {'n':>6} {'at n':>8} {'at 4n':>8}  exponent")
    for name in names or KINDS:
        kind = KINDS[name]
        (small, one), (large, other) = run(kind, kind.size), run(kind, 4 * kind.size)
        wrong = "" if len(one) == len(other) == kind.results and not one.handed_over else "  WRONG"
        exponent = math.log(large / small, 4)
        print(f"{name:22} {kind.size:>6} {small:>8.3f} {large:>8.3f}  {exponent:.2f}{wrong}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
