"""What can run away is stopped: by deadline, by size, by memory; and a worker reaches neither network nor files."""

from __future__ import annotations

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
import typer
from conftest import ROOT

from kgtools import EngineError, InputError, LimitError, ask, validate
from kgtools.cli import limits
from kgtools.cli.app import app
from kgtools.question import answer_to
from kgtools.sparql import policy as rules
from kgtools.sparql.endpoint import EndpointEngine
from kgtools.sparql.oxigraph import OxigraphEngine
from kgtools.sparql.policy import Policy
from kgtools.sparql.workers import Child, Pool, message, within

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def engine() -> OxigraphEngine:
    store = ox.Store()
    store.extend(ox.Quad(ox.NamedNode(f"x:{n}"), ox.NamedNode("x:p"), ox.Literal(n)) for n in range(3_000))
    return OxigraphEngine(store)


def test_an_answer_has_a_deadline_and_the_next_question_is_answered(engine):
    with pytest.raises(LimitError, match=r"no answer within 0\.5 s"):
        ask(engine, ENDLESS, timeout=0.5)
    assert ask(engine, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows[0][0] == ox.Literal(3_000)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e30])
def test_a_deadline_that_cannot_be_kept_is_refused(engine, seconds):
    with pytest.raises(InputError, match="cannot be kept"):
        ask(engine, "ASK {}", timeout=seconds)


def test_rows_and_bytes_have_limits(engine):
    with pytest.raises(LimitError, match="3,000 rows, the limit is 10"):
        ask(engine, "SELECT * { ?s ?p ?o }", policy=Policy(rows=10))
    with pytest.raises(LimitError, match="the limit is 100"):
        ask(engine, "SELECT * { ?s ?p ?o }", policy=Policy(answer=100))


def test_memory_has_a_limit(engine):
    greedy = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?d"
    with pytest.raises(LimitError, match="out of memory"):
        ask(engine, greedy, policy=Policy(memory=100 << 20))


def test_a_worker_opens_no_socket_and_no_file(engine, tmp_path, monkeypatch):
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.path)

        do_GET = do_POST

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    query = f"SELECT * {{ SERVICE SILENT <http://127.0.0.1:{server.server_port}/> {{ ?a ?b ?c }} }}"
    engine.answer(rules.Query("SELECT", query, query, [0], [1]), query, Policy())  # past the policy
    server.shutdown()
    assert asked == []
    (tmp_path / "secret").write_text("x")
    with pytest.raises(EngineError, match="OSError"):
        within(5, lambda: (tmp_path / "secret").read_text(), files=False)


def test_an_error_that_is_none_of_ours_is_one_line():
    with pytest.raises(EngineError, match=r"unforeseen: ZeroDivisionError: .* by zero; please report this"):
        within(5, lambda: 1 // 0)


def test_a_dead_worker_is_an_error():
    with pytest.raises(EngineError, match="died"):
        within(5, lambda: os.kill(os.getpid(), 11))


def test_workers_are_kept_while_nothing_changes_and_no_longer():
    state = [0]
    pool = Pool(lambda: state[0])

    def pid() -> bytes:
        return pool.ask(lambda message: str(os.getpid()).encode(), b"", seconds=5, most=99, memory=1 << 30)

    first = pid()
    assert pid() == first
    state[0] += 1
    assert pid() != first


def test_a_graph_that_changed_is_seen_changed(load_text):
    graph = load_text("<x:a> <x:p> 1 .")
    count = "SELECT (COUNT(*) AS ?n) { ?s <x:p> ?o }"
    assert ask(graph.engine(), count).rows[0][0].value == "1"
    graph.add([ox.Triple(ox.NamedNode("x:b"), ox.NamedNode("x:p"), ox.Literal(2))])
    assert ask(graph.engine(), count).rows[0][0].value == "2"
    graph.store.add(ox.Quad(ox.NamedNode("x:c"), ox.NamedNode("x:p"), ox.Literal(3)))
    assert ask(graph.engine(), count).rows[0][0].value == "3"


def test_thirty_two_threads_ask(engine):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(len(ask(engine, "SELECT * { ?s ?p ?o }")))) for _ in range(32)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    assert found == [3_000] * 32


def gone(child: int) -> bool:
    """Whether a process ends within some seconds."""
    for _ in range(100):
        stat = Path(f"/proc/{child}/stat")
        if not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


ORPHAN = """
import os, sys
from kgtools.sparql.workers import within
import time
def work():
    print(os.getpid(), flush=True)
    time.sleep(60)
within(60, work)
"""


@pytest.mark.parametrize("number", [9, 15])
def test_a_child_ends_with_its_parent(number):
    parent = subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.send_signal(number)
    parent.wait(10)
    assert gone(child)


COMMANDS = {
    "build": (),
    "validate": ("--engine", "reference"),
    "lint": (),
    "infer": (),
    "query": ("coverage",),
    "questions": (),
    "show": ("jpn",),
    "why": ("jpn",),
    "due": (),
    "disputes": (),
    "diff": ("data", "data"),
    "find": ("modi",),
    "new": ("source", "url=https://example.org/", "title=A", "publisher=B", "kind=news", "--dry-run"),
    "export": (),
    "stats": (),
}


