# make serve     set up, build the knowledge base from policies/, open it in a browser
# make test      set up, lint, type check, run every test
# make proofs    the scenarios, the lint, the quality and the mutation gate of the policies
# make coverage  run every test and count lines and branches: twice as long
# make language  set up, run the tests of language, engine and claims: for another Python
# make everyday  what the claims of an ordinary weekday are told
# make check-samples SAMPLES=FOLDER
#                what is read of each claim file in a folder, what is refused and why
# make upgrade   pin the newest versions of everything that is installed
# a failed command in a pipe fails the target
SHELL := bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DATABASE := build/kb.db
PORT ?= 8001
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Every test that needs the shipped policies takes the database that is built first.
PYTEST := PAYERKB_TEST_DATABASE=$(CURDIR)/$(DATABASE) $(BIN)/python -m pytest
TESTS := -n auto --dist loadfile --no-loadscope-reorder
COVERAGE := --cov --cov-report=term --cov-report=html
# Lines are counted where that costs hardly anything: from Python 3.12 on.
MONITOR := $(shell $(PYTHON) -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "")')
# The mutation gate tries all rules in CI; elsewhere those in files that are not as the
# main branch has them, and all where git does not know it.
MAIN = $(shell git merge-base HEAD origin/main 2>/dev/null)
GATE = $(if $(CI),,$(if $(MAIN),--since $(MAIN):policies))
LANGUAGE := tests/dsl tests/conformance tests/kb/claims tests/kb/engine
PIN := $(BIN)/uv pip compile --universal --python-version 3.11 --upgrade --quiet \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
  --custom-compile-command "make upgrade" pyproject.toml --group build

.PHONY: serve build test tests proofs language coverage drills everyday check-samples lint format bench upgrade clean

serve: build
	$(BIN)/payerkb serve --database $(DATABASE) --port $(PORT) --open

# Modules are compiled here, as pip does for what it copies: a command then starts in half
# of the time, also where Python is told to write no bytecode.
build: $(VENV)/.installed
	@$(BIN)/python -m compileall -q dsl kb
	$(BIN)/payerkb build policies --database $(DATABASE)

# Two things at a time where neither needs the other.
test: $(VENV)/.tested
	@$(MAKE) --no-print-directory --jobs=2 lint build
	@$(MAKE) --no-print-directory --jobs=2 tests proofs

tests: build
	COVERAGE_CORE=$(MONITOR) $(PYTEST) $(TESTS) $(if $(MONITOR),$(COVERAGE))

# What it says stands together, though the tests go on beside it.
proofs: build
	@{ $(BIN)/payerkb test --database $(DATABASE) && \
	$(BIN)/payerkb lint policies && \
	$(BIN)/payerkb quality --database $(DATABASE) --fail-below tests/quality-floor.json && \
	$(BIN)/payerkb mutate --database $(DATABASE) --fail-under 90 $(GATE) | grep -E "noticed|Together|nothing to try"; \
	} >build/proofs.txt 2>&1; code=$$?; cat build/proofs.txt; exit $$code

language: $(VENV)/.tested build
	$(PYTEST) $(TESTS) $(LANGUAGE)

coverage: $(VENV)/.tested build
	$(PYTEST) $(TESTS) $(COVERAGE) --cov-branch

# Hours of what the tests do for seconds (docs/drills.md); FAULTS is a folder of bad inputs.
drills: $(VENV)/.tested
	$(BIN)/python -m tests.drills $(FAULTS)

everyday: $(VENV)/.tested build
	$(BIN)/python -m tests.everyday $(DATABASE)

check-samples: $(VENV)/.tested build
	$(BIN)/python -m tests.check_samples "$(SAMPLES)" $(DATABASE)

lint: $(VENV)/.tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.tested
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.tested
	$(BIN)/python -m bench

upgrade: $(VENV)/.installed
	$(PIP) uv
	$(PIN) --output-file requirements.txt
	$(PIN) --group test --group lint --group bench --constraints requirements.txt --output-file requirements-dev.txt

clean:
	rm -rf $(VENV) build dist htmlcov .coverage

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# What builds the package is pinned too, so nothing else is fetched for it.
$(VENV)/.installed: $(VENV)/bin/python pyproject.toml requirements.txt
	$(PIP) --require-hashes --requirement requirements.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed requirements-dev.txt
	$(PIP) --require-hashes --requirement requirements-dev.txt
	@touch $@
