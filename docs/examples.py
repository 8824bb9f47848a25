"""The code blocks of README and docs: run a command, Python or SPARQL, and print the block with its whole output.

Cog calls these functions from the comments above each block. `make docs-refresh` writes the blocks anew, a test
only compares (`cog --check` in process). Everything runs in this process on one loaded graph, because a fresh
command costs seconds: the output is that of a person's terminal, 100 columns wide and without colours.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from textwrap import dedent, wrap
from typing import Any
from unittest.mock import patch

import kgtools
import kgtools.cli.limits
import kgtools.graph
import kgtools.inference
import kgtools.question
from kgtools.cli.app import app, main
from kgtools.graph import KnowledgeGraph, load
from kgtools.inference import Inference, infer
from kgtools.rdf.read import DEFAULT

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = "100"
CUT = "…"
SECONDS = re.compile(r"(?<= )\d+\.\d\d(?= )")
"""What a clock measured, which differs from run to run."""
TODAY = datetime.now(UTC).date().isoformat()
_namespace: dict[str, Any] = {}


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Beside(io.StringIO):
    """Standard error that lands where standard output does, but is no terminal: no progress is shown."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._terminal = terminal

    def write(self, text: str) -> int:
        return self._terminal.write(text)


def console(line: str, *, rows: int | None = None, status: int = 0) -> None:
    """Print a console block: the command line and everything it prints.

    Args:
        line: `kgtools …`, or `echo '…' | kgtools …`, or `kgtools … < file`.
        rows: keep this many lines of the output and mark the cut with `…`.
        status: the exit status that the command must end with; one that is not 0 is shown.

    Raises:
        AssertionError: the command ended with another exit status.
    """
    ended, output = run(line)
    assert ended == status, f"{line}: exit status {ended}, not {status}\n{output[:500]}"
    output = output.replace(TODAY, CUT)
    output = SECONDS.sub(lambda seconds: CUT.rjust(len(seconds[0])), output)
    lines = [text.rstrip() for text in output.rstrip("\n").split("\n")] if output.strip() else []
    assert lines, f"{line}: it prints nothing"
    if rows is not None and len(lines) > rows:
        lines = [*lines[:rows], CUT]
    if ended:
        lines += ["$ echo $?", str(ended)]
    print("\n".join(["```console", f"$ {line}", *lines, "```"]))


def python(code: str) -> None:
    """Print a Python block, and what it prints; the blocks of a page share their names."""
    code = dedent(code).strip()
    with _at_home(), redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, "<example>", "exec"), _namespace)
    print(f"```python\n{code}\n```")
    if printed.getvalue():
        print(f"\n```text\n{printed.getvalue().rstrip()}\n```")


def sparql(text: str, *, rows: int | None = None) -> None:
    """Print a SPARQL query, and its answer as `kgtools query -` prints it."""
    text = dedent(text).strip()
    ended, output = run("kgtools query -", stdin=text)
    assert ended == 0, output[:500]
    lines = [line.rstrip() for line in output.rstrip("\n").split("\n")]
    if rows is not None and len(lines) > rows:
        lines = [*lines[:rows], CUT]
    print("\n".join(["```sparql", text, "```", "", "```text", *lines, "```"]))


def include(name: str) -> None:
    """Print a file of the repository as a block."""
    print(f"```turtle\n{(ROOT / name).read_text(encoding='utf-8').strip()}\n```")


def commands() -> None:
    """Print each command's help, and what the examples in it print."""
    for command in app.registered_commands:
        name = command.name or command.callback.__name__
        print(f"## {name}\n")
        console(f"kgtools {name} --help")
        print()
        for line in examples_of(command.callback.__doc__):
            if "--watch" in line:
                print("The last example runs until it is interrupted.\n")
                continue
            console(line, rows=12)
            print()


def examples_of(help_text: str | None) -> list[str]:
    """The command lines that the text of a command gives as examples."""
    return re.findall(r"^ *Example: (.*)$", help_text or "", re.MULTILINE)


