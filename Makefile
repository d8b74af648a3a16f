# make demo runs the main job, make test passes the tests; every other target is a part of one of them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: rules preview mutations quiet help install lock tools collector collector-check compose-check compose-up compose-down demo test lint types layers unit wire stack pythons docs bench fuzz collector-faults audit sbom clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

$(STAMP): requirements/dev.txt pyproject.toml
	@echo "installing the pinned requirements into $(VENV) (about a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

install: $(STAMP) ## install everything into .venv

lock: $(STAMP) ## pin and hash the requirements anew
	$(BIN)/uv pip compile pyproject.toml --group dev --extra instrumentation --extra bullmq --universal \
	  --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements/dev.txt
	$(BIN)/uv pip compile pyproject.toml --extra arq --universal \
	  --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements/arq.txt
	$(BIN)/uv pip compile --group audit --universal \
	  --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements/audit.txt
	$(BIN)/uv pip compile pyproject.toml --group example --extra instrumentation --extra bullmq --universal \
	  --constraint requirements/dev.txt \
	  --python-version 3.10 --generate-hashes --no-emit-index-url --no-header --quiet -o requirements/example.txt

tools: $(STAMP) ## build Prometheus, Alertmanager, Loki, the collector and what tests need beside them, once a version
	@$(BIN)/anclora-otel tools

collector: $(STAMP) ## build the collector
	@$(BIN)/anclora-otel tools --only collector

collector-check: $(STAMP) ## validate the collector's configuration and start it once
	@$(BIN)/anclora-otel tools --only collector --check

compose-check: $(STAMP) ## load every combination of the compose files as Docker does, and lint the Dockerfiles
	@$(BIN)/anclora-otel tools --only compose-check
	@$(BIN)/anclora-otel compose check
	$(BIN)/hadolint collector/Dockerfile compose/tempo/Dockerfile examples/whatsapp_service/Dockerfile

compose-up: $(STAMP) ## make the secrets once, then start the stack in containers (settings: compose/.env.monitoring)
	@$(BIN)/anclora-otel tools --only compose-check
	@$(BIN)/anclora-otel compose up

compose-down: $(STAMP) ## stop the containers; the data stays
	@$(BIN)/anclora-otel compose down

demo: tools ## run the example on the whole stack (DEMO_SECONDS=60 stops by itself)
	@$(BIN)/python -m examples.whatsapp_service.demo

test: lint types layers unit rules mutations wire collector-check compose-check stack preview pythons ## run every check and test

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

layers: $(STAMP)
	$(BIN)/lint-imports

unit: tools
	$(BIN)/pytest tests/unit -n auto --dist worksteal

rules: tools ## every alert both ways by promtool
	$(BIN)/pytest tests/rules --ignore tests/rules/test_mutations.py

mutations: tools ## every mutant of a rule is killed by a promtool test, or listed with its reason
	$(BIN)/pytest tests/rules/test_mutations.py

wire: tools
	$(BIN)/pytest tests/wire -n auto --dist loadfile --ignore tests/wire/test_exit.py
	$(BIN)/pytest tests/wire/test_exit.py

stack: tools
	$(BIN)/pytest tests/stack --ignore tests/stack/dashboards

preview: tools ## every query of the dashboards on a live stack, every panel in headless Chromium; pictures in build/preview
	$(BIN)/pytest tests/stack/dashboards

quiet: tools ## six hours of normal traffic on a clock 150 times as fast fire nothing but the Watchdog (wants idle cores)
	$(BIN)/pytest tests/soak

pythons: tools ## run the unit tests on every other Python that is found
	@$(BIN)/python tests/pythons.py

docs: $(STAMP) ## render what is generated: docs/metrics.md, docs/settings.md, docs/alerts.md, rules/ and dashboards/
	@$(BIN)/anclora-otel catalogue docs
	@$(BIN)/anclora-otel settings docs
	@$(BIN)/anclora-otel rules render
	@$(BIN)/anclora-otel rules docs
	@$(BIN)/anclora-otel dashboards render

bench: tools ## throughput with and without a collector
	@$(BIN)/python -m benchmarks.collector_down

fuzz: $(STAMP) ## what comes from outside, a hundred times as often as the unit tests
	FUZZ_EXAMPLES=6000 $(BIN)/pytest tests/unit/test_fuzz.py -n auto --timeout 3600

collector-faults: tools ## outages, kills and damaged requests of the collector in full counts: 500 kills, 100,000 requests
	COLLECTOR_KILLS=500 MUTATED_PAYLOADS=100000 $(BIN)/pytest --timeout 3600 tests/stack/test_collector_faults.py \
	  tests/wire/test_collector_payloads.py tests/wire/test_collector_security.py tests/wire/test_queuecheck.py

AUDIT := .venv-audit
$(AUDIT)/.installed: requirements/audit.txt
	@test -x $(AUDIT)/bin/python || $(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

audit: $(AUDIT)/.installed ## known vulnerabilities of the pinned requirements; fails where the advisories cannot be read
	$(AUDIT)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/example.txt
	$(AUDIT)/bin/pip-audit --strict --require-hashes --disable-pip -r requirements/dev.txt

sbom: $(AUDIT)/.installed ## what the image of the example is made of, as CycloneDX in .state/sbom
	@mkdir -p .state/sbom
	$(AUDIT)/bin/cyclonedx-py requirements requirements/example.txt --output-reproducible -o .state/sbom/example.json
	@echo "the collector's parts: collector/go.mod with the hashes of collector/go.sum"

clean: ## remove what was built, installed and kept
	rm -rf $(VENV) .venv-* .tools .state build
