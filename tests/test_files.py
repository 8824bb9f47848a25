"""Writing sets of files: whatever happens, each set is the old one or the new one, and nothing else is left."""

from __future__ import annotations

import errno
import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kgtools import InputError, export, load
from kgtools.files import Writing, write

NAMES = [f"file{n}.txt" for n in range(8)]


def state(folder: Path) -> set[bytes]:
    return {path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_a_set_is_written_as_one_and_a_failed_one_leaves_nothing(tmp_path):
    folder = tmp_path / "new" / "folder"
    with pytest.raises(InputError, match="cannot be written"), Writing(folder) as out:
        out.stage(folder / "good", b"x")
        out.stage(folder / ("bad" * 100), b"x")
    assert list(tmp_path.iterdir()) == []
    with Writing(folder) as out:
        staged = [out.stage(folder / name, b"new") for name in NAMES]
        assert not state(folder)
        out.commit(staged)
    assert state(folder) == {b"new"} and not hidden(folder)
    with Writing(folder) as out:
        out.commit([out.stage(folder / NAMES[0], b"newer")], delete=[folder / NAMES[1]])
    assert len(list(folder.iterdir())) == 7


def test_mode_umask_and_links_are_kept(tmp_path):
    private, link = tmp_path / "private", tmp_path / "link"
    private.write_bytes(b"old")
    private.chmod(0o600)
    link.symlink_to(private)
    write(link, b"new")
    assert link.is_symlink() and private.read_bytes() == b"new"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    before = os.umask(0o027)
    try:
        write(tmp_path / "fresh", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o640


def test_pipes_devices_and_folders_are_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to("/dev/null")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "null", "folder"):
        with pytest.raises(InputError, match="which is not replaced"):
            write(tmp_path / name, b"x")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode) and stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert not hidden(tmp_path)


def test_two_writers_do_not_mix(tmp_path):
    with Writing(tmp_path) as out:
        staged = out.stage(tmp_path / "a", b"one")
        with pytest.raises(InputError, match="another run is writing to this folder"):
            write(tmp_path / "b", b"two")
        out.commit([staged])
    write(tmp_path / "b", b"two")
    assert state(tmp_path) == {b"one", b"two"}


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path):
    (tmp_path / ".a.kgtools-0123456789abcdef-00000000").write_bytes(b"half")
    (tmp_path / ".mine").write_bytes(b"x")
    write(tmp_path / "a", b"whole")
    assert hidden(tmp_path) == [".mine"]


@pytest.mark.parametrize("call", ["fsync", "open", "write"])
def test_every_failing_call_leaves_the_old_set(tmp_path, monkeypatch, call):
    for name in NAMES:
        (tmp_path / name).write_bytes(b"old")
    real, calls = getattr(os, call), iter(range(100))

    def failing(*arguments, **named):
        if next(calls) == 5:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*arguments, **named)

    monkeypatch.setattr(os, call, failing)
    try:
        with Writing(tmp_path) as out:
            out.commit([out.stage(tmp_path / name, b"new") for name in NAMES])
    except InputError as error:
        assert "No space left on device; nothing was changed" in str(error)
        assert state(tmp_path) == {b"old"}
    else:
        assert call == "write" and state(tmp_path) == {b"new"}  # files are written below os.write
    assert not hidden(tmp_path)


