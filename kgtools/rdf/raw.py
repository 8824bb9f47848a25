"""The raw text of an RDF file: regular files and standard input only, of bounded size, in UTF-8, and what they claim to be."""

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
import sys
from pathlib import Path

import pyoxigraph as ox

from kgtools.errors import InputError

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
}
STANDARD_INPUT = Path("-")
MAX_BYTES = 256 * 2**20
"""The largest file that is read unless more is asked for."""

_ARCHIVES = {".gz", ".tgz", ".bz2", ".xz", ".zip", ".tar", ".7z", ".zst", ".rar", ".hdt", ".br", ".lz", ".lzma"}
_TEXTUAL = {ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG}
_MAGIC = [
    (b"\x1f\x8b", "gzip; decompress it first"),
    (b"BZh", "bzip2; decompress it first"),
    (b"\xfd7zXZ\x00", "xz; decompress it first"),
    (b"\x28\xb5\x2f\xfd", "Zstandard; decompress it first"),
    (b"PK\x03\x04", "a zip archive (or an office document); unpack it first"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"$HDT", "an HDT file; convert it to N-Triples first"),
    (b"%PDF", "a PDF; RDF is needed"),
    (b"SQLite format 3\x00", "an SQLite database; RDF is needed"),
    (b"\x7fELF", "a program; RDF is needed"),
    (b"\xff\xfe\x00\x00", "UTF-32 (byte order mark at byte 0); save it as UTF-8"),
    (b"\x00\x00\xfe\xff", "UTF-32 (byte order mark at byte 0); save it as UTF-8"),
    (b"\xff\xfe", "UTF-16 (byte order mark at byte 0); save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 (byte order mark at byte 0); save it as UTF-8"),
]
_PROLOGUE = rb"\s*(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:[^-]|-(?!->))*+-->\s*+)*"
_HTML = re.compile(_PROLOGUE + rb"<(?:!doctype\s+html|html|head|body|title|meta)\b", re.IGNORECASE)
_XML = re.compile(_PROLOGUE + rb"(?:<\?xml\s|<!doctype\s+\w*:?rdf\b|<(?:\w+:)?RDF[\s>])", re.IGNORECASE)
_JSON = re.compile(rb'\s*(?:\{\s*"|\[\s*[{"])')
_TURTLE = re.compile(
    rb"\s*(?:#[^\n]*\n\s*)*(?:@prefix\b|@base\b|prefix\s+\S*:\s*<|base\s+<|<[^<>\s]+>\s+<|_:\S+\s+<)", re.IGNORECASE
)
_ANNEX = re.compile(rb"(?:/annex/objects/|(?:\.\./)*\.git/annex/objects/)\S+\s*$")


