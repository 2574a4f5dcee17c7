# Each target sets up what it needs: `make run` or `make test` on a fresh machine is all there is to do.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
INSTALLED := .venv/.installed
INSTALLED_TEST := .venv/.installed-test
VENDOR := server/static/vendor/.stamp

.PHONY: run test bench soak vendor chromium clean

# The hall with simulated visitors. More options: make run ARGS="--visitors 120 --speed 10"
run: $(INSTALLED) $(VENDOR)
	$(BIN)/antrean demo $(ARGS)

# Everything that CI checks. A part: make test PYTEST_ARGS="-k kiosk". Most tests wait for something, so three
# processes run them side by side, a file in one of them. Two cores that run three halls and three browsers at once may be
# slower than any hall: what failed is told, and then tried once more by itself; what fails then has failed.
test: $(INSTALLED_TEST) $(VENDOR) chromium
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 3 --dist loadfile $(PYTEST_ARGS) || \
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

chromium:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes chromium >/dev/null; \
	else \
		echo "The tests open the pages in Chromium: install the package chromium, then run this again."; exit 1; \
	fi
