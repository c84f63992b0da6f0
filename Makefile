# Two commands do everything: `make demo` makes a film, `make test` proves the code. Both set up .venv themselves.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
TOPIC  ?= 赛博校园侦探
READY  := $(VENV)/.ready
DEV    := $(VENV)/.dev

.PHONY: demo test lint bench pictures format clean help

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(READY): pyproject.toml constraints.txt
	@echo "manju: setting up $(VENV) (once; a few minutes on a slow network)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(DEV): $(READY)
	@echo "manju: adding the test tools"
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt $$($(BIN)/python tests/dev_requirements.py)
	@touch $@

demo: $(READY)  ## a film from a sample topic: make demo TOPIC="5个改变生活的AI工具"
	@echo "manju: making a film about $(TOPIC)"
	@$(BIN)/manju make "$(TOPIC)" --resume

lint: $(DEV)  ## ruff, strict types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Two at a time, each file by one process: most of the time is encoders' and child processes' own.
test: lint  ## every check and every test
	$(BIN)/pytest --numprocesses 2 --dist loadfile

bench: $(DEV)  ## the figures of benchmarks/README.md
	$(BIN)/python -m benchmarks

pictures: $(READY)  ## the README's pictures, from films made for them (some minutes)
	$(BIN)/python docs/pictures.py

gallery: $(READY)  ## sixty panels of the sketch artist, in build/gallery
	$(BIN)/python -m gallery

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV)