def test_a_full_disk_is_one_message(tmp_path):
    program = f"""
import resource, sys
from pathlib import Path
from kgtools.files import Writing
from kgtools.errors import InputError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    with Writing(Path({str(tmp_path)!r})) as out:
        out.commit([out.stage(Path({str(tmp_path)!r}) / name, b"x" * size) for name, size in (("a", 10), ("b", 5000))])
except InputError as error:
    sys.exit(str(error))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == f"{tmp_path / 'b'}: cannot be written: File too large; nothing was changed\n"
    assert list(tmp_path.iterdir()) == []


WRITER = """
import os, signal, sys
from pathlib import Path
from kgtools.files import Writing
signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(sys.argv[1])
print("ready", flush=True)
n = 0
while True:
    n += 1
    with Writing(folder) as out:
        out.commit([out.stage(folder / f"file{i}.txt", b"%d" % n * 2000) for i in range(8)])
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_killed_at_random_moments_the_set_is_one_of_the_sets(tmp_path, number):
    """Real kills of a process that writes set after set; a dozen for each signal."""
    chance = random.Random(number)
    mixed = 0
    for _ in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.15))
            process.send_signal(number)
            process.wait(30)
        contents = state(tmp_path)
        assert all(len(set(c.split(c[:1]))) for c in contents)
        assert all(len(c) % 2000 == 0 for c in contents), "a file that is not whole"
        mixed += len(contents) > 1
        if number != signal.SIGKILL:
            assert not hidden(tmp_path), "something was left"
    write(tmp_path / "last.txt", b"x")
    assert not hidden(tmp_path)
    # SIGKILL can strike within the round of renames, which lasts a millisecond (SHA256SUMS of an export then tells);
    # the other signals wait for its end
    assert number == signal.SIGKILL or mixed == 0


def test_an_export_that_one_form_cannot_hold_changes_no_file(tmp_path, load_text):
    graph = load_text('id:m a ipp:Meeting ; rdfs:label "a\\u0001b" .')
    for name in ("indopacific.nt", "indopacific.rdf"):
        (tmp_path / name).write_text("old")
    from kgtools.exports.forms import export_all

    with pytest.raises(InputError, match=r"RDF/XML cannot hold the character U\+0001"):
        export_all(graph, ("nt", "rdfxml"), tmp_path)
    assert {(tmp_path / n).read_text() for n in ("indopacific.nt", "indopacific.rdf")} == {"old"}
    assert not hidden(tmp_path)


def test_checksums_of_an_export_are_put_in_place_last_and_kept_from_run_to_run(tmp_path, load_text):
    graph = load_text("id:m a ipp:Meeting .")
    for form in ("nt", "ttl"):
        export(graph, form, tmp_path)
    checked = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True)
    assert checked.stdout == "indopacific.nt: OK\nindopacific.ttl: OK\n"


@pytest.mark.parametrize(
    ("form", "text", "message"),
    [
        ("rdfxml", "id:m ipp:x <<( id:a ipp:p id:b )>> .", "RDF/XML cannot hold a triple term"),
        ("rdfxml", "id:m <http://e/1> 1 .", "<http://e/1> cannot be a predicate in RDF/XML"),
        ("rdfxml", "id:m <http://www.w3.org/1999/02/22-rdf-syntax-ns#li> 1 .", "cannot be a predicate in RDF/XML"),
        ("rdfxml", 'id:m rdfs:label "\\uFFFE" .', r"U\+FFFE"),
        ("rdfxml", 'id:m rdfs:label "a\\u0000b" .', r"U\+0000"),
        ("jsonld", "id:m ipp:x <<( id:a ipp:p id:b )>> .", "triple term"),
        ("jsonld", "<ipp:x> ipp:x 1 .", "cannot be written as jsonld: it would not be read back"),
    ],
)
def test_what_a_form_cannot_hold_is_refused_by_name(form, text, message, load_text, tmp_path):
    with pytest.raises(InputError, match=message):
        export(load_text(text), form, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "text",
    [
        'id:m rdfs:label "a\\rb\\u0001\\u0000c" ; ipp:x "1"^^<http://www.w3.org/2001/XMLSchema#a/b> .',
        "id:m ipp:x <<( id:a ipp:p _:x )>> . _:x ipp:q 1 .",
        "id:m a <http://e/> , <http://e/1> ; <http://e/a-1.b> <urn:x:y> .",
    ],
)
def test_turtle_and_n_triples_hold_all(text, load_text, tmp_path):
    graph = load_text(text)
    for form in ("ttl", "nt"):
        (path,) = export(graph, form, tmp_path / "out")
        assert len(load(path)) == len(graph)


def test_rdf_xml_holds_carriage_returns_and_classes_without_a_name(load_text, tmp_path):
    graph = load_text('id:m a <http://e/> ; rdfs:label "a\\rb\\n<&>" ; ipp:x <http://e/?a&b> .')
    (path,) = export(graph, "rdfxml", tmp_path)
    assert set(load(path).asserted()) == set(graph.asserted())
