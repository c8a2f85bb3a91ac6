# From a fresh clone each target makes what it needs in .venv: with uv where it is installed, else with pip.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py

.PHONY: help run test bench check fix messages lock
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/embedded.installed ## database, demo city, web and worker (options: make run ARGS="--port 8080")
	@$(MANAGE) run $(ARGS)

# One process more than there are processors: what is killed and comes back is waited for.
test: $(VENV)/dev.installed ## the whole suite (part of it: make test ARGS=tests/legs)
	@$(BIN)/python -m pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist worksteal $(ARGS)

bench: $(VENV)/dev.installed ## measure, and write docs/performance.md (one subject: make bench ARGS=rides)
	@$(BIN)/python -m bench $(ARGS)

# What looks like a secret and is none. Words that are assigned to something called a password are ruff's (S105 to S107).
SECRETS := $(BIN)/detect-secrets-hook --no-verify --disable-plugin KeywordDetector \
	--exclude-secrets '^(password|secret|former_public_ids-INITIAL_FORMS)$$|/run/tomp-web$$'

check: $(VENV)/dev.installed ## lint, types, imports, secrets, migrations, system checks; changes nothing
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	git ls-files -z ':!:*.po' ':!:*.mo' ':!:*.png' ':!:requirements' | xargs -0 -n 300 -P 2 $(SECRETS)
	$(MANAGE) check
	$(MANAGE) makemigrations --check --dry-run

fix: $(VENV)/dev.installed ## repair what lint can repair, and format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

messages: $(VENV)/dev.installed ## the texts to translate, and what was translated (needs GNU gettext)
	$(MANAGE) makemessages --all --no-location --no-obsolete
	$(MANAGE) compilemessages --ignore $(VENV)

COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: $(VENV)/dev.installed ## pin the newest versions that pyproject.toml allows
	$(COMPILE) --upgrade --extra embedded --extra dev --output-file requirements/dev.txt
	$(COMPILE) --extra embedded --constraint requirements/dev.txt --output-file requirements/embedded.txt
	$(COMPILE) --constraint requirements/dev.txt --output-file requirements/base.txt

$(VENV)/%.installed: requirements/%.txt | $(BIN)/python
	@if command -v uv >/dev/null; then \
		uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes --requirement $<; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<; \
	fi
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=…")'
	@if command -v uv >/dev/null; then uv venv --quiet --python $(PYTHON) $(VENV); else $(PYTHON) -m venv $(VENV); fi \
		|| { rm -rf $(VENV); exit 1; } # half an environment would look like a whole one next time
