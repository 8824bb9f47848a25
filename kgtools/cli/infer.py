"""`kgtools infer`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kgtools.cli.common import Json, Paths, load_data, print_table
from kgtools.cli.limits import SECONDS, Timeout
from kgtools.errors import InputError


def infer(
    paths: Paths = None,
    engine: Annotated[str, typer.Option(help="compiled or reference (owlrl).")] = "compiled",
    endpoint: Annotated[
        str | None,
        typer.Option(help="Infer on a SPARQL endpoint instead, into a named graph there; needs --update."),
    ] = None,
    update: Annotated[str | None, typer.Option(help="The endpoint's address for updates.")] = None,
    timeout: Timeout = SECONDS,
    out: Annotated[Path | None, typer.Option(help="Write the entailed triples to this N-Triples file.")] = None,
    why: Annotated[str | None, typer.Option(help="Explain the entailed triples of this entity.")] = None,
    as_json: Json = False,
) -> None:
    """Compute what the data entail; exit status 1 where they contradict the ontology.

    Example: kgtools infer --why jpn
    """
    from kgtools import files
    from kgtools.inference import infer as run
    from kgtools.inference import infer_on
    from kgtools.terms import expand

    if endpoint:
        from kgtools.sparql.endpoint import EndpointEngine

        if update is None:
            raise InputError("--endpoint needs --update URL")
        if paths or engine != "compiled":
            raise InputError("--endpoint goes with neither data files nor --engine")
        result = infer_on(EndpointEngine(endpoint, timeout=timeout, update=update))
    elif update is not None:
        raise InputError("--update needs --endpoint URL")
    else:
        result = run(load_data(paths), engine=engine)
    closure = result.closure
    if out:
        files.write(out, "".join(sorted(f"{t} .\n" for t in closure.triples)).encode())
    if why:
        try:
            node = expand(why)
        except ValueError as error:
            raise InputError(str(error)) from error
        for t in sorted((t for t in closure.triples if t.subject == node), key=str):
            typer.echo("\n".join(closure.explain(t)))
    elif as_json:
        typer.echo(
            json.dumps(
                {
                    "entailed": len(closure),
                    "rounds": closure.rounds,
                    "by_rule": closure.by_rule,
                    "inconsistencies": [str(i) for i in result.inconsistencies],
                },
                indent=1,
            )
        )
    else:
        print_table(["rule", "triples"], [[r, str(n)] for r, n in closure.by_rule.items()])
        typer.echo(f"{len(closure):,} triples entailed in {closure.rounds} rounds")
    for i in result.inconsistencies:
        typer.echo(f"contradiction: {i}", err=True)
    for line in result.not_carried_out:
        typer.echo(f"axiom not carried out: {line}", err=True)
    raise typer.Exit(1 if result.inconsistencies or result.not_carried_out else 0)
