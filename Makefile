# make demo   the central and two labs with simulated devices, on this computer
# make test   the whole suite; make test-fast: a minute and a half, for working
# make lint   ruff and mypy
# make bench  the figures, each beside its limit
# make soak   thousands of seeds of the sync simulator: make soak SEEDS=5000
#
# Each makes its own .venv from nothing. PYTHON names another interpreter.

PYTHON ?= python3
SEEDS ?= 5000
RUN = .venv/bin/python
PYTEST = .venv/bin/pytest -n 2 --dist loadfile

.PHONY: help demo test test-fast lint bench soak
help:
	@sed -n 's/^# \{0,1\}//p;/^$$/q' Makefile

demo: .venv/ready-to-run
	@$(RUN) -m kiosk demo

test: .venv/ready-to-test
	@$(RUN) -m tests.octoprint_venv
	@$(PYTEST) || { \
		echo "What failed beside other tests is run again, alone: see tests/README.md."; \
		.venv/bin/pytest --last-failed --last-failed-no-failures none; }

test-fast: .venv/ready-to-test
	@$(PYTEST) -m "not slow and not browser and not octoprint"

lint: .venv/ready-to-test
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

bench: .venv/ready-to-test
	@$(RUN) -m tests.bench

soak: .venv/ready-to-test
	@FABLAB_SOAK=$(SEEDS) .venv/bin/pytest -n 2 --dist worksteal tests/sync tests/store

.venv/ready-to-run: pyproject.toml .ci/venv
	@PYTHON="$(PYTHON)" .ci/venv
	@touch $@

.venv/ready-to-test: pyproject.toml .ci/venv
	@PYTHON="$(PYTHON)" .ci/venv test lint
	@touch $@ .venv/ready-to-run
