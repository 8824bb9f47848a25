"""The growth cases of the benchmarks give the results that they say, compiled and at any size."""

from __future__ import annotations

import pytest
from benchmarks.growth import KINDS, run


@pytest.mark.parametrize("name", KINDS)
def test_results(name: str) -> None:
    for size in (120, 240):
        _, report = run(KINDS[name], size)
        assert (len(report), report.handed_over) == (KINDS[name].results, {})
