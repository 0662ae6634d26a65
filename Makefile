# Millwright. `make help` lists the commands. They share compiled dependencies between checkouts
# in $XDG_CACHE_HOME/millwright (default ~/.cache/millwright); the browser part goes to target/site.

export LISTEN DATA DEMO MODE
.DEFAULT_GOAL := help
.PHONY: help run dev test check e2e bench benchpages reconcile-bench conformance odbc creates latency lighthouse screens build path site clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ## run with the simulated plant: [LISTEN=127.0.0.1:3000] [DATA=./data] [DEMO=1] [MODE=dev|release]
	@scripts/run

dev: ## run without the plant; rebuild and start again on every change
	@scripts/dev

test: ## format, lint, unit, property, database, HTTP and browser tests
	@scripts/test

check: ## formatting, and clippy with warnings denied
	@scripts/check

e2e: ## the browser tests alone: [FILES="end2end/frame/health.test.mjs"] [PICTURES=1]
	@scripts/e2e $(FILES)

bench: ## throughput and latency beside plain Postgres
	@scripts/deps
	@scripts/site release >/dev/null
	@MILLWRIGHT_BIN="$$(scripts/server release)" scripts/bench

benchpages: ## how soon pages answer with 100 000 alerts and 50 000 assets
	@scripts/deps
	@scripts/site release >/dev/null
	@MILLWRIGHT_BIN="$$(scripts/server release)" scripts/bench-pages

reconcile-bench: ## read and compare a register: [ASSETS=100000] [ROUNDS=3]
	@scripts/deps
	@scripts/bench-reconcile $(or $(ASSETS),100000) $(or $(ROUNDS),3)

lighthouse: ## accessibility, best practices, speed and size of the release build in a browser
	@scripts/lighthouse

screens: ## take the pictures in docs/screens anew
	@scripts/screens

conformance: ## every CMMS manifest against its double: [SYSTEMS="maximo sap"]
	@scripts/conformance $(SYSTEMS)

odbc: ## the SQL bridge through an ODBC driver against a real MariaDB
	@scripts/odbc

creates: ## ten thousand creates against doubles at 30 % faults, by the doubles' ledgers
	@scripts/delivery-figures ten_thousand_creates

latency: ## alert to acknowledged record at 50 work orders a second beside a hanging connection
	@scripts/delivery-figures latency_at_fifty

build: ## the release binary, assets inside
	@scripts/deps
	@scripts/site release >/dev/null
	@scripts/server release

path: ## print where the release binary is
	@echo $(CURDIR)/target/bin/release/millwright

site: ## the browser part alone, into target/site
	@scripts/site dev

clean: ## remove what this checkout built; the shared cache stays
	@rm -rf target
