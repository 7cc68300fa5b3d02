# The verbs of this project. `make` alone lists them.

PYTHON ?= python3
ASSIGNMENT ?= exercise_05
SUBMISSIONS ?= submissions/$(ASSIGNMENT)
OUT ?=
# One more than there are cores to each two: tests also wait, for limits to pass and for browsers.
JOBS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) * 3 / 2 )))
# Recipes take the names of folders from the environment, as a shell takes them whole: "my class (2).zip" is one.
export SUBMISSIONS OUT

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export PYTHONDONTWRITEBYTECODE := 1

.DEFAULT_GOAL := help
.PHONY: help grade key demo check test fuzz bench bench-peers docs screenshots format lock clean

help: ## List the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'
	@echo
	@echo "  make grade SUBMISSIONS=folder-or-zip    grades another class, into reports/ under its name (or OUT=folder)"
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
	@echo "installing the tools of development into .venv ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@ .venv/runtime.stamp

# Browser tests drive this machine's Chromium, or one that is fetched; where none can be had they are left out, and
# where GRADER_TESTS_SKIP_NOTHING is set (as in CI) they fail.
.venv/browser.stamp: .venv/dev.stamp
	@for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do \
	  "$$name" --version >/dev/null 2>&1 && touch $@ && exit 0; done; \
	echo "fetching a browser for the tests ..."; \
	if [ "$$(id -u)" = 0 ]; then deps=--with-deps; fi; \
	if $(BIN)/playwright install $$deps chromium >/dev/null; then touch $@; else \
	  echo "no Chromium can be had here (apt install chromium): the browser tests are left out"; fi

# Nothing that runs from here writes byte code, and without it each start of the command takes a half longer, and its
# first page. Where the folder is closed, they do.
.PHONY: compiled
compiled: .venv/runtime.stamp
	@$(BIN)/python -m compileall -q grader >/dev/null 2>&1 || true
	@$(BIN)/python -c 'from grader.report.page import compile_templates; compile_templates()' || true

grade: compiled ## Grade the sample class into reports/ (sets up everything first)
	@$(BIN)/grader grade "$$SUBMISSIONS" --assignment reference/$(ASSIGNMENT) $${OUT:+--out "$$OUT"} || [ $$? -eq 1 ]

key: compiled ## Compile the answer key and the students' public key
	@$(BIN)/grader compile reference/$(ASSIGNMENT)

demo: grade ## Grade the sample class, then check one notebook as a student would
	@$(BIN)/grader check "$$SUBMISSIONS/student-27" || true

# Types and imports are looked at while the tests are at work, as one core does that alone; what they find ends the tests.
check: .venv/browser.stamp compiled ## The whole gate: format, lint, types, imports, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest -n $(JOBS) & tests=$$!; trap "kill $$tests" INT TERM; \
	  { $(BIN)/mypy && $(BIN)/lint-imports --no-cache; } || { kill $$tests; wait $$tests; exit 1; }; \
	  wait $$tests

test: .venv/browser.stamp compiled ## The tests alone
	@$(BIN)/python -m pytest -n $(JOBS)

fuzz: .venv/dev.stamp compiled ## A long fuzz, and every attack at every level (half an hour)
	@GRADER_FUZZ=50 $(BIN)/python -m pytest -n $(JOBS) tests/test_fuzz.py tests/test_rewritings.py tests/test_mutants_of_stories.py tests/test_one_slip.py
	@GRADER_TESTS_FULL=1 $(BIN)/python -m pytest -n $(JOBS) tests/test_kept_on_self.py tests/hostile

bench: .venv/dev.stamp compiled ## Measure speed as ratios against a bare fork (some minutes)
	@$(BIN)/python -m benchmarks.run

bench-peers: .venv/dev.stamp compiled ## The same notebooks through nbgrader and otter too (fetches both; minutes)
	@$(BIN)/python -m benchmarks.peers

docs: .venv/dev.stamp ## Build the documentation as a site, in site/
	@$(BIN)/mkdocs build --strict --quiet
	@echo "open site/index.html"

screenshots: .venv/browser.stamp ## Take the pictures in docs/screenshots anew
	@GRADER_SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest tests/browser -k "picture"

format: .venv/dev.stamp ## Format the code, and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## Resolve the dependencies anew (needs uv)
	@uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header pyproject.toml --extra review --extra similar --group build -o requirements.lock
	@uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header pyproject.toml --extra review --extra similar --group dev -o requirements-dev.lock

clean: ## Remove what was made: the environment, keys, reports, caches
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache site
	@find reports -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	@rm -rf reference/*/*.key.npz
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
