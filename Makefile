# One command each, on a fresh machine: they make .venv and install what they need.
PYTHON ?= python3
BIN := .venv/bin
SECONDS ?=
.PHONY: install demo test lint format bench clean

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test]"
	@touch $@

install: .venv/installed

demo: install
	$(BIN)/assistant demo $(if $(SECONDS),--seconds $(SECONDS))

test: install
	$(BIN)/python -m pytest $(ARGS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install
	$(BIN)/python scripts/bench.py $(ARGS)

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache
