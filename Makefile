# Zhangfa: `make demo` shows it, `make test` proves it, `make check` is what a change must pass.

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
JOBS ?= 2
PYTEST ?=
VENV := .venv
PY := $(VENV)/bin/python
STAMPS := $(VENV)/stamps
PIP := $(PY) -m pip --disable-pip-version-check --no-input

# Browser tests run where there is a Chromium; soak tests have their own target.
CHROMIUM := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
SELECTED := not soak$(if $(CHROMIUM),, and not browser)

.PHONY: demo run test check fmt lint types imports migrations translations docs-check \
	bench soak assets lock clean venv venv-dev

demo: assets
	@$(VENV)/bin/zhangfa demo --port $(PORT) --host $(HOST)

run: assets
	@$(VENV)/bin/zhangfa run --port $(PORT) --host $(HOST)

test: venv-dev assets
	$(PY) -m pytest -n $(JOBS) --dist loadfile -m "$(SELECTED)" $(PYTEST)

# The tests come last, so that their count ends the output.
check: fmt-check lint types imports migrations translations docs-check test

.PHONY: fmt-check
fmt-check: venv-dev
	$(PY) -m ruff format --check .

lint: venv-dev
	$(PY) -m ruff check .

types: venv-dev
	$(PY) -m mypy

imports: venv-dev
	$(VENV)/bin/lint-imports

migrations: venv-dev
	ZHANGFA_HOME=.zhangfa/check $(VENV)/bin/zhangfa manage makemigrations --check --dry-run

translations: venv-dev
	$(PY) -m zhangfa.web.translations check

docs-check: venv-dev
	$(PY) -m zhangfa.config.reference --check

fmt: venv-dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(PY) -m zhangfa.config.reference

bench: venv-dev
	@$(PY) benchmarks/run.py $(BENCH)

soak: venv-dev assets
	$(PY) -m pytest -m soak -n $(JOBS) $(PYTEST)

assets: venv
	@$(VENV)/bin/zhangfa assets

# Exact versions with hashes, for every platform; plain pip installs them.
lock:
	@test -x build/lock/bin/uv || ($(PYTHON) -m venv build/lock && build/lock/bin/pip -q install uv)
	@for each in requirements requirements-dev; do \
		UV_CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/uv pip compile -q --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		$$each.in -o $$each.txt $(LOCK) || exit 1; done

clean:
	rm -rf build .stamps src/zhangfa/.stamps src/zhangfa/web/static/generated src/zhangfa/locale/build \
		.pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

venv: $(STAMPS)/run
venv-dev: $(STAMPS)/dev

$(STAMPS)/run: requirements.txt scripts/zhangfa
	@$(call install,requirements.txt)
	@touch $@

$(STAMPS)/dev: requirements-dev.txt requirements.txt scripts/zhangfa
	@$(call install,requirements-dev.txt)
	@touch $@ $(STAMPS)/run

define install
set -e; \
test -x $(PY) || { echo "Making $(VENV)"; $(PYTHON) -m venv $(VENV); }; \
$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "Zhangfa needs Python 3.11 or later: make PYTHON=python3.12"; exit 1; }; \
echo "Installing the packages of $(1)"; \
$(PIP) install -q -q --no-compile --require-hashes --only-binary :all: -r $(1); \
$(PY) -c 'import pathlib, sysconfig; \
	pathlib.Path(sysconfig.get_path("purelib"), "zhangfa.pth").write_text(str(pathlib.Path("src").resolve()))'; \
install -m 755 scripts/zhangfa $(VENV)/bin/zhangfa; \
mkdir -p $(STAMPS)
endef
