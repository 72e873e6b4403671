# make demo [AUDIO=song.wav]   build and install the wheel in a new environment, transcribe an example or your own file
# make test                    everything that CI checks
# make benchmark SCORES=DIR SOUNDFONT=FILE EXCERPTS=DIR    speed, memory and quality beside basic-pitch, into docs/results/
# make benchmark-quality SCORES=DIR EXCERPTS=DIR [COUNT=60] [SPLIT=validation]    scores beside basic-pitch's, into docs/results/
# make benchmark-notation      speed of reading ABC beside everything else that reads it, into docs/results/
# make benchmark-scoring SCORES=DIR    speed of scoring, and what the composite loss withstands, into docs/results/ and docs/images/
# make benchmark-tokens SCORES=DIR    tokens a note by our tokenizers and those of language models, into docs/results/
# make fuzz [SECONDS=120] [SEED=n] [ENGINE=plain]    mutated tunes against the properties of tests/fuzz; new bad cases are kept there
# make oracles                 every tune of music21's corpus and all small cases against abc2midi and abcjs, into docs/results/
# make figures                 write docs/results/ into README, cards and docs
# make clean                   remove what these made
#
# PYTHON and TORCH may be set: TORCH="torch==2.13.0 --index-url ..." chooses another build of torch (see README).

PYTHON ?= python3
TORCH ?= torch==2.13.0
AUDIO ?= examples/greensleeves.ogg

SOURCES := setup.py README.md $(shell find src -type f -not -name '*.pyc' -not -path '*.egg-info*')
QUIET_PIP := pip install --quiet --disable-pip-version-check

CHECK_PYTHON = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
    { echo "Python 3.11 or newer is needed: set PYTHON, as in PYTHON=python3.12" >&2; exit 1; }

.PHONY: demo test check baseline benchmark commands figures clean oracles fuzz benchmark-quality benchmark-notation benchmark-scoring benchmark-tokens

demo: .demo/installed
	@echo "== transcribing $(AUDIO)"
	@rm -rf demo-output && mkdir demo-output
	@audio=$$(realpath -- "$(AUDIO)") && cd demo-output && ../.demo/bin/transformers-abc transcribe "$$audio" -o . --midi --json
	@cat demo-output/*.abc
	@echo "== the score, a MIDI file and the notes in seconds are in $(CURDIR)/demo-output"

.demo/installed: $(SOURCES)
	@$(CHECK_PYTHON)
	@test -x .demo/bin/python || { echo "== making an environment in .demo"; $(PYTHON) -m venv .demo; }
	@.demo/bin/python -c "import torch" 2>/dev/null || { echo "== installing torch (once; a minute or two)"; .demo/bin/$(QUIET_PIP) $(TORCH); }
	@echo "== building the wheel"
	@rm -rf build dist && .demo/bin/$(QUIET_PIP) build && .demo/bin/python -m build --wheel --outdir dist . >dist.log 2>&1 || { cat dist.log; exit 1; }
	@rm -f dist.log
	@echo "== installing the wheel and what it needs"
	@.demo/bin/$(QUIET_PIP) "$$(echo dist/*.whl)[transcribe]"
	@.demo/bin/$(QUIET_PIP) --force-reinstall --no-deps dist/*.whl
	@touch $@

test: .venv/installed check
	@echo "== tests"
	@.venv/bin/python -m pytest

check: .venv/installed
	@echo "== style and types"
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy

.venv/installed: setup.py
	@$(CHECK_PYTHON)
	@test -x .venv/bin/python || { echo "== making an environment in .venv"; $(PYTHON) -m venv .venv; }
	@.venv/bin/python -c "import torch" 2>/dev/null || { echo "== installing torch (once; a minute or two)"; .venv/bin/$(QUIET_PIP) $(TORCH); }
	@echo "== installing the package and its tools"
	@.venv/bin/$(QUIET_PIP) -e ".[dev]"
	@touch $@

# basic-pitch without tensorflow: its ONNX weights give the same notes and install in seconds.
baseline: .baseline/installed
.baseline/installed:
	$(PYTHON) -m venv .baseline
	.baseline/bin/$(QUIET_PIP) --no-deps basic-pitch==0.4.0
	.baseline/bin/$(QUIET_PIP) onnxruntime librosa mir_eval pretty_midi resampy scipy "numpy<2" "setuptools<80" typing_extensions
	@touch $@

benchmark: .venv/installed .baseline/installed
	.venv/bin/python benchmarks/transcribe.py --out docs/results/transcribe.json --baseline .baseline/bin/python \
	    $(if $(SCORES),--scores $(SCORES)) $(if $(SOUNDFONT),--soundfont $(SOUNDFONT)) $(if $(EXCERPTS),--excerpts $(EXCERPTS))

COUNT ?= 60
SPLIT ?= validation
benchmark-quality: .venv/installed .baseline/installed
	.venv/bin/python benchmarks/quality.py --baseline .baseline/bin/python --count $(COUNT) --split $(SPLIT) \
	    $(if $(SCORES),--scores $(SCORES)) $(if $(SOUNDFONT),--soundfont $(SOUNDFONT)) $(if $(EXCERPTS),--excerpts $(EXCERPTS))

# Other readers of ABC, each as PyPI has it.
.readers/installed:
	$(PYTHON) -m venv .readers
	.readers/bin/$(QUIET_PIP) music21==10.5.1 pyabc2==0.1.4 abcnotes==0.1.0
	@touch $@

benchmark-notation: .venv/installed .readers/installed
	@tests/oracles/install
	.venv/bin/python benchmarks/notation.py --out docs/results/notation.json --readers .readers/bin/python

benchmark-scoring: .venv/installed
	@tests/oracles/install
	.venv/bin/python benchmarks/scoring.py --out docs/results/scoring.json
	.venv/bin/python benchmarks/robustness.py --scores $(SCORES) --out docs/results/robustness.json --images docs/images

benchmark-tokens: .venv/installed
	@tests/oracles/install
	.venv/bin/python benchmarks/tokens.py --scores $(SCORES) --out docs/results/tokens.json

# Coverage-guided where atheris can be installed (Linux and macOS, Python up to 3.13), else by mutation alone.
SECONDS ?= 120
fuzz: .venv/installed
	@.venv/bin/python -c "import atheris" 2>/dev/null || .venv/bin/$(QUIET_PIP) --only-binary :all: atheris==3.0.0 || true
	@cd tests && ../.venv/bin/python -m fuzz --seconds $(SECONDS) --processes 2 $(if $(SEED),--seed $(SEED)) $(if $(ENGINE),--engine $(ENGINE))

oracles: .venv/installed .oracles/installed
	@cd tests && ../.venv/bin/python -m oracles
	@REQUIRE_ORACLES=1 .venv/bin/python -m pytest tests/oracles

.oracles/installed: tests/oracles/install
	@PYTHON=$(PYTHON) tests/oracles/install
	@touch $@

# Wall times of demo and test in a fresh clone of the last commit.
commands:
	$(PYTHON) benchmarks/commands.py --out docs/results/commands.json

figures:
	$(PYTHON) benchmarks/figures.py

clean:
	rm -rf .demo .venv .oracles .baseline .readers .benchmark-cache build dist demo-output src/*.egg-info
