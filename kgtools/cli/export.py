"""`kgtools export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kgtools.cli.common import Json, KnownOn, ValidOn, load_data


def export(
    form: Annotated[
        str,
        typer.Argument(
            help="ttl nt nq trig jsonld rdfxml reifiers csv ontology entailed complete description, or all."
        ),
    ] = "all",
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("build"),
    data: Annotated[list[Path] | None, typer.Option(help="Data files or folders; the bundled data by default.")] = None,
    entailed: Annotated[bool, typer.Option("--entailed", help="Write the entailed triples too.")] = False,
    valid_on: ValidOn = None,
    known_on: KnownOn = None,
    as_json: Json = False,
) -> None:
    """Write the data in other forms.

    Load indopacific.complete.nt into any SPARQL 1.1 engine and every question in queries/ gives its answer there.

    Example: kgtools export complete --out build

    Example: kgtools export csv --out tables
    """
    from kgtools.exports.forms import FORMATS, NEED_ENTAILED, export_all
    from kgtools.inference import infer as run_infer

    forms = FORMATS if form == "all" else (form,)
    graph = load_data(data, valid_on=valid_on, known_on=known_on)
    if entailed or NEED_ENTAILED & set(forms):
        run_infer(graph)
    written = export_all(graph, forms, out, entailed=entailed)
    if as_json:
        typer.echo(json.dumps([str(p) for p in written], indent=1))
    else:
        for path in written:
            typer.echo(f"{path}  {path.stat().st_size:,} bytes")
