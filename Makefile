# Every goal first makes the checkout ready (.ci/setup.sh); the work is in .ci/, where CI finds it as well.
.PHONY: help run test check bench screenshots package ci clean

help:
	@echo 'make run          open the window on the rehearsal office (no display: do the main job and say where it lies)'
	@echo 'make test         all tests; make test ARGS="-k name" for some'
	@echo 'make check        ruff, mypy --strict, import contracts, translations'
	@echo 'make bench        measure, and compare with the goals'
	@echo 'make screenshots  take the pictures of docs/images'
	@echo 'make package      build the program into dist/yanfang and try it'
	@echo 'make ci           what CI does'

run:
	@bash .ci/program.sh

test:
	@bash .ci/test.sh $(ARGS)

check:
	@bash .ci/check.sh

bench:
	@bash .ci/bench.sh $(ARGS)

screenshots:
	@bash .ci/screenshots.sh $(ARGS)

package:
	@bash .ci/package.sh

ci:
	@bash .ci/run

clean:
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
