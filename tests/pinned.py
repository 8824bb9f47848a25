"""Answers that were read against the data file and the sources that it cites."""

from __future__ import annotations

from datetime import date

Rows = list[tuple[object, ...]]

PINNED: dict[str, tuple[tuple[str, ...], Rows]] = {
    # CEPA: signed 16 February, in force 1 August 2011. Japan's trade ministry alone dates the signing the 15th (a claim).
    "instruments-in-force party=ind date=2012-01-01": (
        ("instrument", "signed", "inForce"),
        [("id:ind-jpn-cepa-2011", date(2011, 2, 16), date(2011, 8, 1))],
    ),
    # New Delhi, 16 January 2026: the article of the first day names no ministers; the press of the day does.
    "who-led-round round=ind-jpn-strategic-dialogue-18": (
        ("person", "officeName", "party"),
        [
            ("id:s-jaishankar", "Minister of External Affairs of India", "id:ind"),
            ("id:toshimitsu-motegi", "Minister for Foreign Affairs of Japan", "id:jpn"),
        ],
    ),
    # The joint press release of 22 March 2007 says that the ministers initiated the dialogue that day.
    "who-led-round round=ind-jpn-strategic-dialogue-1": (
        ("person", "party"),
        [("id:pranab-mukherjee", "id:ind"), ("id:taro-aso", "id:jpn")],
    ),
    # Manila, 8 July 2024: the joint press release of the Philippine side and Japan's ministry name the same four.
    "who-led-round round=jpn-phl-two-plus-two-2": (
        ("person", "party"),
        [
            ("id:minoru-kihara", "id:jpn"),
            ("id:yoko-kamikawa", "id:jpn"),
            ("id:enrique-manalo", "id:phl"),
            ("id:gilberto-teodoro", "id:phl"),
        ],
    ),
    # Washington, 1 July 2025.
    "who-led-round round=quad-foreign-ministers-meeting-10": (
        ("person", "party"),
        [
            ("id:penny-wong", "id:aus"),
            ("id:s-jaishankar", "id:ind"),
            ("id:takeshi-iwaya", "id:jpn"),
            ("id:marco-rubio", "id:usa"),
        ],
    ),
    # Signed in Manila on the day of that meeting; in force thirty days after the exchange of notes of August 2025.
    "instruments-in-force party=phl date=2025-12-31": (
        ("instrument", "signed", "inForce"),
        [("id:jpn-phl-reciprocal-access-agreement-2024", date(2024, 7, 8), date(2025, 9, 11))],
    ),
    # Launched or announced in Johannesburg, Tokyo and New Delhi; no source shows the private-sector dialogue to have met.
    "commitments-overdue date=2026-07-15": (
        ("commitment", "due", "obligor"),
        [
            ("id:ind-jpn-strategic-dialogue-18-private-sector-dialogue", date(2026, 3, 31), "id:ind"),
            ("id:ind-jpn-strategic-dialogue-18-private-sector-dialogue", date(2026, 3, 31), "id:jpn"),
            ("id:ind-jpn-strategic-dialogue-18-economic-security-dialogue-2", date(2026, 6, 30), "id:ind"),
            ("id:ind-jpn-strategic-dialogue-18-economic-security-dialogue-2", date(2026, 6, 30), "id:jpn"),
        ],
    ),
}
"""A question with its parameters: the columns that are pinned, and their rows, whole and in order."""

GROWING = {"commitments-overdue", "instruments-in-force"}
"""Questions that gain rows with the data: the pinned rows must be among theirs, in this order."""


def comparable(name: str, rows: Rows, expected: Rows) -> Rows:
    """The rows of an answer that a pinned answer speaks of."""
    return [row for row in rows if row in expected] if name in GROWING else rows
