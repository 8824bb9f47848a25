"""The comments of a Turtle text and the subjects to which they belong, so that a rewriting can keep them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pyoxigraph as ox

_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|' + r"'''(?:[^\\]|\\.)*?'''|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'(?:[^'\\\n]|\\.)*'|"
    r"(?P<comment>#[^\n\r]*)|<<\(?|\)?>>|(?P<iri><[^<>\s]*>)|@[A-Za-z]+(?:-[A-Za-z0-9]+)*|"
    r"(?P<open>[\[({])|(?P<close>[\])}])|(?P<word>\.(?![0-9])|(?:\\.|[^\s<>\"'#\[\](){};,\\])+)|[;,]",
    re.DOTALL,
)
_DIRECTIVES = {"@prefix", "@base", "@version", "prefix", "base", "version"}


@dataclass(slots=True)
class Comments:
    """The comments of one Turtle text; each line with its `#`.

    Attributes:
        head: those before and among the prefixes.
        before: those directly before the block of a subject.
        after: the one on the line on which the block of a subject ends.
        tail: those after the last block.
        within: the lines, from 1, on which a comment stands within a block: a rewriting cannot keep its place.
    """

    head: list[str] = field(default_factory=list)
    before: dict[object, list[str]] = field(default_factory=dict)
    after: dict[object, list[str]] = field(default_factory=dict)
    tail: list[str] = field(default_factory=list)
    within: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        """How many comments can be kept."""
        listed = [*self.before.values(), *self.after.values()]
        return len(self.head) + len(self.tail) + sum(map(len, listed))


def read_comments(data: bytes) -> Comments:
    """The comments of a Turtle text that parses.

    >>> found = read_comments(b"# seen twice\\n<a:b> <a:p> 'a # b' , # one\\n 2 .")
    >>> found.before, found.within
    ({<NamedNode value=a:b>: ['# seen twice']}, [2])
    """
    found = Comments()
    if b"#" not in data:
        return found
    text = data.decode()
    waiting: list[tuple[str, int]] = []
    directives: list[str] = []
    start = depth = 0
    subject: object = None
    subjects: list[object] = []
    at: str | None = None  # the first token of the statement in which we are
    ended: int | None = None  # where the last statement ended
    for match in _TOKEN.finditer(text):
        token, kind = match.group(), match.lastgroup
        if kind == "comment":
            if at is not None:
                found.within.append(text.count("\n", 0, match.start()) + 1)
            elif ended is not None and "\n" not in text[ended : match.start()]:
                if subject is None:
                    found.head.append(token)
                elif subject in found.after:
                    found.before.setdefault(subject, []).append(token)
                else:
                    found.after[subject] = [token]
            else:
                waiting.append((token, match.start()))
            continue
        if at is None:
            at, start, depth = token.lower(), match.start(), 0
            if at in _DIRECTIVES:
                subject = None
                found.head += [line for line, _ in waiting]
                waiting = []
            else:
                subject = _subject(token, kind, directives)
                if waiting and subject is None:
                    found.within += [text.count("\n", 0, place) + 1 for _, place in waiting]
                elif waiting:
                    found.before.setdefault(subject, []).extend(line for line, _ in waiting)
                waiting = []
                subjects.append(subject)
        depth += (kind == "open") - (kind == "close")
        if at in _DIRECTIVES:
            last = kind == "word" and token.endswith(".") if at.startswith("@") else token[0] in "<\"'"
        else:
            last = kind == "word" and token.endswith(".") and not token.endswith("\\.") and depth == 0
        if last:
            if at in _DIRECTIVES:
                directives.append(text[start : match.end()])
            elif subject is None:
                subject = _NAMELESS
            at, ended = None, match.end()
    found.tail += [line for line, _ in waiting]
    lost = found.after.pop(_NAMELESS, []) + found.before.pop(_NAMELESS, [])
    found.within += [text.count("\n", 0, text.find(line)) + 1 for line in lost]
    return found


_NAMELESS = object()


def _subject(token: str, kind: str | None, directives: list[str]) -> object:
    """The term of a subject's token; None where the subject has no name of its own."""
    if kind not in ("iri", "word"):
        return None
    try:
        (triple,) = ox.parse("\n".join([*directives, f"{token} <urn:p> <urn:o> ."]), format=ox.RdfFormat.TURTLE)
    except (SyntaxError, ValueError):
        return None
    return triple.subject
