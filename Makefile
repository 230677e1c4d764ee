# The names that a person types. `make` alone lists them.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The newest Python there is, from 3.11 on: of this machine's PATH, then of the usual places beside it.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 $(HOME)/.pyenv/versions/3.1[1-9]*/bin/python3; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

.DEFAULT_GOAL := help
.PHONY: help demo test unit live lint check docs pages bench engines clean

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY)  ## Show the tool on an incident; needs no engine
	@$(BIN)/python scripts/demo.py

test: unit live  ## Every test: first those that need nothing, then those with real Podman and Docker

unit: $(READY)  ## Tests that need no engine
	$(BIN)/pytest -n 2 -q

live: $(READY) engines  ## Tests against real Podman and Docker (root on Debian)
	. "$$(scripts/engines env)" && PARITYCHECK_LIVE=1 $(BIN)/pytest -q tests/live

lint: $(READY)  ## Style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint unit  ## What to run before a commit

docs: $(READY) pages  ## Build the documentation's site into build/docs
	$(BIN)/sphinx-build -q -W --keep-going -b dirhtml docs build/docs
	@echo "build/docs/index.html"

pages: $(READY)  ## Write the pages of docs/ that are made of the program, with the output it has today
	@$(BIN)/python scripts/write-docs

bench: $(READY) engines  ## Measure against rival programs, in one run
	. "$$(scripts/engines env)" && $(BIN)/python bench/run.py

engines:
	@scripts/engines up

clean:  ## Remove the environment and caches; the engines stay (scripts/engines reset)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

# The stamp saves the seconds that pip takes to find everything installed.
$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: needs Python >= 3.11 with venv and ensurepip; name one with PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install -q -e '.[docker]' --group dev
	$(BIN)/python scripts/junit-schema $(VENV)/share/junit-10.xsd
	@touch $@
