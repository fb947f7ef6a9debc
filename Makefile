# Everything runs from .venv, which the first target that needs it makes: Python 3.11 or newer, make and a shell do.
# PYTHON=/path/to/python3.12 chooses the interpreter; otherwise the first of the list below that is new enough.
SHELL := /bin/sh
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# torch and numba spin while they wait unless told not to: on two cores that costs more than it gains
export OMP_WAIT_POLICY ?= PASSIVE

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-kills test-browser check format neo4j neo4j-stop bench-quality bench-null bench-ablation bench-nights bench-look-alikes bench-adversary bench-speed bench-serving bench-store bench-peer bench-public bench-models bench-model-worlds fit-forests lock model-ci clean

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | expand -t 16

demo: $(READY) ## a made-up world with planted rings, found and shown, in ./demo
	@$(BIN)/ringwatch demo

test: $(READY) ## the tests, the store's on the embedded store included
	$(BIN)/python -m pytest

test-slow: $(READY) ## the tests that take more than ten seconds each
	$(BIN)/python -m pytest -m slow

test-kills: $(READY) ## the loader and the server killed at twenty moments each, on every server at hand
	$(BIN)/python -m pytest -m slow --kills 20 tests/graph/test_kills.py

test-browser: $(READY) ## the pages in headless Chromium with the network off (Debian: apt install chromium)
	$(BIN)/python -m pytest -m browser

neo4j: $(READY) ## a real Neo4j 5.26 for the tests, in .neo4j (Java 17 and Maven); `make test` then uses it
	@$(BIN)/python tests/neo4j/server.py start

neo4j-stop: $(READY) ## end that server
	@$(BIN)/python tests/neo4j/server.py stop

check: $(READY) ## format, lint, types, layers, tests: what a change must pass
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

format: $(READY) ## let ruff mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

model-ci: $(READY) ## models: tested, trained on a small world, judged, gated, used; the image where there is Docker
	@.ci/models

bench-quality: $(READY) ## recall and precision on twenty unseen worlds, with and without labels, beside rivals
	$(BIN)/python -m benchmarks.quality --worlds 20 --markdown benchmarks/quality.md

bench-ablation: $(READY) ## each detector and each channel out in turn, on six unseen worlds
	$(BIN)/python -m benchmarks.ablation --worlds 6 --markdown benchmarks/ablation.md

bench-nights: $(READY) ## ring identities over ten nights of three worlds, and what keeping them costs
	$(BIN)/python -m benchmarks.nights --worlds 3 --first-seed 9101 --markdown benchmarks/nights.md

bench-look-alikes: $(READY) ## how many honest groups that look like rings are accused, on six worlds
	$(BIN)/python -m benchmarks.look_alikes --markdown benchmarks/look_alikes.md

bench-adversary: $(READY) ## recall and precision while ring makers turn one knob at a time, on three worlds
	$(BIN)/python -m benchmarks.adversary --markdown benchmarks/adversary.md

bench-speed: $(READY) ## detection alone at 1, 10 and 50 million orders, whole runs up to 10 (ORDERS=… chooses)
	$(BIN)/python -m benchmarks.speed $(if $(ORDERS),--orders $(ORDERS)) --markdown benchmarks/speed.md

bench-serving: $(READY) ## models of risk in production: training, all partners, one newcomer, up to 575,000 partners
	$(BIN)/python -m benchmarks.serving $(if $(ORDERS),--orders $(ORDERS)) --markdown benchmarks/serving.md

bench-store: $(READY) ## loading a store and reading it back, on the embedded store and Neo4j
	$(BIN)/python -m benchmarks.store --markdown benchmarks/store.md

bench-peer: $(READY) ## Neo4j Graph Data Science beside ringwatch on one graph (Java 17 and Maven)
	$(BIN)/python -m benchmarks.peer --markdown benchmarks/peer.md

bench-public: $(READY) ## public data, converted, run and judged: make bench-public SRC=the folder of the sets
	$(BIN)/python -m benchmarks.public $(or $(SRC),$(error name the folder of the sets: make bench-public SRC=folder)) \
		--markdown benchmarks/public.md

bench-models: $(READY) ## the models of risk on public sets with labels: make bench-models SRC=the folder of the sets
	$(BIN)/python -m benchmarks.models $(or $(SRC),$(error name the folder of the sets: make bench-models SRC=folder)) \
		--markdown benchmarks/models.md

bench-model-worlds: $(READY) ## the models of risk on unseen made-up worlds
	$(BIN)/python -m benchmarks.model_worlds --markdown benchmarks/model_worlds.md

bench-null: $(READY) ## significance where there is no ring, and what it keeps where there are some
	$(BIN)/python -m benchmarks.null --markdown benchmarks/null.md

# the files hold hashes and no address: whichever index the machine is set up for serves them
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header
fit-forests: $(READY) ## fit what detection has learnt from made-up worlds anew (an hour or two, 30 GB of disk)
	$(BIN)/python -m benchmarks.fit_forests --scratch $(or $(SCRATCH),$(error name an empty folder: make fit-forests SCRATCH=folder))

lock: $(READY) ## renew requirements.lock and requirements-uv.lock
	$(COMPILE) --upgrade --quiet --all-extras pyproject.toml -o requirements.lock
	echo uv | $(COMPILE) --upgrade --quiet --no-annotate - -o requirements-uv.lock

clean: ## remove the environment and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# Two stamps, each written last: an install that was interrupted is taken up again, a finished one costs nothing.
$(READY): $(VENV)/.uv requirements.lock pyproject.toml
	@rm -f $@
	@echo 'Installing what requirements.lock names. torch is most of the download: some minutes on a slow line.'
	@$(BIN)/uv pip sync --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --offline --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.uv: requirements-uv.lock
	@rm -f $@ $(READY); \
	python='$(PYTHON)'; \
	for candidate in python3.11 python3.12 python3.13 python3.14 python3 python; do \
		[ -n "$$python" ] && break; \
		"$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && python=$$candidate; \
	done; \
	if ! "$${python:-none}" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
		echo "ringwatch needs Python 3.11 or newer and found $${python:-none}; install it, or name one: make PYTHON=/path/to/python3.11" >&2; \
		exit 1; \
	fi; \
	if ! "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		echo "$$python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; \
		exit 1; \
	fi; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		echo "Making $(VENV) with $$("$$python" --version)."; \
		"$$python" -m venv --clear $(VENV) || exit 1; \
	fi; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock && touch $@
