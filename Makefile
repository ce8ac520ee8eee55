# The two that matter: `make book` and `make test`. Both start from a bare clone.

EXECUTE ?= off
SLOW ?= off
PORT ?= 8000
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# In a third of the time; but uv reads no pip.conf, so where it finds no packages pip installs them.
FAST := $(INSTALL) uv && $(BIN)/python -m uv pip install --quiet --compile-bytecode --python $(BIN)/python
READY := .venv/.done

# What .venv was made with, and where. An option that is not given stays as it was; one that is
# given and differs, a folder that was moved or a Python that is gone makes .venv anew.
kept = $(patsubst $1=%,%,$(filter $1=%,$(shell cat .venv/.made 2> /dev/null)))
PYTHON ?= $(or $(call kept,PYTHON),python3)
LOCKED ?= $(or $(call kept,LOCKED),off)
export MADE := PYTHON=$(PYTHON) LOCKED=$(LOCKED) FOLDER=$(CURDIR)
ifneq ($(MADE),$(shell test -x $(BIN)/python && cat .venv/.made 2> /dev/null))
CLEAR := --clear
.PHONY: $(READY)
endif

# `make -j book test` would delete the site that is being read; the tests use all processors anyway.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help book lab live pdf serve notebooks test units pages browsers everywhere lint verify sweeps torch mutants bench lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

book: $(READY) ## build the site from the committed outputs (EXECUTE=force runs every page first)
ifeq ($(EXECUTE),force)
	@$(MAKE) --no-print-directory notebooks
endif
	@rm -rf _build  # a second run would be silent about the warnings that failed the first
	$(BIN)/jupyter-book build . -W --keep-going -n --quiet
	@echo "Open _build/html/index.html in a browser, or run: make serve"

lab: $(READY) ## open the pages as notebooks in JupyterLab, with boxes, proofs and formulae set (OPTIONS="--allow-root": JupyterLab's own)
	$(BIN)/python -m jupyterlab --notebook-dir=book --LabApp.default_url=/lab/tree/index.ipynb \
	    --LabApp.extra_labextensions_path=$(CURDIR)/book/_lab $(OPTIONS)

pdf: book ## print the whole book into _build/sharp-minima-flat-minima.pdf (needs Chromium)
	$(BIN)/python book/_tools/paper.py

live: book ## build the site with Python for the browser in it (54 MB): pages can be run where they are read
	$(BIN)/python book/_tools/live.py $(RUNTIME)
	@echo "Now run: make serve"

serve: $(READY) ## show the built site at http://localhost:8000 (PORT=... for another)
	@test -f _build/html/index.html || { echo "There is no site yet: run make book first."; exit 1; }
	@$(BIN)/python book/_tools/serve.py $(PORT)

notebooks: $(READY) ## run every page and write its outputs into it (PAGES="a b": only these)
	$(BIN)/python book/_tools/notebooks.py $(PAGES)

# Three questions: is the library right, do the pages still say what a fresh run says, and does what
# was built work where it is read. nbval has its own run, for it wants a kernel per page.
# A process for each processor, with one thread of BLAS: more threads than processors slow all down.
# A file stays in one process; the long ones that need not come last, a test or a page at a time
# (tests/support/shares.py), so that no process waits for another.
READ := tests/site tests/book/test_jupyterlab_pages.py tests/book/test_player.py
SHARED := -q -n auto --dist loadfile
test: units pages ## unit tests, every page run afresh (SLOW=on lists the slowest ten)

units pages browsers: export OPENBLAS_NUM_THREADS := 1
units pages browsers: SLOWEST := $(if $(filter on,$(SLOW)),--durations=10 --durations-min=0.5)
units: $(READY) ## the first half of it: unit tests
	$(BIN)/python -m pytest $(SHARED) --no-loadscope-reorder $(SLOWEST) $(READ:%=--ignore=%)
pages: $(READY) ## the second half: every page run afresh
	$(BIN)/python -m pytest $(SHARED) -o addopts= --nbval --nbval-current-env \
	    --nbval-sanitize-with tests/nbval_sanitize.cfg --nbval-cell-timeout 120 $(SLOWEST) book
browsers: $(READY) ## the site as it was built, and pages in JupyterLab, in Chromium and Firefox
	$(BIN)/python -m pytest $(SHARED) --no-loadscope-reorder $(SLOWEST) $(READ)

# `make browsers` runs the quick pages there, where `make live` has built the site.
everywhere: export EVERYWHERE := on
everywhere: live ## run all pages in the browser and in JupyterLab, read all in Firefox, and check all claims with ten seeds (an hour)
	$(BIN)/python -m pytest -q -rA --durations=0 --durations-min=1 tests/site/test_live_pages.py \
	    tests/site/test_firefox.py tests/book/test_jupyterlab_pages.py tests/book/test_claims.py

lint: $(READY) ## check style, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

verify: $(READY) ## check every claim of both papers and print the ledger
	$(BIN)/python -m flatbook verify

sweeps: $(READY) ## train the nets of the stored experiments again (resumes; NAMES="a b": only these)
	$(BIN)/python -m flatbook sweeps $(NAMES)

# Without PyTorch these are skipped, and say so; here they must run, so its absence is an error.
torch: export OPENBLAS_NUM_THREADS := 1
torch: $(READY) ## install PyTorch into .venv, then run its tests, its page and the page's solutions
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[torch]"
	$(BIN)/python -c "import torch"
	$(BIN)/python -m pytest -q -n auto tests/flatlib/pytorch flatlib/pytorch \
	    tests/book/own_networks tests/book/optimizers tests/house/test_architecture.py
	$(BIN)/python -m pytest -q -o addopts= --nbval --nbval-current-env \
	    --nbval-sanitize-with tests/nbval_sanitize.cfg book/your_own_network.ipynb

mutants: $(READY) ## change the core in one place at a time: does a test object? (MUTANTS="--seed 1")
	$(INSTALL) -e ".[mutants]"
	$(BIN)/python -m pytest -q tests/mutants
	PYTHONPATH=tests $(BIN)/python -m mutants $(MUTANTS)

bench: $(READY) ## measure the speed of the exact Hessian
	$(BIN)/python -m benchmarks

lock: ## write requirements.lock anew (LOCKED=on with any target installs what it names)
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv
	.venv/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header \
	    --generate-hashes --no-emit-package flat-minima --no-emit-package flat-minima-book --no-annotate requirements.txt -o requirements.lock

clean: ## remove the site, the caches and the environment; the trained nets in _sweeps stay
	rm -rf .venv _build _mutants build dist book/build .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info book/*.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.txt pyproject.toml book/pyproject.toml $(if $(filter on,$(LOCKED)),requirements.lock)
	@case $(LOCKED) in on | off) ;; *) echo "LOCKED is on or off, got $(LOCKED)."; exit 1 ;; esac
	@command -v $(PYTHON) > /dev/null || { echo \
	    "There is no $(PYTHON) here: install Python 3.11 or later, or name one with PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
	    "$(PYTHON) is older than 3.11, which numpy and this book need: name a newer one with PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { echo \
	    "$(PYTHON) cannot make an environment: install its venv package (Debian, Ubuntu: apt-get install python3-venv)"; exit 1; }
	@echo "Installing into .venv (once; about half a minute)"
	@$(PYTHON) -m venv $(CLEAR) .venv
ifeq ($(LOCKED),on)
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e . -e ./book
else
	@{ $(FAST) -r requirements.txt; } || $(INSTALL) -r requirements.txt
endif
	@printf '%s\n' "$$MADE" > .venv/.made
	@touch $@
