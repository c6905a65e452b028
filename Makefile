# make serve   set up, build the knowledge base from policies/, open it in a browser
# make test    set up, lint, type check, run every test with coverage
# a failed command in a pipe fails the target
SHELL := bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATABASE := build/kb.db
PORT ?= 8001

.PHONY: serve build test drills lint format bench clean

serve: build
	$(BIN)/payerkb serve --database $(DATABASE) --port $(PORT) --open

build: $(VENV)/.installed
	$(BIN)/payerkb build policies --database $(DATABASE)

test: $(VENV)/.tested lint
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --cov --cov-report=term --cov-report=html
	$(BIN)/payerkb build policies --database $(DATABASE)
	$(BIN)/payerkb test --database $(DATABASE)
	$(BIN)/payerkb lint policies
	$(BIN)/payerkb mutate --database $(DATABASE) --fail-under 90 | grep -E "noticed|Together"

# Hours of what the tests do for seconds (docs/drills.md); FAULTS is a folder of bad inputs.
drills: $(VENV)/.tested
	$(BIN)/python -m tests.drills $(FAULTS)

lint: $(VENV)/.tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.tested
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.tested
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) build dist htmlcov .coverage

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group test --group lint --group bench
	@touch $@