def questions() -> None:
    """Print each question with its parameters, its columns, and how the answer to its example begins."""
    for question in kgtools.questions().values():
        print(f"## {question.name}\n\n{question.summary}\n")
        for p in question.parameters:
            print(f"- `{p.name}` ({p.type}, default `{p.default}`): {p.meaning}")
        print("- Columns: " + "; ".join(f"`{column}` {meaning}" for column, meaning in question.columns) + "\n")
        console(question.example, rows=10)
        print()


def numbers() -> None:
    """Print the size of the data set in a sentence."""
    with _at_home():
        graph = kgtools.load()
        kgtools.infer(graph)
    found = kgtools.stats(graph)
    counted = (
        f"The graph holds {found.events[0]:,} events from {min(found.years)} to {max(found.years)}, "
        f"{found.classes['ipp:Person']:,} people with the offices they held, "
        f"{found.classes['ipp:Instrument']:,} agreements and declarations, "
        f"{found.classes['ipp:Commitment']:,} promises and {found.classes['ipp:Source']:,} sources. "
        f"It is up to date as of {graph.as_of_date()}."
    )
    print("\n".join(wrap(counted, 120)))


def run(line: str, *, stdin: str = "") -> tuple[int, str]:
    """Run one command line of `kgtools` in this process; its exit status and what the terminal shows."""
    if line.startswith("echo "):
        echo, _, line = line.partition(" | ")
        stdin = shlex.split(echo)[1] + "\n"
    line, _, source = line.partition(" < ")
    program, *arguments = shlex.split(line)
    assert program == "kgtools", f"{line}: only kgtools can be run here"
    assert "--fix" not in arguments, f"{line}: it would change the data"
    assert arguments[:1] != ["new"] or "--dry-run" in arguments or len(arguments) < 3, (
        f"{line}: it would change the data"
    )
    terminal = Terminal()
    with _at_home(), redirect_stdout(terminal), redirect_stderr(Beside(terminal)):
        given = io.StringIO(Path(source.strip()).read_text(encoding="utf-8") if source else stdin)
        with patch.object(sys, "stdin", given), patch.object(sys, "argv", ["kgtools", *arguments]):
            try:
                main()
                ended = 0
            except SystemExit as stop:
                ended = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return ended, terminal.getvalue()


def forget() -> None:
    """Start a page: no names, an empty working folder."""
    _namespace.clear()
    _workplace.cache_clear()


@cache
def _workplace() -> tempfile.TemporaryDirectory[str]:
    """A folder in which the repository's folders are at hand and files may be written."""
    folder = tempfile.TemporaryDirectory(prefix="kgtools-docs-")
    for name in ("data", "docs", "ontology", "queries"):
        (Path(folder.name) / name).symlink_to(ROOT / name)
    return folder


@contextmanager
def _at_home() -> Iterator[None]:
    """The surroundings of an example: the working folder, a fixed terminal, and one graph for all."""
    before = Path.cwd()
    terminal = {"COLUMNS": COLUMNS, "LINES": "50", "TERM": "dumb", "NO_COLOR": "1"}
    os.chdir(_workplace().name)
    try:
        with (
            patch.dict(os.environ, terminal),
            patch.object(kgtools.graph, "load", _load),
            patch.object(kgtools.inference, "infer", _infer),
            patch.object(kgtools.question, "infer", _infer),
            patch.object(kgtools.cli.limits, "can_fork", lambda: False),
        ):
            yield
    finally:
        os.chdir(before)


@cache
def _bundled() -> KnowledgeGraph:
    return load()


@cache
def _inference() -> Inference:
    return infer(_bundled())


def _load(*paths: Path, **named: Any) -> KnowledgeGraph:
    """`kgtools.load`, which reads the bundled data once and forgets what was inferred since."""
    if paths or named.get("reading", DEFAULT) != DEFAULT or named.get("ontology"):
        return load(*paths, **named)
    _bundled().set_entailed([])
    return _bundled()


def _infer(graph: KnowledgeGraph, **named: Any) -> Inference:
    """`kgtools.infer`, which infers from the bundled data once."""
    if named.get("engine", "compiled") != "compiled" or graph is not _bundled():
        return infer(graph, **named)
    found = _inference()
    graph.set_entailed(found.closure.triples)
    return found
