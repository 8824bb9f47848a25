"""Text for the cells of a spreadsheet, which runs a cell that begins like a formula."""

from __future__ import annotations

import re

_FORMULA = re.compile("\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def inert(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would take it for a formula.

    That is where it begins with `=`, `+`, `-`, `@` or their full-width forms, white space before them or not, or
    with a tab or a line break.

    >>> inert("=HYPERLINK(1)"), inert("Talks - round 2")
    ("'=HYPERLINK(1)", 'Talks - round 2')
    """
    return f"'{text}" if _FORMULA.match(text) else text
