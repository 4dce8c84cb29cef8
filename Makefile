# Every command that a person or CI runs. A recipe with logic belongs in the command line or in tools/.

PYTHON ?= python3
RELEASE ?= 0.2.0
OUT ?= build
REPO ?=
MODEL ?=
LIMIT ?=
RUN ?= $(OUT)/scores/$(notdir $(FOLDER))/baseline-blind
FOLDER = $(OUT)/unisandbox-$(patsubst %.toml,%,$(notdir $(RELEASE)))
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
QUIETLY := > .venv/pip.log 2>&1 || { cat .venv/pip.log >&2; exit 2; }
PYTEST := $(BIN)/python -P -m pytest -q

ifeq ($(filter publish,$(MAKECMDGOALS))$(REPO),publish)
$(error say where: make publish REPO=org/name)
endif

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup build-data audit card publish hub-demo score report test test-slow lint format check golden bench bench-gpu wheel clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-11s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: .venv/.dev ## Make .venv with the package, tests and checkers

build-data: .venv/.core ## Build a release: RELEASE=0.2.0 OUT=build
	@$(BIN)/unisandbox build $(RELEASE) --out $(FOLDER)

audit: .venv/.core ## Audit a built release: RELEASE=0.2.0 OUT=build
	@$(BIN)/unisandbox audit $(FOLDER)

card: .venv/.core ## Write the card of a built release anew, with its audit's figures
	@$(BIN)/unisandbox card $(FOLDER) $(if $(REPO),--repo $(REPO))

publish: audit ## Audit a built release and publish it: REPO=org/name, HF_TOKEN from the environment
	@$(BIN)/unisandbox publish $(FOLDER) --repo $(REPO)

hub-demo: .venv/.core ## Publish a built release to a Hub on this machine and load it back
	@$(BIN)/python tools/hub_demo.py $(FOLDER)

score: .venv/.score build-data ## Score the built-in baselines on the default tests: MODEL=folder:my_images LIMIT=300
	@$(BIN)/unisandbox score --data $(FOLDER) $(if $(MODEL),--model '$(MODEL)') $(if $(LIMIT),--limit $(LIMIT))

report: .venv/.score ## Write the report of a run again: RUN=build/scores/unisandbox-0.2.0/baseline-blind
	@$(BIN)/unisandbox report $(RUN)

test: .venv/.dev ## Run the tests, but not the slow ones
	@$(PYTEST) -n 2 --dist loadgroup -m "not slow"

test-slow: .venv/.dev ## Run the tests that take minutes
	@$(PYTEST) -n 2 --dist loadgroup -m slow

lint: .venv/.dev ## Check style, types and generated text
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@$(BIN)/python tools/link_packages.py && $(BIN)/mypy && $(BIN)/mypy tools benchmarks
	@$(BIN)/python tools/write_docs.py --check

format: .venv/.dev ## Rewrite style and generated text
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .
	@$(BIN)/python tools/write_docs.py

check: lint test ## What CI runs: lint and test

golden: .venv/.dev ## Rewrite the expected outputs in tests/golden
	@UNISANDBOX_REWRITE_GOLDEN=1 $(PYTEST) tests/golden

bench: .venv/.bench build-data ## Measure rows and pictures per CPU-second beside writing and encoding alone
	@$(BIN)/python benchmarks/build.py
	@$(BIN)/python benchmarks/render.py
	@$(BIN)/python benchmarks/audit.py
	@$(BIN)/python benchmarks/judge.py --data $(FOLDER)
	@$(BIN)/python benchmarks/score.py

bench-gpu: .venv/.bench ## Measure models, judges and the scorer on the GPU of this machine
	@$(BIN)/python benchmarks/gpu.py

wheel: .venv/.dev ## Build the wheel, install it alone and run a command
	@$(BIN)/python tools/try_wheel.py

clean: ## Remove what the targets above wrote
	@rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .hypothesis

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is missing or older than 3.11; say which one: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) cannot make .venv; install its venv module (Debian: apt-get install python3-venv)" >&2; exit 2; }
	@touch $@

.venv/.core: .venv/.made pyproject.toml constraints.txt
	@echo "installing unisandbox into .venv (once)" >&2
	@$(PIP) --editable . $(QUIETLY) && touch $@

.venv/.dev: .venv/.made pyproject.toml constraints.txt
	@echo "installing unisandbox and its checkers into .venv (once)" >&2
	@$(PIP) --editable '.[dev]' $(QUIETLY) && touch .venv/.core .venv/.score $@

.venv/.score: .venv/.made pyproject.toml constraints.txt
	@echo "installing unisandbox and its scorer into .venv (once)" >&2
	@$(PIP) --editable '.[score]' $(QUIETLY) && touch .venv/.core $@

.venv/.bench: .venv/.core
	@echo "installing what the benchmarks compare with (once)" >&2
	@$(PIP) --editable '.[bench,diffusers]' $(QUIETLY) && touch .venv/.score $@
