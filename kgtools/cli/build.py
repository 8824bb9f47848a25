"""`kgtools build`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgtools.cli.common import Json, Paths, print_table, progress


def build(
    paths: Paths = None,
    out: Annotated[Path, typer.Option(help="The folder for the exports.")] = Path("build"),
    as_json: Json = False,
) -> None:
    """Run the full build: read, lint, validate, infer, questions, export.

    Example: kgtools build --out build
    """
    from kgtools.pipeline import build as run

    with progress() as tell:
        result = run(*(paths or ()), out=out, on_step=tell)
    if as_json:
        typer.echo(result.to_json())
    else:
        print_table(
            ["step", "counted", "seconds", "outcome"],
            [
                [s.name, s.counted, f"{s.seconds:6.2f}", f"{len(s.faults)} at fault" if s.faults else "ok"]
                for s in result.steps
            ],
        )
        for step in result.steps:
            for fault in step.faults:
                typer.echo(f"{step.name}: {fault}", err=True)
    raise typer.Exit(0 if result.clean else 1)
