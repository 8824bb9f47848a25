# make build   a virtual environment, the toolkit in it, and the main job
# make test    the tests, the types and the style
# make lint    mypy and ruff only
# make conformance SUITES=DIR   the W3C suites of a checkout of the public repositories
# make mutation   how many single faults in the data the shapes notice
# make describe   refresh the computed counts in data/dataset.ttl

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SUITES ?= ../shared/suites

.PHONY: build test lint conformance mutation describe clean

build: $(VENV)/installed
	$(BIN)/kgtools build --out build

test: $(VENV)/installed-dev lint
	KG_SUITES=$(SUITES) $(BIN)/python -m pytest -n 2

lint: $(VENV)/installed-dev
	$(BIN)/ruff check kgtools tests
	$(BIN)/ruff format --check kgtools tests
	$(BIN)/mypy

conformance: $(VENV)/installed-dev
	KG_SUITES=$(SUITES) $(BIN)/python -m pytest tests/test_w3c_shacl.py -v

mutation: $(VENV)/installed-dev
	$(BIN)/python tests/mutation.py --sample 1

describe: $(VENV)/installed-dev
	$(BIN)/python tests/describe.py

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
