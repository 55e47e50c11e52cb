# `make run` starts Recap, `make test` tests it. Everything lives in .venv; settings are RECAP_... variables.
# ARGS="..." is handed to pytest.

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

# The first interpreter that is new enough; name another with `make run PYTHON=/path/to/python`.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	if "$$each" -c '$(NEW_ENOUGH)' 2>/dev/null; then echo "$$each"; break; fi; done)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
INSTALL := $(BIN)/python -m pip install -c constraints.txt

.PHONY: help run test test-slow bench lint format docs clean
.DEFAULT_GOAL := help

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: $(VENV)/installed  ## start Recap; Ctrl-C ends it
	@exec $(BIN)/recap run

test: $(VENV)/installed-dev  ## the tests that take seconds
	$(BIN)/python -m pytest -n auto -m "not slow" $(ARGS)

test-slow: $(VENV)/installed-dev  ## the tests that take longer
	$(BIN)/python -m pytest -n auto -m slow $(ARGS)

bench: $(VENV)/installed-dev  ## the measurements, with their numbers
	@for each in start chat_latency crowd chart engine retrieval followups judge; do \
		echo "== $$each"; $(BIN)/python -m tests.bench.$$each $(ARGS) || exit 1; done
	@for each in reviews outbox; do \
		echo "== $$each"; $(BIN)/python -m tests.bench.$$each --quick $(ARGS) || exit 1; done

lint: $(VENV)/installed-dev  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/installed-dev  ## put imports and layout in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/installed-dev  ## fill in the tables of the documents from the source
	$(BIN)/python -m tests.documents

clean:  ## remove the virtual environment and caches; your data stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find bot jobs knowledge tests deploy -name __pycache__ -type d -prune -exec rm -rf {} +

# An interrupted set-up leaves no pip behind, so that it is begun anew.
$(BIN)/pip:
	@test -n "$(PYTHON)" && "$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null || { \
		echo "Recap needs Python 3.11 or newer, and none was found."; \
		echo "Install it, or name it: make run PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting Recap up in $(VENV) ..."
	@"$(PYTHON)" -m venv --clear $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/pip
	$(INSTALL) -e '.[offline]'
	@touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt | $(BIN)/pip
	$(INSTALL) -e '.[offline,dev]'
	@touch $(VENV)/installed $@
