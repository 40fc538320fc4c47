# `make` alone lists what there is to do. Each target that needs the clone's own environments makes them first.

.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/sh

# Values reach the commands through the environment: whatever is in them, no shell takes it apart.
export DATA FILE SEED SEEDS SCALES CLAIMS
export PYTHONPATH := $(CURDIR)

app := .local/app/bin/python
lakehouse := .local/lakehouse/bin/python
bin := .local/app/bin

# Any Python from 3.10 starts the set-up; uv brings one where there is none. Expanded late: a target may name its parts.
bootstrap = for python in $(app) python3 python3.13 python3.12 python3.11 python3.10 python; do \
    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then \
      exec "$$python" -m local.set_up $(parts); fi; done; \
  exec uv run --no-project --python 3.13 python -m local.set_up $(parts)

# A folder whose tests are still to come is passed over, and so is one without any (pytest ends with 5).
app_sources := $(wildcard function_app.py functions shared local tests)
lakehouse_sources := $(wildcard databricks/src databricks/tests)
quick_tests := $(wildcard tests/unit tests/contract tests/architecture tests/simulation)
world_tests := $(wildcard tests/integration tests/end_to_end)
lakehouse_tests := $(wildcard databricks/tests/unit databricks/tests/integration)
no_tests_is_fine = || [ $$? -eq 5 ]

.PHONY: help
help:
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 28

.PHONY: demo
demo: set-up ## two hospitals' files from landing to KPIs; DATA=folder takes files of your own
	@$(app) -m local.demo $${DATA:+--data "$$DATA"}

.PHONY: demo-close
demo-close: set-up ## a hospital's account ledger through month end: signed, then restated, with every difference explained
	@$(app) -m local.demo --close

.PHONY: local
local: set-up ## keep the local world running and print its addresses
	@$(app) -m local.up

.PHONY: drop
drop: set-up ## drop a file into the running local world and follow it: FILE=path
	@$(app) -m local.drop "$${FILE:?is missing, as in: make drop FILE=claims.csv}"

.PHONY: new-source
new-source: set-up ## draft a source's metadata from a sample: FILE=sample.csv
	@$(app) -m local.new_source "$${FILE:?is missing, as in: make new-source FILE=sample.csv}"

.PHONY: verify-audit
verify-audit: set-up ## recompute the chain of the audit trail in the local world
	@$(app) -m local.verify_audit

.PHONY: rebuild-listings
rebuild-listings: set-up ## write the listings of the local world anew from its ledger
	@$(app) -m local.rebuild_listings

.PHONY: test
test: check test-app test-world test-lakehouse ## all that a change must pass: check, then every test

.PHONY: check
check: set-up ## lint, format, types, layers
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy $(app_sources)
	$(if $(lakehouse_sources),MYPYPATH=databricks/src:databricks/tests/support $(bin)/mypy --python-version 3.12 --python-executable $(lakehouse) $(lakehouse_sources))
	$(bin)/lint-imports --no-logo

.PHONY: test-app
test-app: set-up ## unit, contract, architecture and simulation tests, two at a time
	$(if $(quick_tests),$(app) -m pytest -n 2 $(quick_tests) $(no_tests_is_fine))

.PHONY: test-world
test-world: set-up ## integration and end-to-end tests on the local world
	$(if $(world_tests),$(app) -m pytest $(world_tests) $(no_tests_is_fine))

.PHONY: test-lakehouse
test-lakehouse: set-up ## the bundle's tests on Spark and Delta, two files at a time
	$(if $(lakehouse_tests),$(lakehouse) -m pytest -n 2 --dist loadfile $(lakehouse_tests) $(no_tests_is_fine))

.PHONY: test-defects
test-defects: set-up ## the published notebooks' defects, asked of all of both: what is too dear for every change
	$(lakehouse) -m pytest databricks/tests/defects

.PHONY: simulate
simulate: set-up ## the whole flow under seeded faults: SEEDS=how many, SEED=one to repeat
	@$(app) -m shared.testing.simulate $${SEEDS:+--seeds "$$SEEDS"} $${SEED:+--seed "$$SEED"}

.PHONY: verify-truth
verify-truth: set-up ## a world of known truth through the line, all of it compared: CLAIMS=20000 SEED=7
	@$(app) -m local.verify_truth $${CLAIMS:+--claims "$$CLAIMS"} $${SEED:+--seed "$$SEED"}

.PHONY: chaos
chaos: set-up ## kill processes at random while files arrive, then count: SEED=which moments; STORM=1 requests instead
	@$(app) -m local.chaos $${STORM:+--storm} $${SEED:+--seed "$$SEED"}

.PHONY: bench
bench: set-up ## latency, throughput and memory of the local world: FILES=, ROWS=, MB=
	@$(app) -m local.bench

.PHONY: bench-validation
bench-validation: parts := bench-env
bench-validation: set-up ## the columnar validator against published ones: ROWS=how many, PEERS=which
	@.local/bench-env/bin/python -m local.bench.validation

.PHONY: bench-medallion
bench-medallion: set-up ## full load, 2 % changes, nothing and an equal extract beside the published notebooks: SCALES=x1,x10
	@$(app) -m local.bench.medallion

.PHONY: package
package: set-up ## the function app's zip and the lakehouse's wheel, into dist/
	@$(app) -m local.package

.PHONY: lock
lock: set-up ## choose versions anew and write the lock files
	@$(app) -m local.set_up.lock

.PHONY: set-up
set-up: ## make environments, Azurite, Java and jars below .local/; every target does so by itself
	@$(bootstrap)

.PHONY: clean
clean: ## delete all that set-up and runs left: .local/, dist/, caches
	rm -rf .local dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