def fetch(path: Path, *, max_bytes: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file, or of standard input where the path is `-`.

    Raises:
        InputError: it is missing, unreadable, larger than `max_bytes`, or no regular file (a pipe, a device, a folder).
    """
    if path == STANDARD_INPUT:
        if sys.stdin is None:
            raise InputError("standard input: it is closed; give a file")
        return _capped("standard input", sys.stdin.buffer.read(max_bytes + 1), max_bytes)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise InputError(
                f"{path}: this is {_kind(about.st_mode)}, not a regular file; give a file, or - for standard input"
            )
        if about.st_size > max_bytes:
            _refuse_size(str(path), about.st_size, max_bytes)
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as source:
            if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
                raise InputError(f"{path}: this is not a regular file; give a file")
            return _capped(str(path), source.read(max_bytes + 1), max_bytes)
    except OSError as error:
        why = "a link that leads to itself" if error.errno == errno.ELOOP else error.strerror
        raise InputError(f"{path}: cannot be read: {why}; check the path and its rights") from error
    except ValueError as error:
        raise InputError(f"{str(path)!r}: cannot be the name of a file: {error}") from error


def form_of(path: Path, raw: bytes) -> ox.RdfFormat:
    """The syntax of a file by its name; of standard input by its first characters.

    Raises:
        InputError: no RDF syntax goes by that name.
    """
    if path == STANDARD_INPUT:
        return _sniffed(raw)
    suffix = path.suffix.lower()
    if suffix in FORMATS:
        return FORMATS[suffix]
    if suffix in _ARCHIVES:
        raise InputError(f"{path}: archives and compressed files are not read; unpack it and give the RDF files in it")
    raise InputError(f"{path}: unknown file type '{path.suffix}'; use one of {' '.join(FORMATS)}")


def utf8(path: Path, raw: bytes, form: ox.RdfFormat) -> bytes:
    """The bytes without a byte order mark, known to be UTF-8 and not plainly something else than their name says.

    Raises:
        InputError: they are not; it names what they look like, or the byte that is not UTF-8.
    """
    looks = _looks_like(raw, form)
    if looks:
        raise InputError(f"{path}: this looks like {looks}")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    decoder, view, step = codecs.getincrementaldecoder("utf-8")(), memoryview(raw), 2**20
    for start in range(0, max(len(raw), 1), step):
        try:
            decoder.decode(view[start : start + step], final=start + step >= len(raw))
        except UnicodeDecodeError as error:
            at = min(start + step, len(raw)) - len(error.object) + error.start
            line = raw.count(b"\n", 0, at) + 1
            raise InputError(
                f"{path}:{line}: not UTF-8 at byte {at} (0x{raw[at]:02x}); save the file as UTF-8"
            ) from error
    return raw


def _looks_like(raw: bytes, form: ox.RdfFormat) -> str | None:
    for magic, kind in _MAGIC:
        if raw.startswith(magic):
            return kind
    if raw[257:262] == b"ustar":
        return "a tar archive; unpack it first"
    head = raw[:4096].removeprefix(codecs.BOM_UTF8)
    if head[:2].count(b"\x00") == 1 and not head[:2].isspace():
        return "UTF-16 without a byte order mark (a NUL byte in the first two bytes); save it as UTF-8"
    if head[:4].count(b"\x00") == 3:
        return "UTF-32 without a byte order mark (NUL bytes in the first four); save it as UTF-8"
    if head.startswith(b"version https://git-lfs"):
        return "a pointer to a large file (Git LFS); fetch the file itself"
    if len(raw) < 4096 and _ANNEX.match(raw):
        return "a pointer to a large file (git-annex); fetch the file itself"
    if _HTML.match(head):
        return "HTML; download the data itself, not the page about it"
    if form != ox.RdfFormat.RDF_XML and _XML.match(head):
        return "XML; RDF/XML is named .rdf or .owl"
    if form != ox.RdfFormat.JSON_LD and _JSON.match(head):
        return "JSON; JSON-LD is named .jsonld (and an error message of a server is no data)"
    if form not in _TEXTUAL and _TURTLE.match(head):
        return "Turtle; name it .ttl"
    return None


def _sniffed(raw: bytes) -> ox.RdfFormat:
    head = raw[:4096].removeprefix(codecs.BOM_UTF8)
    if _XML.match(head):
        return ox.RdfFormat.RDF_XML
    if _JSON.match(head):
        return ox.RdfFormat.JSON_LD
    four = rb"(?m)^\s*(?:<[^<>\s]*>|_:\S+)\s+<[^<>\s]*>\s+\S.*\s(?:<[^<>\s]*>|_:\S+)\s*\.\s*$"
    return ox.RdfFormat.N_QUADS if re.search(four, head) else ox.RdfFormat.TRIG


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"


def _capped(name: str, raw: bytes, max_bytes: int) -> bytes:
    if len(raw) > max_bytes:
        _refuse_size(name, None, max_bytes)
    return raw


def _refuse_size(name: str, size: int | None, max_bytes: int) -> None:
    has = f"{size:,} bytes are" if size else "it is"
    raise InputError(
        f"{name}: {has} over the limit of {max_bytes:,} bytes; split the file, or allow more (max_bytes, --max-bytes)"
    )
