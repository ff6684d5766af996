# What a person runs. Each target sets up what it needs in .venv; a machine with Python 3.11 or newer and make is enough.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PINS := constraints.txt pyproject.toml
CODE := assent tests benchmarks tools
OUT ?= runs/experiment

.PHONY: demo check test quick soak bench experiment clean

demo: .venv/train  ## a sample meeting becomes minutes, an instruction a message, and what was consented to an adapter
	@$(BIN)/assent demo

check: .venv/dev  ## lint, format, types, import direction
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

test: .venv/dev  ## every test
	$(BIN)/python -m pytest

quick: .venv/dev  ## the common loop: every test that is not slow
	$(BIN)/python -m pytest -m "not slow"

soak: .venv/dev  ## any order of events against the reference model, 2,000 times on each database; then the seeded faults
	$(BIN)/python benchmarks/soak.py

bench: .venv/dev  ## the programs in benchmarks/ that need nothing else, one after the other
	@for program in $(filter-out benchmarks/soak.py benchmarks/candidates.py,$(wildcard benchmarks/*.py)); do echo "== $$program"; $(BIN)/python "$$program" || exit 1; done

experiment: .venv/dev  ## what consent costs and what verdicts are worth: make experiment CORPORA=folder [OUT=folder]
	@test -n "$(CORPORA)" || { echo "Name the folder of the corpora: make experiment CORPORA=folder" >&2; exit 1; }
	$(BIN)/python -m assent.training.experiment "$(CORPORA)" --out "$(OUT)"

clean:
	rm -rf .venv build dist

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Assent needs Python 3.11 or newer; none was found" >&2; exit 1; }
	$(PYTHON) -m venv .venv

# A stamp is newer than the pins it was installed from.
.venv/train: $(PINS) | .venv/bin/python
	@echo "Setting up .venv; the first time takes minutes."
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[train]'
	@touch $@

.venv/dev: $(PINS) | .venv/bin/python
	@echo "Setting up .venv for development; the first time takes minutes."
	@$(BIN)/python -m pip install -qq --constraint constraints.txt --editable '.[dev]'
	@touch .venv/train $@
