"""A fuzz target for the reader and the writers: whatever is given is refused with a message, or comes through whole.

    python tests/fuzz/reader.py --seconds 60

Guided by coverage where atheris is installed (extra `fuzz`), else by mutation of the seeds alone. An input that breaks
a promise is kept in `tests/fuzz/crashes/`, which `tests/test_fuzz.py` reads again for ever after.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

import pyoxigraph as ox

GUIDED = __name__ == "__main__" and importlib.util.find_spec("atheris") is not None
if GUIDED:
    import atheris

with atheris.instrument_imports(include=["kgtools"]) if GUIDED else nullcontext():
    from kgtools.errors import InputError
    from kgtools.rdf.blank import canonical
    from kgtools.rdf.rdfxml import to_rdf_xml
    from kgtools.rdf.read import check, text_of
    from kgtools.rdf.strict_json import prepare  # noqa: F401  # imported when first used, which is too late here
    from kgtools.rdf.strict_xml import check_xml  # noqa: F401
    from kgtools.rdf.write import to_turtle

HERE = Path(__file__).parent
CRASHES = HERE / "crashes"
SUFFIXES = (".ttl", ".nt", ".nq", ".trig", ".jsonld", ".rdf")
XSD = b"http://www.w3.org/2001/XMLSchema#"
SEEDS = [
    (".ttl", b'@prefix e: <http://e/> . e:a a e:C ; e:p [ e:q (1 1.50 "x"@en "07"^^<' + XSD + b"byte>) ] , '''y''' ."),
    (".ttl", b'@prefix e: <http://e/> .\n_:x e:p <<( e:a e:p "2024-01-01T24:00:00"^^<' + XSD + b"dateTime> )>> . # c\n"),
    (".nt", b'<http://a> <http://p> "a\\u0001\\n\\"\\U0001F600" .\n_:b <http://p> _:b .\n'),
    (".nq", b'<http://a> <http://p> "1"^^<' + XSD + b"decimal> <http://g> .\n"),
    (".trig", b"@prefix e: <http://e/> . e:g { e:a e:p [] , () } _:h { e:a e:p 1e0 }"),
    (".jsonld", b'{"@context": {"e": "http://e/", "l": {"@id": "e:l", "@container": "@language"}, "@base": "http://b/"},'
                b' "@id": "e:a", "@type": "e:C", "e:p": [1, 1.5, null, {"@list": ["x"]}], "l": {"en": "y"}}'),
    (".rdf", b'<?xml version="1.0"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
             b'<e:C rdf:about="http://a"><e:p xml:lang="en">x&amp;<!-- c --></e:p><e:q rdf:parseType="Collection">'
             b'<rdf:Description rdf:nodeID="n"/></e:q></e:C></rdf:RDF>'),
]  # fmt: skip


def one_input(suffix: str, data: bytes) -> str:
    """Put one input through reader and writers; what became of it.

    Raises:
        AssertionError: what was accepted does not come through Turtle, N-Triples or RDF/XML as it was.
        Exception: anything but an InputError is a fault.
    """
    try:
        triples = check(text_of(Path("input" + suffix), data)).triples
    except InputError:
        return "refused"
    wanted = set(canonical(triples))
    _same(ox.RdfFormat.TURTLE, to_turtle(triples), wanted)
    _same(ox.RdfFormat.N_TRIPLES, "".join(f"{t} .\n" for t in triples).encode(), wanted)
    try:
        text = to_rdf_xml(triples)
    except InputError:
        return "accepted, not for RDF/XML"
    check(text_of(Path("output.rdf"), text))
    _same(ox.RdfFormat.RDF_XML, text, wanted)
    return "accepted"


def _same(form: ox.RdfFormat, text: bytes, wanted: set[ox.Triple]) -> None:
    again = set(canonical(q.triple for q in ox.parse(text, format=form)))
    assert again == wanted, f"{form.name}: {sorted(map(str, again ^ wanted))[:2]}"


def main(seconds: float, seed: int) -> None:
    outcomes: Counter[str] = Counter()
    faults: set[str] = set()
    end = time.monotonic() + seconds

    def target(data: bytes) -> None:
        if time.monotonic() > end:
            _report(outcomes, faults)
        suffix, body = SUFFIXES[data[0] % len(SUFFIXES)] if data else ".ttl", data[1:]
        started = time.monotonic()
        try:
            outcomes[one_input(suffix, body)] += 1
        except Exception as error:  # noqa: BLE001  # any other error is what is looked for
            outcomes["fault"] += 1
            kind = f"{type(error).__name__}: {str(error)[:80]}"
            if kind not in faults:
                faults.add(kind)
                CRASHES.mkdir(exist_ok=True)
                (CRASHES / f"{hashlib.sha256(body).hexdigest()[:12]}{suffix}").write_bytes(body)
        if time.monotonic() - started > 5:
            faults.add(f"slow: {len(body)} bytes of {suffix} took {time.monotonic() - started:.0f} s")

    seeds = [bytes([SUFFIXES.index(suffix)]) + body for suffix, body in SEEDS]
    if GUIDED:
        _guided(target, seeds, seconds, seed)
    chance = random.Random(seed)
    while True:
        target(_mutated(chance, seeds))


def _guided(target: object, seeds: list[bytes], seconds: float, seed: int) -> None:
    corpus = Path(tempfile.mkdtemp(prefix="kgtools-fuzz-"))
    for n, body in enumerate(seeds):
        (corpus / str(n)).write_bytes(body)
    options = [
        sys.argv[0],
        str(corpus),
        f"-max_total_time={seconds + 30:.0f}",
        f"-seed={seed}",
        "-max_len=2000",
        "-verbosity=0",
    ]
    atheris.Setup(options, target)
    atheris.Fuzz()


def _mutated(chance: random.Random, seeds: list[bytes]) -> bytes:
    body = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(1, len(body) + 1)
        kind = chance.randrange(5)
        if kind == 0:
            body[at:at] = chance.choice(
                (b'"', b"\\", b"[", b"(", b"<", b"\x00", b"\xff", b"{", b"@", b"_:", b"^^", b"#", b"'''")
            )
        elif kind == 1:
            del body[at : at + chance.randint(1, 8)]
        elif kind == 2 and at < len(body):
            body[at] = chance.randrange(256)
        elif kind == 3:
            other = chance.choice(seeds)
            start = chance.randrange(1, len(other))
            body[at:at] = other[start : start + chance.randint(1, 40)]
        else:
            body[at:at] = body[at : at + chance.randint(1, 20)] * chance.randint(1, 5)
    return bytes(body)


def _report(outcomes: Counter[str], faults: set[str]) -> None:
    told = ", ".join(f"{n:,} {what}" for what, n in sorted(outcomes.items()))
    sys.stdout.write(f"{sum(outcomes.values()):,} inputs: {told}\n")
    for fault in sorted(faults):
        sys.stdout.write(f"fault: {fault}\n")
    sys.stdout.flush()
    os._exit(1 if faults else 0)  # atheris has its own ideas of how a process ends


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    main(given.seconds, given.seed)
