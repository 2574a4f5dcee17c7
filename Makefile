# Each target sets up what it needs: `make run` or `make test` on a fresh machine is all there is to do.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
INSTALLED := .venv/.installed
INSTALLED_TEST := .venv/.installed-test
VENDOR := server/static/vendor/.stamp

# Every hall that a test starts would compile all its sources anew.
unexport PYTHONDONTWRITEBYTECODE
# Numpy's threads would only wait for each other.
export OPENBLAS_NUM_THREADS = 1

.PHONY: run test bench soak vendor chromium clean

# The hall with simulated visitors. More options: make run ARGS="--visitors 120 --speed 10"
run: $(INSTALLED) $(VENDOR)
	$(BIN)/antrean demo $(ARGS)

# Everything that CI checks. A part: make test PYTEST_ARGS="-k kiosk". Most tests wait for something, so four processes
# run them side by side, a file in one of them, and the browser's, which are the longest, before most others. Two cores
# that run four halls and four browsers at once may be slower than any hall: what failed is told, and then tried once more
# by itself; what fails then has failed.
test: $(INSTALLED_TEST) $(VENDOR) chromium
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS) || \
		$(BIN)/python -m pytest --last-failed --last-failed-no-failures none $(PYTEST_ARGS)

# The benchmarks: prints a table, writes bench/results/latest.json.
bench: $(INSTALLED_TEST) $(VENDOR)
	$(BIN)/python -m bench $(ARGS)

# The long rounds that `make test` leaves out.
soak: $(INSTALLED_TEST) $(VENDOR) chromium
	$(BIN)/python -m pytest -m soak --timeout 7200 $(PYTEST_ARGS)

# The browser's scripts, fonts and icons, from npm.
vendor: $(VENDOR)

# Takes away what make made; the hall's data stays.
clean:
	rm -rf .venv build dist antrean.egg-info server/static/vendor tests/output
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Antrean needs Python 3.11 or newer: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv .venv

$(INSTALLED): setup.cfg setup.py pyproject.toml | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(INSTALLED_TEST): setup.cfg setup.py pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[test]'
	@touch $@ $(INSTALLED)

# The order-only part: vendor.py needs this Python, but a new version of a Python package brings no new scripts.
$(VENDOR): package.json package-lock.json tools/vendor.py | $(BIN)/python
	$(BIN)/python tools/vendor.py

# The whole Chromium, and the same without its windows, which most tests open because it is quicker. They do without
# the second where it is not to be had.
chromium:
	@have() { command -v "$$1" >/dev/null; }; \
	whole() { have chromium || have chromium-browser || have google-chrome; }; \
	if whole && have chromium-headless-shell; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && have apt-get; then \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get update -qq; \
		whole || apt-get install -qq --yes chromium >/dev/null; \
		apt-get install -qq --yes chromium-headless-shell >/dev/null || echo "The browser tests will take longer."; \
	fi; \
	whole || { echo "The tests open the pages in Chromium: install the package chromium, then run this again."; exit 1; }
