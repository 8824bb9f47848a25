# make build   a virtual environment, the toolkit in it, and the full build
# make check   style, types and the fast tests, in a minute
# make test    style, types and all tests
# make lint    mypy and ruff only
# make conformance SUITES=DIR   the W3C suites of a checkout of the public repositories
# make fuzz SECONDS=60   reader and writers on inputs that coverage guides; then 20,000 generated and mutated queries
#              through the query policy
# make bench   kgtools beside other engines on graphs of 10k and 100k triples; BENCH="--sizes 1M 10M" for more;
#              then how the cost of each kind of constraint grows
# make mutation   how many single faults in the data the shapes notice
# make docs    the documentation as web pages in build/docs
# make docs-refresh   run the examples of README and docs again and write what they print

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SUITES ?= ../shared/suites

PAGES := README.md CONTRIBUTING.md $(shell find docs -name '*.md' -not -path 'docs/generated/*')
SECONDS ?= 60
BENCH ?= --sizes 10k 100k
BENCH_OUT ?= build/bench

.PHONY: build check test lint conformance fuzz bench mutation docs docs-refresh clean

build: $(VENV)/installed
	$(BIN)/kgtools build --out build

check: $(VENV)/installed-dev lint
	$(BIN)/python -m pytest -n 2 -m "not slow"

test: $(VENV)/installed-dev lint
	KG_SUITES=$(SUITES) $(BIN)/python -m pytest -n 2

lint: $(VENV)/installed-dev
	$(BIN)/ruff check kgtools tests docs
	$(BIN)/ruff format --check kgtools tests docs
	$(BIN)/mypy

conformance: $(VENV)/installed-dev
	KG_SUITES=$(SUITES) $(BIN)/python -m pytest tests/test_w3c_shacl.py tests/conformance

fuzz: $(VENV)/installed-dev
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[fuzz]"
	$(BIN)/python tests/fuzz/reader.py --seconds $(SECONDS)
	KG_FUZZ=20000 $(BIN)/python -m pytest tests/test_policy.py -k two_parsers

bench: $(VENV)/installed-dev
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[bench]"
	$(BIN)/python tests/benchmarks/run.py $(BENCH) --out $(BENCH_OUT)
	$(BIN)/python tests/benchmarks/growth.py

mutation: $(VENV)/installed-dev
	$(BIN)/python tests/mutation.py --sample 1

docs: $(VENV)/installed-dev
	$(BIN)/sphinx-build --builder html --fail-on-warning --keep-going --quiet --jobs 2 docs build/docs

docs-refresh: $(VENV)/installed-dev
	$(BIN)/cog -r -P -I docs -p "from examples import *" $(PAGES)

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
