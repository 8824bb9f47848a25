"""SVG pictures of the ontology: a term between its neighbours, and the whole model on one page.

Plain SVG text without fonts or scripts of its own: it takes the colours of the page around it, and every box is a link.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, ROW, PAD = 190, 26, 8
STYLE = "font-family:inherit;font-size:12px;fill:currentColor"


@dataclass(frozen=True, slots=True)
class Link:
    """One line of a picture: the property, and the term at its other end (empty for a value)."""

    label: str
    term: str


def neighbourhood(
    name: str, above: Sequence[str], below: Sequence[str], incoming: Sequence[Link], outgoing: Sequence[Link]
) -> str:
    """A term in the middle, broader terms above, narrower ones below, what points to it left, what it has right."""
    rows = max(len(incoming), len(outgoing), 1)
    top = 60 if above else 10
    middle = top + rows * (ROW + PAD) / 2
    height = int(top + rows * (ROW + PAD) + (60 if below else 10))
    left, centre, right = 0, 265, 530
    out = [_open(right + WIDTH, height)]
    for n, link in enumerate(incoming):
        y = top + n * (ROW + PAD) + (rows - len(incoming)) * (ROW + PAD) / 2
        out.append(_line(left + WIDTH, y + ROW / 2, centre, middle))
        out.append(_box(left, y, WIDTH, link.term, link.label))
    for n, link in enumerate(outgoing):
        y = top + n * (ROW + PAD) + (rows - len(outgoing)) * (ROW + PAD) / 2
        out.append(_line(centre + WIDTH, middle, right, y + ROW / 2))
        out.append(_box(right, y, WIDTH, link.term, link.label))
    out.append(_spread(above, 0, right + WIDTH, middle - ROW / 2, up=True))
    out.append(_spread(below, height - ROW - 2, right + WIDTH, middle + ROW / 2, up=False))
    out.append(_box(centre, middle - ROW / 2, WIDTH, "", name, strong=True))
    return _close(out)


def model(
    grid: Sequence[Sequence[str]],
    kinds: Mapping[str, Sequence[str]],
    has: Mapping[str, Sequence[Link]],
    folder: str,
) -> str:
    """The classes of `grid` as cards: kinds of each, then its properties with what they lead to.

    Args:
        grid: rows of class names.
        kinds: class to its subclasses.
        has: class to its properties.
        folder: where the pages of the terms lie.
    """
    card, gap, line = 235, 40, 17
    y, out = 4, []
    for names in grid:
        tallest = 0
        for n, name in enumerate(names):
            rows = [*(Link("", kind) for kind in kinds.get(name, ())), *has.get(name, ())]
            tall = 30 + line * len(rows) + PAD
            tallest = max(tallest, tall)
            x = 4 + n * (card + gap)
            out.append(
                f'<rect x="{x}" y="{y}" width="{card}" height="{tall}" rx="5" fill="none" stroke="currentColor"/>'
            )
            out.append(_text(x + 10, y + 20, name, href=f"{folder}/{name}.html", strong=True))
            for m, row in enumerate(rows):
                at = y + 38 + m * line
                if not row.label:
                    out.append(_text(x + 10, at, f"kind: {row.term}", href=f"{folder}/{row.term}.html", faint=True))
                else:
                    label = f"{row.label} → {row.term}" if row.term else row.label
                    out.append(_text(x + 10, at, label, href=f"{folder}/{row.label}.html"))
        y += tallest + gap
    return _close([_open(4 + max(map(len, grid)) * (card + gap), y), *out])


def _open(width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'style="max-width:100%;{STYLE}">'
    )


def _close(parts: Sequence[str]) -> str:
    return "\n".join([*filter(None, parts), "</svg>"])


def _spread(names: Sequence[str], y: float, width: float, towards: float, *, up: bool) -> str:
    """A row of boxes, each with a line to the term in the middle."""
    if not names:
        return ""
    each = min(WIDTH, (width - PAD * (len(names) - 1)) / len(names))
    start = (width - each * len(names) - PAD * (len(names) - 1)) / 2
    out = []
    for n, name in enumerate(names):
        x = start + n * (each + PAD)
        out.append(_line(x + each / 2, y + (ROW if up else 0), width / 2, towards))
        out.append(_box(x, y, each, name, name))
    return "\n".join(out)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="currentColor" stroke-opacity="0.4"/>'


def _box(x: float, y: float, width: float, term: str, label: str, *, strong: bool = False) -> str:
    shown = label if len(label) <= width / 6 else label[: int(width / 6) - 1] + "…"
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{ROW}" rx="5" fill="none" '
        f'stroke="currentColor" stroke-width="{2 if strong else 1}"/>\n'
        + _text(x + width / 2, y + 17, shown, href=f"{term}.html" if term else "", strong=strong, middle=True)
    )


def _text(
    x: float, y: float, text: str, *, href: str = "", strong: bool = False, faint: bool = False, middle: bool = False
) -> str:
    weight = ' font-weight="bold"' if strong else ""
    pale = ' fill-opacity="0.7"' if faint else ""
    anchor = ' text-anchor="middle"' if middle else ""
    drawn = f'<text x="{x:g}" y="{y:g}"{weight}{pale}{anchor}>{escape(text)}</text>'
    return f'<a href="{escape(href)}">{drawn}</a>' if href else drawn
