"""`kgtools validate --watch`: a verdict for each change of a file, and what it says."""

from __future__ import annotations

import os
import shutil

import pytest
from conftest import FIXTURES, PREFIXES

from kgtools.terms import short
from kgtools.validation import read_shapes
from kgtools.watch import watch


def test_verdicts_follow_the_files(tmp_path):
    path, other = tmp_path / "good.ttl", tmp_path / "more.ttl"
    shutil.copy(FIXTURES / "good.ttl", path)
    text = path.read_text(encoding="utf-8")
    clock = iter(range(1, 100))

    def put(file, content):
        file.write_text(content, encoding="utf-8")
        os.utime(file, (next(clock), 0))

    steps = [
        lambda: put(path, text.replace('ipp:statusAsOf "2025-05-05"', 'ipp:statusAsOf "2025-05-01"')),
        lambda: put(path, text + "id:broken a ipp:Person"),
        lambda: put(path, text),
        lambda: put(other, PREFIXES + 'id:new a ipp:Person ; rdfs:label "Asha"@en .'),
        lambda: other.unlink(),
    ]

    def wait():
        if not steps:
            raise KeyboardInterrupt
        steps.pop(0)()

    verdicts = watch(tmp_path, shapes=read_shapes(), wait=wait)
    first = next(verdicts)
    assert first.report.violations == []
    late = next(verdicts)
    assert "ipps:T04" in [short(f.shape) for f in late.appeared]
    broken = next(verdicts)
    assert broken.problem is not None
    assert "good.ttl" in broken.problem
    assert broken.report.violations == late.report.violations
    mended = next(verdicts)
    assert set(mended.gone) == set(late.appeared)
    assert mended.report.violations == []
    double = next(verdicts)
    assert "ipps:S07" in [short(f.shape) for f in double.appeared]
    assert next(verdicts).report.violations == []
    with pytest.raises(KeyboardInterrupt):
        next(verdicts)
