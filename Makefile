# holub: what a person types. The steps themselves are in scripts/, one noun a file.
#
#   make up      the post office on this machine: reading page, desk and postbox (stop it with Ctrl+C)
#   make test    installs what is missing, then every check and every test
#   make check   format, lint, strict types, import walls, the reading page's types
#   make bench   the benchmarks: make bench CORPUS=path/to/a/git/repository [NAME=...]
#   make page    the reading page's code, built into one HTML file
#   make wheel   holub as one file in dist/, to install relays and postboxes from, and its SHA-256
#   make clean   removes what was built or cached, never holub-data

.DEFAULT_GOAL := help
.PHONY: help up test check bench page wheel clean python office dev

# Any Python from 3.11 on; set PYTHON=... to choose another.
PYTHON ?= $(shell for name in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$name"; break; }; done)
BIN := .venv/bin
NAME ?= all
ARGS ?=

help:
	@sed -n '3,9s/^#   //p' Makefile

python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "holub needs Python 3.11 or newer and found none on PATH."; \
	echo "Install it (Debian, Ubuntu: apt-get install python3 python3-venv) or name it: make PYTHON=/path/to/python3.11 up"; \
	exit 1; }

office: python
	@"$(PYTHON)" -m scripts.venv office

dev: python
	@"$(PYTHON)" -m scripts.venv dev

up: office
	@$(BIN)/python -m scripts.node page
	@$(BIN)/holub up $(ARGS)

test: dev
	@$(BIN)/python -m scripts.suite $(ARGS)

check: dev
	@$(BIN)/python -m scripts.checks

bench: dev
	@$(BIN)/python -m bench $(NAME) $(if $(CORPUS),--corpus "$(CORPUS)") $(ARGS)

page: office
	@$(BIN)/python -m scripts.node page

wheel: office
	@$(BIN)/python -m scripts.wheel

clean:
	rm -rf build dist src/holub.egg-info src/holub/reader/built tests/screenshots
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests bench scripts -type d -name __pycache__ -prune -exec rm -rf {} +
