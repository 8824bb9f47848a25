"""Forked processes: deadlines, and work spread over all processors. Each case in an interpreter of its own, for a
process that runs other threads (as this one may) is never forked."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAD = """
import os, sys, threading
from kgtools.errors import EngineError, InputError
from kgtools.sparql.workers import spread
os.cpu_count = lambda: 3
"""


def result(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", HEAD + code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="children are forked on Linux only")
def test_results_come_in_order_from_several_processes():
    code = """
import time
found = spread(lambda n: (time.sleep(0.02), n * n, os.getpid())[1:], range(30))
print([n for n, _ in found] == [n * n for n in range(30)], len({pid for _, pid in found}))
"""
    assert result(code) == "True 3"


def test_the_first_error_in_order_is_raised():
    code = """
def work(n):
    if n in (4, 5):
        raise InputError(f"item {n}")
    return n
try:
    spread(work, range(40))
except InputError as error:
    print(error)
"""
    assert result(code) == "item 4"


@pytest.mark.skipif(sys.platform != "linux", reason="children are forked on Linux only")
def test_a_child_that_dies_is_an_error_not_a_gap():
    code = """
import time
parent = os.getpid()
try:
    spread(lambda n: os._exit(1) if os.getpid() != parent else time.sleep(0.02), range(40))
except EngineError as error:
    print(error)
"""
    assert "died" in result(code)


@pytest.mark.parametrize(("threads", "fork"), [(True, True), (False, False)])
def test_threads_do_the_work_where_forking_is_not_safe(threads, fork):
    code = f"""
if {threads}:
    event = threading.Event()
    threading.Thread(target=event.wait, daemon=True).start()
print({{pid for pid in spread(lambda n: os.getpid(), range(40), fork={fork})}} == {{os.getpid()}})
"""
    assert result(code) == "True"


@pytest.mark.skipif(sys.platform != "linux", reason="a pool forks on Linux only")
def test_a_worker_of_a_pool_forks_no_further():
    code = """
import multiprocessing
def work(n):
    return {pid for pid in spread(lambda n: os.getpid(), range(9))} == {os.getpid()}
with multiprocessing.get_context("fork").Pool(1) as pool:
    print(pool.map(work, [1]))
"""
    assert result(code) == "[True]"


def test_a_mistake_of_ours_is_not_swallowed():
    code = """
parent = os.getpid()
try:
    spread(lambda n: 1 // 0, range(9))
except ZeroDivisionError:
    print("seen")
"""
    assert result(code) == "seen"


@pytest.mark.skipif(sys.platform != "linux", reason="children are forked on Linux only")
def test_an_interrupt_ends_the_children_without_a_word():
    code = """
import multiprocessing, os, signal, time
parent = os.getpid()
os.setpgrp()
signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background inherits that it is ignored
def work(n):
    if os.getpid() == parent:
        time.sleep(0.5)
        os.killpg(parent, signal.SIGINT)
    time.sleep(20)
try:
    spread(work, range(9))
except KeyboardInterrupt:
    print(multiprocessing.active_children())
"""
    done = subprocess.run([sys.executable, "-c", HEAD + code], capture_output=True, text=True, timeout=15, check=False)
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("[]", "", 0)


def test_this_process_is_left_with_no_child():
    code = """
import multiprocessing
spread(abs, range(9))
print(multiprocessing.active_children())
"""
    assert result(code) == "[]"


def test_a_report_is_the_same_from_one_process_and_from_several():
    code = """
from kgtools import load
from kgtools import validate
from kgtools.sparql.oxigraph import OxigraphEngine
graph = load()
several = validate(graph)
OxigraphEngine.concurrency = "none"
one = validate(graph)
print(several.findings == one.findings, several.focus_counts == one.focus_counts, len(one.findings) > 100)
"""
    assert result(code) == "True True True"
