"""Where sources differ, and where few speak: disputed facts, facts of one source, facts without an official one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from kgtools.question import ask, find_question
from kgtools.sparql.answers import Value

if TYPE_CHECKING:
    from kgtools.graph import KnowledgeGraph

Rows = tuple[dict[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Disputes:
    """What is disputed or weakly supported.

    Attributes:
        disputed: one row for each claim against an asserted value, as the question `disputed-facts` gives it.
        single: facts that one independent source states (`single-witness-facts`).
        unofficial: facts that no official source states (`facts-without-official-source`).
    """

    disputed: Rows
    single: Rows
    unofficial: Rows

    def to_json(self) -> str:
        """A JSON object of the three lists."""
        document = {"disputed": self.disputed, "single": self.single, "unofficial": self.unofficial}
        return json.dumps(document, ensure_ascii=False, indent=1, default=str)

    def __str__(self) -> str:
        lines = [
            f"{len(self.disputed)} claims against asserted values; {len(self.single)} facts of one source; "
            f"{len(self.unofficial)} facts without an official source"
        ]
        for row in self.disputed:
            asserted = "nothing" if row["asserted"] is None else row["asserted"]
            lines += ["", f"{row['record']} {row['property']}"]
            lines += wrap(
                f"asserted {asserted}; claimed {row['claimed']} ({row['rank']})",
                78,
                initial_indent="  ",
                subsequent_indent="  ",
            )
            lines += wrap(
                f"{row['reason']}: {row['claimant']}, {row['kind']}", 78, initial_indent="  ", subsequent_indent="  "
            )
            lines.append(f"  {str(row['url']).strip('<>')}")
        return "\n".join(lines)


def disputes(graph: KnowledgeGraph) -> Disputes:
    """The facts on which sources differ, those of a single source, and those without an official one."""
    engine = graph.engine()
    names = ("disputed-facts", "single-witness-facts", "facts-without-official-source")
    return Disputes(*(tuple(ask(engine, find_question(n).text, name=n).to_dicts()) for n in names))
