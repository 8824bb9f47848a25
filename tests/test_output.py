"""What reaches a terminal, a pipe, a full disk: strangers' text is shown, never obeyed, and never lost in silence."""

from __future__ import annotations

import csv
import io
import os
import pty
import subprocess
import sys

import pyoxigraph as ox
import pytest
from conftest import PREFIXES

from kgtools.cells import inert
from kgtools.cli.output import Output, one_line, tabular, visible
from kgtools.errors import InputError
from kgtools.sparql.answers import Answer

LABEL = "A\x1b]0;owned\x07B [bold]x[/x] \u202e\u00e9\n\ttab\\"


def test_what_is_shown_of_control_characters():
    assert visible("\x1b[31m\x07\r\x9b\x7f\u202e\u2028 é\n\t") == "\\x1b[31m\\x07\\r\\x9b\\x7f\\u202e\\u2028 é\n\t"
    assert one_line("a\nb\tc\x00") == "a\\nb\\tc\\x00"
    assert tabular("a\tb\nc\rd\\e") == "a\\tb\\nc\\rd\\\\e"


def test_a_pipe_gets_the_data_and_an_error_stream_does_not(tmp_path):
    for always, wanted in ((False, LABEL), (True, visible(LABEL))):
        raw = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="")
        out = Output(raw, "standard output", always=always)
        print(LABEL, end="", file=out, flush=True)
        assert raw.buffer.getvalue().decode("utf-8") == wanted


def test_what_cannot_be_written_is_said_every_time():
    out = Output(None, "standard output")
    for _ in range(2):
        with pytest.raises(InputError, match="standard output: cannot be written: it is closed"):
            out.write("x")


def run(arguments: list[str], data: str, **streams: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "kgtools", *arguments]
    return subprocess.run(command, input=data.encode(), timeout=60, check=False, **streams)  # type: ignore[call-overload]


QUERY = "SELECT ?l { id:m rdfs:label ?l }"


@pytest.fixture
def data(tmp_path):
    escaped = LABEL.encode("unicode_escape").decode().replace("\\x", "\\u00")
    path = tmp_path / "data.ttl"
    path.write_text(f'{PREFIXES} id:m a ipp:Meeting ; rdfs:label "{escaped}"@en .', encoding="utf-8")
    return path


def test_a_terminal_sees_the_escapes_and_no_markup_is_obeyed(data):
    for arguments in (["show", "m"], ["query", "-", "--no-entailed"]):
        main, side = pty.openpty()
        done = run([*arguments, "--data", str(data)], QUERY, stdout=side, stderr=side)
        os.close(side)
        shown = b""
        while True:
            try:
                piece = os.read(main, 65536)
            except OSError:
                break
            shown += piece
        os.close(main)
        assert done.returncode == 0
        assert b"\x1b]0;" not in shown and b"\x07" not in shown and "\u202e".encode() not in shown
        assert b"A\\x1b]0;owned\\x07B [bold]x[/x]" in shown


def test_a_pipe_gets_one_row_a_line_with_nothing_cut_out(data):
    done = run(["query", "-", "--no-entailed", "--data", str(data)], QUERY, stdout=subprocess.PIPE)
    assert done.stdout.decode() == f"l\n{tabular(LABEL)}\n"


def test_a_full_and_a_closed_standard_output_end_with_2(data):
    arguments = ["query", "-", "--no-entailed", "--data", str(data)]
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = run(arguments, QUERY, stdout=full, stderr=subprocess.PIPE)
    message = b"kgtools: standard output: cannot be written: No space left on device; what was printed is not whole\n"
    assert (done.returncode, done.stderr) == (2, message)
    reader, writer = os.pipe()
    os.close(reader)
    done = run(arguments, QUERY, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " \u00a0=1", "\uff1d1", "\t1", "\r=1", "\n1"])
def test_a_cell_that_begins_like_a_formula_is_made_inert(text):
    assert inert(text) == f"'{text}"
    rows = list(csv.reader(io.StringIO(Answer(("x",), [(ox.Literal(text),)]).to_csv(), newline="")))
    assert rows == [["x"], [f"'{text}"]]


@pytest.mark.parametrize("text", ["", "Talks - round 2", "a=b", "1-2", "'=1"])
def test_other_cells_stay_as_they_are(text):
    assert inert(text) == text
