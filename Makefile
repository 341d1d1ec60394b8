# make book   build the site in a virtual environment of its own (needs Python >= 3.11.5 and make)
# make test   install the rest, then run every test, every lab and the page tests
# make lab    run one lab:  make lab LAB=week02_and_spreadsheet PROFILE=full
# make look   one contact sheet of screenshots of every page (light, dark, phone), or of some:
#             make look PAGES="week02 results"
# make bench  print speed ratios
# make clean  remove what the others made
#
# On an ordinary Linux machine torch comes as a CUDA build of several gigabytes; TORCH=cpu takes the
# small CPU build instead:  make test TORCH=cpu

PYTHON  ?= python3
VENV    ?= .venv
BIN     := $(VENV)/bin
PROFILE ?= quick
WORKERS ?= 2
TORCH   ?= default

ifeq ($(TORCH),cpu)
TORCH_INDEX := --extra-index-url https://download.pytorch.org/whl/cpu
endif
# uv, where present, installs in a third of the time.
UV := $(shell command -v uv 2>/dev/null)
ifneq ($(UV),)
INSTALL := $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python
else
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

# Some machines set this; Sphinx then compiles every module anew at each build.
unexport PYTHONDONTWRITEBYTECODE

export MPLBACKEND := Agg
export TF_CPP_MIN_LOG_LEVEL := 3

.PHONY: book test lint unit labs pages lab look bench stale clean student student-site
.DELETE_ON_ERROR:

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))' || \
	  { echo "Python 3.11.5 or newer is needed; $$($(PYTHON) --version) was found. Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.book: requirements.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --constraint requirements.txt --editable '.[book]'
	@touch $@

$(VENV)/.all: requirements.txt pyproject.toml | $(BIN)/python
	$(INSTALL) $(TORCH_INDEX) --requirement requirements.txt
	$(INSTALL) --no-deps --editable .
	@touch $@ $(VENV)/.book

book: $(VENV)/.book
	@$(BIN)/python scripts/book.py --quiet

# The edition without solutions: what `labkit student` copies, built as pages.
student-site: $(VENV)/.book
	@EDITION=student $(BIN)/python scripts/book.py --quiet

test: lint unit labs pages
	@echo "All tests passed."

lint: $(VENV)/.all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell book labkit tests scripts README.md CONTRIBUTING.md CHANGELOG.md
	$(BIN)/yamllint --strict .

# One framework a process: torch, keras, and the tests that need neither.
unit: $(VENV)/.all
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadscope -m "not torch and not keras and not browser"
	$(BIN)/python -m pytest -q -m torch
	$(BIN)/python -m pytest -q -m keras

labs: $(VENV)/.all
	@rm -rf _build/recorded && mkdir -p _build/recorded
	LABKIT_PROFILE=quick LABKIT_STUBS=1 LABKIT_RECORD=$(CURDIR)/_build/recorded/quick.jsonl \
	  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 TQDM_DISABLE=1 \
	  $(BIN)/python -m pytest -q --nbval-lax labs -n $(WORKERS) --dist loadscope --nbval-cell-timeout 120
	$(BIN)/labkit compare _build/recorded/quick.jsonl

pages: $(VENV)/.all book
	$(BIN)/python -m pytest -q tests/browser

lab: $(VENV)/.all
	$(BIN)/labkit run $(LAB) --profile $(PROFILE)

stale: $(VENV)/.all
	$(BIN)/labkit stale

student: $(VENV)/.book
	$(BIN)/labkit student _build/student

look: $(VENV)/.all book
	$(BIN)/python scripts/look.py $(PAGES)

bench: $(VENV)/.all
	$(INSTALL) --constraint requirements.txt --editable '.[bench]'
	$(BIN)/python -m tests.benchmarks

clean:
	rm -rf _build $(VENV) .ruff_cache .hypothesis labkit.egg-info
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
