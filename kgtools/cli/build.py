"""`kgtools build`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kgtools.cli.common import Json, Paths, print_table, progress


def build(
    paths: Paths = None,
    out: Annotated[Path, typer.Option(help="The folder for the exports.")] = Path("build"),
    as_json: Json = False,
) -> None:
    """Run the whole job: gate, lint, validate, infer, questions, export.

    Example: kgtools build --out build
    """
    from kgtools.pipeline import build as run

    with progress() as tell:
        result = run(*(paths or ()), out=out, on_station=tell)
    if as_json:
        rows = [
            {
                "station": s.name,
                "counted": s.counted,
                "seconds": round(s.seconds, 3),
                "faults": list(s.faults),
            }
            for s in result.stations
        ]
        typer.echo(
            json.dumps(
                {"clean": result.clean, "stations": rows, "written": [str(p) for p in result.written]},
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        print_table(
            ["station", "counted", "seconds", "outcome"],
            [
                [s.name, s.counted, f"{s.seconds:.2f}", f"{len(s.faults)} at fault" if s.faults else "ok"]
                for s in result.stations
            ],
        )
        for station in result.stations:
            for fault in station.faults:
                typer.echo(f"{station.name}: {fault}", err=True)
    raise typer.Exit(0 if result.clean else 1)
