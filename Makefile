# Two commands for a newcomer: `make demo` shows the main job, `make test` proves it. Both install what they need.
.PHONY: demo demo-addon portal test docs bench asvs dist wheels installs advisories lock format clean help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## the main job, step by step, on a local Odoo 19
	@.ci/demo

demo-addon: ## the addon as an administrator sees it: installed, logged in with Chromium, pictures of its page
	@.ci/demo-addon

portal: ## the example portal, on a local Odoo 19, at https://localhost:8443
	@.ci/portal

test: ## everything that CI runs: formats, lints, Rust, wheel, Python, documents, real Odoo
	@.ci/check

docs: ## the documentation as a site, in site/
	@.ci/docs

bench: ## every benchmark beside its peers, as a table and as JSON
	@.ci/bench

asvs: ## docs/asvs.md, from the marks of the tests
	@.ci/asvs

dist: ## what a release uploads, in dist/, with every check of it
	@.ci/wheels
	@.ci/installs

wheels: ## what a release uploads, in dist/, by locked tools alone
	@.ci/wheels

installs: ## whether what lies in dist/ installs, on each Python and with each extra
	@.ci/installs

advisories: ## whether a known vulnerability is in what we depend on
	@.ci/advisories

lock: ## pin the development dependencies anew
	@.ci/lock

format: ## format Rust and Python in place
	@.ci/format

clean: ## remove what was built here (the cache outside the checkout stays)
	rm -rf .venv dist site target
