"""`kgtools stats`."""

from __future__ import annotations

import typer

from kgtools.cli.common import Json, KnownOn, Paths, ValidOn, load_data, print_table


def stats(paths: Paths = None, valid_on: ValidOn = None, known_on: KnownOn = None, as_json: Json = False) -> None:
    """Count what the data hold: by class, series, pair and year, and how many events have two witnesses.

    Example: kgtools stats --json
    """
    from kgtools.inference import infer as run_infer
    from kgtools.records.statistics import stats as run

    graph = load_data(paths, valid_on=valid_on, known_on=known_on)
    run_infer(graph)
    found = run(graph)
    if as_json:
        typer.echo(found.to_json())
        return
    typer.echo(
        f"{found.triples:,} triples in {found.files} files, {found.entailed:,} entailed; as of {graph.as_of_date() or 'no stated date'}"
    )
    typer.echo(
        f"{found.events[0]} events, {found.events[1]} with two independent witnesses ({found.two_witness_share:.0%}); "
        f"{found.facts[0]:,} dates, places, numbers and leads, {found.facts[1]:,} of them stated by two"
    )
    print_table(["class", "entities"], [[c, str(n)] for c, n in found.classes.items()])
    print_table(
        ["series", "rounds", "first", "last", "numbered", "highest", "missing"],
        [[str(v if v is not None else "") for v in row.values()] for row in found.series],
    )
    print_table(["pair", "events"], [[f"{r['one']}-{r['other']}", str(r["events"])] for r in found.pairs[:30]])
    print_table(["year", "events"], [[str(y), str(n)] for y, n in found.years.items()])
