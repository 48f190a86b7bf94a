# Every public target does all of its own set-up: interpreter, virtual environment, locked packages, fonts, catalogues.
#   make demo [ONCE=1] [PORT=8000] [SIZE=300]  the main job in a city of so many cases, then the site
#   make test [ARGS="-k name"]            all tests, on SQLite and on a temporary PostgreSQL
#   make bench [JSON=file] [ONLY=name]    the figures
#   make lint   make types                what the build also checks
.PHONY: demo test bench lint types migrations setup setup-test lock

PY := .venv/bin/python
PORT ?= 8000
# Tests start many children; none should compile the whole product anew.
unexport PYTHONDONTWRITEBYTECODE

demo: setup
	@sh scripts/fonts.sh
	@ACCREDITATION_DEMO=1 ACCREDITATION_VAR=$(CURDIR)/var/demo PORT=$(PORT) \
		PUBLIC_BASE_URL=$${PUBLIC_BASE_URL:-http://127.0.0.1:$(PORT)} exec $(PY) manage.py demo $(if $(ONCE),--once) $(if $(SIZE),--size $(SIZE))

test: setup-test
	@sh scripts/debian.sh
	@sh scripts/fonts.sh
	@$(PY) scripts/tests.py $(ARGS)

bench: setup-test
	@sh scripts/debian.sh
	@sh scripts/fonts.sh
	@$(PY) scripts/with_postgresql.py --or-without $(PY) -m bench $(if $(JSON),--json $(JSON)) $(if $(ONLY),--only $(ONLY))

lint: setup-test
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports --no-cache --no-logo
	@$(PY) scripts/size.py

types: setup-test
	@$(PY) -m mypy .

migrations: setup-test
	@$(PY) scripts/migrations.py

setup:
	@sh scripts/setup.sh run

setup-test:
	@sh scripts/setup.sh test

lock:
	@sh scripts/lock.sh
