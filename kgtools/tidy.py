"""Data files in order: deterministic Turtle, every record on its shelf, and no comment lost on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kgtools import files
from kgtools.graph import KnowledgeGraph, load
from kgtools.rdf import read as reader
from kgtools.rdf.comments import Comments, read_comments
from kgtools.rdf.write import to_turtle
from kgtools.records.shelves import PREDICATES, Shelves
from kgtools.sparql.workers import spread

ROOT_FILE = "dataset.ttl"
"""The file that makes a folder the root of a data set, whose records have shelves."""


@dataclass(frozen=True, slots=True)
class Form:
    """How one Turtle file is written.

    Attributes:
        path: the file.
        text: its deterministic form; None where it has that already.
        within: the lines of comments inside a block, whose place cannot be kept.
        subjects: the records that it describes, in order.
    """

    path: Path
    text: bytes | None
    within: tuple[int, ...]
    subjects: tuple[str, ...]


@dataclass(slots=True)
class Tidied:
    """What :func:`tidy` did: the files written, those deleted as empty, and one message for each file refused."""

    written: list[Path] = field(default_factory=list)
    deleted: list[Path] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def forms(graph: KnowledgeGraph) -> list[Form]:
    """The form of each Turtle file that was loaded into a graph."""
    paths = [path for path, _ in graph.files if path.suffix == ".ttl"]
    return spread(_form, sorted(paths, key=lambda path: -path.stat().st_size))


def _form(path: Path) -> Form:
    text = reader.read_text(path)
    triples, comments = text.triples, read_comments(text.data)
    new = to_turtle(triples, comments)
    subjects = dict.fromkeys(t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode))
    return Form(path, None if new == path.read_bytes() else new, tuple(comments.within), tuple(subjects))


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A record that stands in the wrong file.

    Attributes:
        subject: its IRI.
        path: where it stands.
        target: where it belongs.
        follows: it belongs to another record that stands in the same file and must move as well.
    """

    subject: str
    path: Path
    target: Path
    follows: bool


def misplaced(graph: KnowledgeGraph, found: Iterable[Form]) -> Iterator[Misplaced]:
    """The records of a data set that stand in the wrong file.

    Args:
        graph: the loaded graph.
        found: the forms of its files; those in no data set (below no folder with a `dataset.ttl`) are passed over.
    """
    by_root: dict[Path, list[Form]] = defaultdict(list)
    for form in found:
        root = root_of(form.path)
        if root is not None:
            by_root[root].append(form)
    loaded = {path for path, _ in graph.files}
    for root, listed in by_root.items():
        whole = graph if loaded.issuperset(reader.files([root])) else load(root)
        shelves = Shelves(t for p in PREDICATES for t in whole.asserted(p))
        for form in listed:
            here = form.path.relative_to(root).as_posix()
            shelf = {subject: shelves.shelf(subject) for subject in form.subjects}
            for subject, target in shelf.items():
                if target is not None and target != here:
                    follows = shelf.get(shelves.owner(subject) or "", here) == target
                    yield Misplaced(subject, form.path, root / target, follows)


def root_of(path: Path) -> Path | None:
    """The nearest folder above a file that holds a `dataset.ttl`."""
    return next((folder for folder in path.parents if (folder / ROOT_FILE).is_file()), None)


def tidy(graph: KnowledgeGraph, *, drop_comments: bool = False) -> Tidied:
    """Rewrite the Turtle files of a graph in the deterministic form and put every record on its shelf.

    A comment before a block or at its end moves with it. A file with a comment inside a block is left as it is,
    and so is what would move into or out of it, unless `drop_comments`.

    Raises:
        InputError: a file cannot be written; nothing was changed then.
    """
    done = Tidied()
    found = forms(graph)
    moves: dict[Path, dict[str, Path]] = defaultdict(dict)
    for record in misplaced(graph, found):
        moves[record.path][record.subject] = record.target
    refused = {} if drop_comments else {form.path: form.within for form in found if form.within}
    touched = {path for source, records in moves.items() for path in (source, *records.values())}
    sheets: dict[Path, tuple[list[ox.Triple], Comments]] = {}
    for path in touched:
        text = reader.read_text(path) if path.exists() else None
        sheets[path] = (text.triples, read_comments(text.data)) if text else ([], Comments())
        if sheets[path][1].within and not drop_comments:
            refused[path] = tuple(sheets[path][1].within)
    new: dict[Path, list[ox.Triple]] = {path: [] for path in touched}
    for path, (triples, _) in sheets.items():
        going = {} if path in refused else moves.get(path, {})
        for t in triples:
            target = going.get(getattr(t.subject, "value", ""), path)
            new[target if target not in refused else path].append(t)
        for subject, target in going.items():
            if target not in refused:
                _move(sheets[path][1], sheets[target][1], ox.NamedNode(subject))
    with files.Writing() as out:
        for path in sorted(touched - refused.keys(), key=lambda p: len(moves.get(p, ()))):  # what receives comes first
            comments = sheets[path][1]
            if new[path] or len(comments):
                content = to_turtle(new[path], comments)
                if not path.exists() or path.read_bytes() != content:
                    done.written.append(out.stage(path, content))
            else:
                done.deleted.append(path)
        for form in found:
            if form.text is not None and form.path not in touched and form.path not in refused:
                done.written.append(out.stage(form.path, form.text))
        out.commit(done.written, delete=done.deleted)
    unsettled = {form.path for form in found if form.text is not None} | touched
    for path, lines in sorted(refused.items()):
        if path in unsettled:
            done.refused.append(
                f"{path}:{lines[0]}: a comment inside a block would be lost, so the file was left as it is; move the "
                "comment before the block, say it in a triple (rdfs:comment), or use --drop-comments"
            )
    return done


def _move(source: Comments, target: Comments, subject: ox.NamedNode) -> None:
    """Move the comments of one block."""
    for kept, moved in ((target.before, source.before), (target.after, source.after)):
        if subject in moved:
            kept.setdefault(subject, []).extend(moved.pop(subject))
