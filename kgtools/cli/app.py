"""The command line: a thin mirror of the library, one command a module.

Exit status: 0 done and clean; 1 the data or an answer is at fault; 2 the call or an input is at fault;
3 a limit was hit.
"""

from __future__ import annotations

import gc
import sys
from typing import Annotated

import typer

from kgtools.cli.build import build
from kgtools.cli.common import reading_options
from kgtools.cli.diff import diff
from kgtools.cli.disputes import disputes
from kgtools.cli.due import due
from kgtools.cli.export import export
from kgtools.cli.find import find
from kgtools.cli.infer import infer
from kgtools.cli.limits import limited, status_of
from kgtools.cli.lint import lint
from kgtools.cli.new import new
from kgtools.cli.output import guard, unguard
from kgtools.cli.query import query
from kgtools.cli.questions import questions
from kgtools.cli.show import show
from kgtools.cli.stats import stats
from kgtools.cli.validate import validate
from kgtools.cli.why import why

app = typer.Typer(
    name="kgtools",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (
    build,
    validate,
    lint,
    infer,
    query,
    questions,
    show,
    why,
    due,
    disputes,
    diff,
    find,
    new,
    export,
    stats,
):
    app.command()(limited(command))


def _version(asked: bool) -> None:
    if asked:
        from kgtools import __version__

        typer.echo(f"kgtools {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    base: Annotated[str | None, typer.Option(help="The IRI against which relative IRIs in files are resolved.")] = None,
    max_bytes: Annotated[int | None, typer.Option(help="The largest file that is read, in bytes.")] = None,
    entities: Annotated[
        bool, typer.Option("--entities", help="Read RDF/XML whose DOCTYPE has internal entities of plain text.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """The Indo-Pacific Partnership Knowledge Graph: read, validate, infer, ask, export."""
    context.color = True  # nothing is cut out of what goes into a pipe
    given = {"base": base, "max_bytes": max_bytes, "entities": entities}
    reading_options.clear()
    reading_options.update({name: value for name, value in given.items() if value})


def main() -> None:
    """Run the command line; an error of ours is one line on standard error and its own exit status."""
    # A short process that builds millions of small tuples spends a fifth of its time looking for cycles among them.
    gc.set_threshold(200_000, 50, 50)
    guard()
    try:
        status = status_of(lambda: app(prog_name="kgtools"))
    finally:
        unguard()
    sys.exit(status)
