# Two commands do everything: `make run` builds the graph, `make test` proves it. Each sets up what it needs first.
# Python 3.11 or newer is enough; uv is used when it is there.

VENV := .venv
SSSOM := .venv-sssom
BIN := $(VENV)/bin
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$name && break; done)
STAMP := $(VENV)/.installed-run
DEV_STAMP := $(VENV)/.installed-dev

# What the site's scripts are built of, and where they go; LICENCES.txt is written last.
WEB := $(wildcard web/*.json web/*.mjs web/src/* web/src/*/* web/licences/* web/licences/*/*)
SCRIPTS := src/mandate_graph/publish/scripts/LICENCES.txt

# Other people's clients of Node, which the tests ask the server with (180 MB).
CLIENTS := tests/clients/node_modules/.package-lock.json

.PHONY: run test style check format bench sssom web clients clean

run: $(STAMP)
	@$(BIN)/mandate-graph build

# Every promise, with branch coverage; the floor stands in pyproject.toml.
test: $(DEV_STAMP)
	@if command -v npm >/dev/null 2>&1; then $(MAKE) --no-print-directory web clients; else \
		echo "no npm: tests of the site's scripts and of clients of Node are skipped" >&2; fi
	@rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n auto --cov --cov-branch --cov-report=term

style: $(DEV_STAMP)
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy

check: style test

format: $(DEV_STAMP)
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/ruff check --fix src tests benchmarks

bench: $(DEV_STAMP)
	$(BIN)/python benchmarks

# The scripts of the published site, built ahead: needs Node 18 or newer, and runs no script of a package.
web: $(SCRIPTS)

$(SCRIPTS): web/node_modules/.package-lock.json $(WEB)
	@node web/build.mjs

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@command -v npm >/dev/null 2>&1 || { echo "Node 18 or newer with npm is needed for the scripts of the site." >&2; exit 1; }
	@echo "setting up the packages of the scripts …" >&2
	@cd web && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

clients: $(CLIENTS)

$(CLIENTS): tests/clients/package.json tests/clients/package-lock.json
	@command -v npm >/dev/null 2>&1 || { echo "Node 20.18 or newer with npm is needed for the clients of the tests." >&2; exit 1; }
	@echo "setting up clients of other people …" >&2
	@cd tests/clients && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# What the public validator says of the link sets; 390 MB in a home of their own, for one second opinion.
sssom: $(SSSOM)/.installed run
	@for set in sources/links/*.sssom.tsv sources/links/open/*.sssom.tsv build/links.sssom.tsv; do \
		$(SSSOM)/bin/sssom validate $$set || exit 1; done

$(SSSOM)/.installed: $(BIN)/python constraints-sssom.txt
	@echo "setting up the public validator …" >&2
	@$(BIN)/python -m venv $(SSSOM)
	@$(SSSOM)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-sssom.txt sssom
	@touch $@

clean:
	rm -rf $(VENV) $(SSSOM) benchmarks/.venvs build dist web/node_modules tests/clients/node_modules src/mandate_graph/publish/scripts .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found. Name one: make run PYTHON=/path/to/python3" >&2; exit 1; }
	@if command -v uv >/dev/null 2>&1; then uv venv --quiet --python "$(PYTHON)" $(VENV); else "$(PYTHON)" -m venv $(VENV); fi

$(STAMP): $(BIN)/python pyproject.toml constraints.txt
	@echo "setting up …" >&2
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable .; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .; \
	fi
	@touch $@

$(DEV_STAMP): $(BIN)/python pyproject.toml constraints.txt
	@echo "setting up …" >&2
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable '.[dev]'; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'; \
	fi
	@touch $@ $(STAMP)
