# The verbs of this house. `make demo` and `make test` set up what they need by themselves.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup fmt lint types test pythons docs check demo bench bench-ranking bench-loop proof lock clean

help: ## list the verbs
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(READY): requirements.lock requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "paperlark needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(READY) ## make the virtual environment

fmt: $(READY) ## put the code into the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(READY) ## form, rules, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types: $(READY) ## mypy --strict
	$(BIN)/mypy

test: $(READY) ## every test but the long proofs
	$(BIN)/python -m pytest -n $(JOBS) -m "not proof"

pythons: ## the tests on every Python from 3.11 up that is at hand
	tests/pythons.sh

docs: $(READY) ## generated pages are fresh
	$(BIN)/python -m docs.generate --check

check: lint types test docs ## what CI runs

demo: $(READY) ## three built-in days through the whole program
	$(BIN)/paperlark demo

bench: $(READY) ## speed, as ratios against a baseline in the same run
	$(BIN)/python -m benchmarks.parsing
	$(BIN)/python -m benchmarks.day
	$(BIN)/python -m benchmarks.model_calls
	$(BIN)/python -m benchmarks.slack_commands
	$(BIN)/python -m benchmarks.slack_posting
	$(BIN)/python -m benchmarks.discord_commands
	$(BIN)/python -m benchmarks.discord_posting
	$(BIN)/python -m benchmarks.discord_recovery
	$(BIN)/python -m benchmarks.mail
	$(BIN)/python -m benchmarks.pages

bench-ranking: $(READY) ## how well the local ranker chooses, on real labelled days
	$(BIN)/python -m benchmarks.ranking

bench-loop: $(READY) ## how much of what a model would choose the prefilter sends it
	$(BIN)/python -m benchmarks.closed_loop

proof: $(READY) ## the long proofs
	$(BIN)/python -m pytest -n $(JOBS) -m proof

lock: ## write the hash-pinned lock files anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --no-emit-index-annotation -o requirements.lock pyproject.toml
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --no-emit-index-annotation --group dev -o requirements-dev.lock pyproject.toml

clean: ## take away what was built
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
