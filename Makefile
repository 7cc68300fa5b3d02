# The verbs of this project. `make` alone lists them.

PYTHON ?= python3
ASSIGNMENT ?= exercise_05
SUBMISSIONS ?= submissions/$(ASSIGNMENT)
OUT ?=
# Three for each two cores: tests also wait, for time limits and for browsers.
JOBS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) * 3 / 2 )))
# Recipes read these names from the environment, so that "my class (2).zip" is one name.
export SUBMISSIONS OUT

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help
.PHONY: help grade key demo check test night verdicts size bench bench-peers docs screenshots format lock clean

help: ## List the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'
	@echo
	@echo "  make grade SUBMISSIONS=folder-or-zip    grades another class into reports/ (or OUT=folder)"
	@echo "  source .venv/bin/activate               makes the command grader known in this terminal"

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "grader needs Python 3.11 or newer; name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "on Debian and Ubuntu: apt install python3-venv"; exit 1; }

.venv/runtime.stamp: requirements.lock pyproject.toml | .venv/bin/python
	@echo "installing into .venv ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.lock pyproject.toml | .venv/bin/python
	@echo "installing the development tools into .venv ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@ .venv/runtime.stamp

# Browser tests use this machine's Chromium, or fetch one. Without any they are skipped; with
# GRADER_TESTS_SKIP_NOTHING (as in CI) they fail.
.venv/browser.stamp: .venv/dev.stamp
	@for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do \
	  "$$name" --version >/dev/null 2>&1 && touch $@ && exit 0; done; \
	echo "fetching a browser for the tests ..."; \
	if [ "$$(id -u)" = 0 ]; then deps=--with-deps; fi; \
	if $(BIN)/playwright install $$deps chromium >/dev/null; then touch $@; else \
	  echo "no Chromium could be fetched (apt install chromium): browser tests are skipped"; fi

# Nothing that runs from here writes bytecode; without it each start of the command takes half as long again.
.PHONY: compiled
compiled: .venv/runtime.stamp
	@$(BIN)/python -m compileall -q grader >/dev/null 2>&1 || true

grade: compiled ## Grade the sample class into reports/ (sets up everything first)
	@$(BIN)/grader grade "$$SUBMISSIONS" --assignment reference/$(ASSIGNMENT) $${OUT:+--out "$$OUT"} || [ $$? -eq 1 ]

key: compiled ## Compile the answer key and the public key for students
	@$(BIN)/grader compile reference/$(ASSIGNMENT)

# The hand-out as it was given out, dout forgotten in two functions, and a wrong sign in one.
demo: compiled ## Check the hand-out and two wrong notebooks, as students do
	@for file in reference/exercise_05/exercise_05.ipynb \
	  submissions/exercise_05/student-27/exercise_05.ipynb submissions/exercise_05/student-43/exercise_05.ipynb; do \
	  printf '\n$$ grader check %s\n' "$$file"; $(BIN)/grader check "$$file" || [ $$? -eq 1 ] || exit; done

# Types and imports need one core: they are checked while the tests run, and end the tests if they fail.
check: .venv/browser.stamp compiled ## The whole gate: format, lint, types, imports, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest -n $(JOBS) & tests=$$!; trap "kill $$tests" INT TERM; \
	  { $(BIN)/mypy && $(BIN)/lint-imports --no-cache; } || { kill $$tests; wait $$tests; exit 1; }; \
	  wait $$tests

test: .venv/browser.stamp compiled ## The tests alone
	@$(BIN)/python -m pytest -n $(JOBS)

night: .venv/browser.stamp compiled ## The tests with a long fuzz, and every attack at both levels
	@GRADER_FUZZ=50 GRADER_TESTS_FULL=1 $(BIN)/python -m pytest -n $(JOBS)

verdicts: .venv/dev.stamp compiled ## Grade all frozen submissions, and print what differs
	@$(BIN)/python -m tests.verdicts

size: .venv/dev.stamp ## Print lines and modules by room
	@$(BIN)/python -m tests.size

bench: .venv/dev.stamp compiled ## Measure speed as ratios against a bare fork (some minutes)
	@$(BIN)/python -m benchmarks.run

bench-peers: .venv/dev.stamp compiled ## The same notebooks by nbgrader and otter too (fetches both; minutes)
	@$(BIN)/python -m benchmarks.peers

docs: .venv/dev.stamp ## Build the documentation as a site, in site/
	@$(BIN)/mkdocs build --strict --quiet
	@echo "open site/index.html"

screenshots: .venv/browser.stamp ## Take the pictures in docs/screenshots again
	@GRADER_SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest tests/browser -k "picture"

format: .venv/dev.stamp ## Format the code, and fix what can be fixed
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## Resolve the dependencies again (needs uv)
	@uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header pyproject.toml --extra review --group build -o requirements.lock
	@uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header pyproject.toml --extra review --group dev -o requirements-dev.lock

clean: ## Remove what was made: the environment, keys, reports, caches
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache site
	@find reports -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	@rm -rf reference/*/*.key.npz
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
