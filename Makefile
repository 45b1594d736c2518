# make demo    a report of invented data, from a sandbox, in out/
# make test    every check
# Both set up what they need: the demo the tool alone, the tests the rest. A second run is quick.

VENV := .venv
BIN := $(VENV)/bin
STAMPS := build/stamps
OUT := out
DEMO := $(BIN)/dsr-report fetch-and-render 20285 --sandbox --config sample_exports/controller.toml \
	--received 2026-01-05 --collected 2026-01-06 --replied 2026-01-19 --reference AVG-2026-014

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export SOURCE_DATE_EPOCH ?= 1767225600
# Modules are compiled once, and not in each of the hundreds of programs that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup setup-tests demo desk test lint types tests bench fuzz picture pictures notebooks malformed-input dist \
	format clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 17

setup: $(STAMPS)/system-report $(STAMPS)/tool ## the tool and what it cannot do without, in .venv

setup-tests: $(STAMPS)/system-tests $(STAMPS)/python $(STAMPS)/node ## with all extras and the checkers

demo: setup ## out/disclosure.pdf, .html and .zip, from a built-in sandbox
	@mkdir -p $(OUT)
	@for ending in pdf html zip; do $(DEMO) -o $(OUT)/disclosure.$$ending || exit 1; done
	@echo
	@echo "The answer to an invented person, three times the same:"
	@for ending in pdf html zip; do echo "  $(CURDIR)/$(OUT)/disclosure.$$ending"; done
	@echo "Open one of them. Then your own:"
	@echo "  . $(BIN)/activate                          # dsr-report is on the PATH from now on"
	@echo "  dsr-report doctor --offline                # is everything in place?"
	@echo "  dsr-report config init -o controller.toml  # who you are; fill it in"
	@echo "  dsr-report render EXPORT.json --config controller.toml -o disclosure.pdf"

desk: $(STAMPS)/desk ## the work in a browser, on sample data
	$(BIN)/dsr-report desk --sandbox

test: lint types tests ## every check, as continuous integration runs them

lint: setup-tests ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-tests ## mypy --strict
	$(BIN)/mypy

tests: setup-tests ## pytest, on two processes, slow modules first (tests/conftest.py)
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

malformed-input: setup-tests ## docs/malformed-input.md, from the cases of its tests
	$(BIN)/python tests/jsonstream/malformed.py > docs/malformed-input.md
	$(BIN)/python tests/mime/ugly_messages.py >> docs/malformed-input.md

notebooks: setup-tests ## run the notebooks, and keep what they show
	$(BIN)/python notebooks/run.py

format: setup-tests ## let ruff put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-tests ## measure, against others; writes benchmarks/RESULTS.md
	$(BIN)/python benchmarks/run.py

fuzz: setup-tests ## properties, with 20 times the examples of the tests (FUZZ=100: a hundred times)
	$(BIN)/pytest -m hypothesis --hypothesis-profile=fuzz -n 2
	@if $(BIN)/python -c 'import atheris' 2>/dev/null; then $(BIN)/python tests/mime/fuzz_messages.py 600; \
	else echo "messages were fuzzed by hypothesis alone: pip install atheris for a fuzzer guided by coverage"; fi

picture: setup-tests ## docs/first-page.png, the report's first page
	@mkdir -p $(OUT) docs
	$(DEMO) -o $(OUT)/disclosure.pdf
	pdftoppm -png -singlefile -r 80 -f 1 -l 1 $(OUT)/disclosure.pdf docs/first-page

pictures: setup-tests ## docs/desk-*.png, pages of the desk on sample data
	$(BIN)/python setup/desk_pictures.py docs

dist: setup-tests ## a wheel and an sdist in dist/
	rm -rf dist
	$(BIN)/python -m build --outdir dist .

clean: ## remove what make made
	rm -rf $(VENV) build dist $(OUT) tests/checkers/node_modules

# ---- what is set up once, and again when its list changes

$(STAMPS)/system-%: setup/system.sh
	setup/system.sh $*
	@mkdir -p $(@D) && touch $@

$(STAMPS)/tool: pyproject.toml requirements/constraints.txt setup/install.sh setup/python.sh $(STAMPS)/system-report
	setup/install.sh $(VENV) --editable .
	@mkdir -p $(@D) && touch $@

$(STAMPS)/desk: $(STAMPS)/tool
	setup/install.sh $(VENV) --editable '.[desk]'
	@mkdir -p $(@D) && touch $@

$(STAMPS)/python: $(STAMPS)/tool
	setup/install.sh $(VENV) --editable '.[all,dev]'
	@mkdir -p $(@D) && touch $@

$(STAMPS)/node: tests/checkers/package-lock.json $(STAMPS)/system-tests
	if command -v npm >/dev/null; then npm ci --prefix tests/checkers --silent --no-audit --no-fund; \
	else echo "WARNING: no npm, so HTML will not be checked" >&2; fi
	@mkdir -p $(@D) && touch $@