def test_every_command_is_tried():
    assert list(COMMANDS) == [command.callback.__name__ for command in app.registered_commands]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_deadline(command, tmp_path):
    out = ("--out", str(tmp_path / "out")) if command in ("build", "export") else ()
    call = [sys.executable, "-m", "kgtools", command, *COMMANDS[command], *out, "--timeout", "0.001"]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("kgtools: no answer within 0.001 s, so it was given up")
    assert (len(done.stderr.splitlines()), list(tmp_path.iterdir())) == (1, [])


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_command_ends_without_a_word_or_an_orphan(number, status):
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored in the background
        "from kgtools.cli.app import main; main()"
    )
    call = [sys.executable, "-c", code, "validate", "--engine", "reference"]
    parent = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    while not (found := children.read_text().split()):
        time.sleep(0.05)
    os.killpg(parent.pid, number)
    assert (parent.communicate(timeout=30), parent.returncode) == ((b"", b""), status)
    assert all(gone(int(child)) for child in found)


def test_a_command_that_takes_too_much_memory_is_ended(monkeypatch):
    monkeypatch.setattr(limits, "MEMORY", 100 << 20)
    with pytest.raises(LimitError, match="out of memory"):
        limits._within(30, lambda: print(len(bytearray(1 << 30))))


@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_command_ends_with_the_status_of_its_work(status):
    def work() -> None:
        raise typer.Exit(status)

    if status:
        with pytest.raises(typer.Exit) as ended:
            limits._within(30, work)
        assert ended.value.exit_code == status
    else:
        limits._within(30, work)


def test_a_child_has_time_to_leave_nothing_behind(tmp_path):
    left = tmp_path / "left"

    def work(asked: int, answered: int) -> None:
        signal.signal(signal.SIGTERM, limits._end)
        left.touch()
        try:
            os.write(answered, message(b"begun"))
            time.sleep(60)
        finally:
            left.unlink()

    child = Child(work, grace=30)
    assert child.receive(time.monotonic() + 30) == b"begun"
    child.end()
    assert not left.exists()


def test_a_child_that_does_not_end_is_killed():
    def work(asked: int, answered: int) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.write(answered, message(b"begun"))
        time.sleep(60)

    child = Child(work, grace=0.1)
    child.receive(time.monotonic() + 30)
    assert child.end() == signal.SIGKILL


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_validation_has_a_deadline(engine, load_text):
    small = load_text("id:a a ipp:Round .")
    with pytest.raises(LimitError, match=r"no answer within 0\.001 s"):
        validate(small, engine=engine, timeout=0.001)
    with pytest.raises(InputError, match="cannot be kept"):
        validate(small, engine=engine, timeout=0)


def test_a_validation_within_a_deadline_gives_the_same_report(load_text):
    small = load_text("id:a a ipp:Round .")
    assert validate(small, timeout=60) == validate(small)


def answering(status: int, body: bytes, kind: str = "application/sparql-results+json", **headers: str):
    """A loopback server that always answers so; its address, and what it was sent."""
    sent = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            sent.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", headers.get("length", str(len(body))))
            for name, value in headers.items():
                if name != "length":
                    self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/", sent


ROWS = b'{"head":{"vars":["s"]},"results":{"bindings":[]}}'
BAD = {
    "rows for an ASK": (200, ROWS, {}, "ASK {}", "answered with rows"),
    "a truth value for a SELECT": (200, b'{"head":{},"boolean":true}', {}, "SELECT * {}", "with a truth value"),
    "short": (200, ROWS, {"length": "999"}, "SELECT * {}", "broke off"),
    "a redirect": (302, b"", {"Location": "http://other.example/"}, "SELECT * {}", "sends on to http://other.example/"),
    "busy": (503, b"", {"Retry_After": "120"}, "SELECT * {}", "asks to wait 120"),
    "a long error page": (500, b"x" * 200_000, {}, "SELECT * {}", "status 500"),
    "a web page": (200, b"<html>log in</html>", {}, "SELECT * {}", "a web page"),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_an_endpoint_that_answers_badly_is_one_short_line(case):
    status, body, headers, query, message = case
    url, _ = answering(status, body, **headers)
    with pytest.raises(EngineError, match=message) as error:
        ask(EndpointEngine(url, timeout=10), query)
    assert len(str(error.value)) < 600


def test_a_query_is_sent_letter_for_letter():
    from urllib.parse import parse_qs

    url, sent = answering(200, ROWS)
    query = "# load, delete and additional nuclear matters\nSELECT ?s { ?s ?p 'é+&=%' }"
    answer_to(EndpointEngine(url, timeout=10), query)
    assert parse_qs(sent[0]) == {"query": [query]}


def test_a_password_is_not_printed():
    with pytest.raises(EngineError) as error:
        ask(EndpointEngine("http://user:hunter2@127.0.0.1:9/", timeout=5), "ASK {}")
    assert "hunter2" not in str(error.value)
