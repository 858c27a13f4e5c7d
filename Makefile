# `make run` starts the app, `make test` runs every check; both make the environment first and are fast after that.

# The first interpreter that is new enough; `make PYTHON=...` names another.
PYTHON ?= $(or $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done),python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
LOCKED := -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test lint types screenshots bench translations wheel wheel-check lock clean

help:  ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

run: $(VENV)/.run  ## start the app
	@$(BIN)/python main.py

test: lint types  ## run every check: lint, format, import contracts, types, tests
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m lora_gui.runtime.platform_check
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q -n auto

lint: $(VENV)/.test  ## check style, format and the direction of imports
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "Run $(BIN)/ruff format"; exit 1; }
	@$(BIN)/lint-imports > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }

types: $(VENV)/.test  ## check types, strictly
	@$(BIN)/mypy

screenshots: $(VENV)/.run  ## take the README's pictures from the real window
	@QT_QPA_PLATFORM=offscreen $(BIN)/python scripts/screenshots.py

bench: $(VENV)/.bench  ## measure training side by side with public tools, and the machine's limits (minutes)
	@$(BIN)/python -m benchmarks

translations: $(VENV)/.test  ## bring the translation files up to date with the source
	@$(BIN)/python scripts/translations.py

wheel: $(VENV)/.test  ## build the sdist and the wheel into dist/
	@rm -rf dist
	@$(BIN)/python -m build --outdir dist . > $(VENV)/build.log 2>&1 || { cat $(VENV)/build.log; exit 1; }
	@ls dist/*

wheel-check: wheel  ## install the wheel into an empty environment and start it there
	@$(BIN)/python scripts/wheel_check.py

lock:  ## resolve the newest versions allowed and write them to constraints.txt
	@echo "Resolving the newest versions allowed (minutes) ..."
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --quiet '.[test]'
	@{ grep '^#' constraints.txt; \
		build/lock/bin/python -m pip freeze --all --exclude pip --exclude lora-gui | tr _ - \
		| sed 's/+[a-z0-9.]*$$//' | grep -v -E '^(nvidia|cuda|triton)'; } > build/constraints.txt
	@mv build/constraints.txt constraints.txt && rm -rf build/lock

clean:  ## remove everything that was made
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment. A stamp stands for what was installed; a change of pyproject.toml or the lock makes it stale.
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "LoRA GUI needs Python 3.11 or newer; $(PYTHON) was not found" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit( \
		"LoRA GUI needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0])'
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing what the app needs (minutes the first time) ..."
	@$(PIP) install $(LOCKED) -e .
	@touch $@

$(VENV)/.test: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing what the app and its tests need (minutes the first time) ..."
	@$(PIP) install $(LOCKED) -e '.[test]'
	@touch $(VENV)/.run $@

$(VENV)/.bench: $(VENV)/.test
	@$(PIP) install $(LOCKED) -e '.[bench]'
	@touch $@
