# Every command of the project; `make help` lists them.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi
export PORT

.PHONY: help run test check fix lock bench endurance clean audit
.DEFAULT_GOAL := help

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

run: $(VENV)/.run  ## Run the demo shop on http://127.0.0.1:8000: site, worker and Mollie simulator
	@$(FLASK) db upgrade
	@$(FLASK) demo load
	@exec $(FLASK) serve-all

test: $(VENV)/.dev  ## Run every test, PostgreSQL's and the browser's included
	@$(BIN)/python -m pytest -n 4 --dist worksteal -q $(TESTS)

check: $(VENV)/.dev  ## Format, lint, types, import contracts, templates, translations, migrations
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/python -m shop.core.translations check
	@SHOP_ENV=test SHOP_INSTANCE_PATH=$$(mktemp -d) sh -c '$(FLASK) db upgrade && $(FLASK) db check'

fix: $(VENV)/.dev  ## Repair what a machine can: format and simple lint
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(VENV)/.dev  ## Lock the dependencies anew, with hashes and without addresses
	@for name in requirements requirements-dev requirements-scale; do \
	  $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-strip-extras --quiet $$name.in -o $$name.txt; \
	done

endurance: $(VENV)/.dev  ## The long campaigns: kills, thousands of buyers and carts, 10,000 histories on each database
	@ENDURANCE=1 $(BIN)/python -m pytest -q -m slow tests/endurance tests/papers/test_same_cents.py tests/journeys/test_accessibility.py

audit: $(VENV)/.dev  ## Walk a real browser through the shop and date what it held, for the cookie page
	@WRITE_AUDIT=1 $(BIN)/python -m pytest -q tests/journeys/test_what_a_browser_holds.py

bench: $(VENV)/.dev  ## Print the benchmarks beside their references
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench.rights

clean:  ## Take away what was built; instance/ stays
	@rm -rf $(VENV) static/.build shop/translations/nl/LC_MESSAGES
