# Every target is one line that calls the kit; logic and numbers live there. `make help` lists them.
SPEC ?=
DEPLOY ?=
ENGINE ?=
RUNTIME ?=
VOLUMES ?=
SERVICE ?=
NODE ?=
KEEP ?=

PYTHON := .venv/bin/python
chosen := $(if $(SPEC),--spec $(SPEC)) $(if $(DEPLOY),--example $(DEPLOY)) $(if $(ENGINE),--engine $(ENGINE)) $(if $(RUNTIME),--runtime $(RUNTIME))
node := $(if $(NODE),--node $(NODE))
named := $(if $(SPEC),--spec $(SPEC)) $(if $(DEPLOY),--example $(DEPLOY))

load := $(if $(SCENARIO),--scenario $(SCENARIO)) $(if $(PROFILE),--profile $(PROFILE)) $(if $(USERS),--users $(USERS)) $(if $(RATE),--rate $(RATE)) $(if $(DURATION),--duration $(DURATION)) $(if $(URL),--url $(URL)) $(if $(SLO),--slo $(SLO)) $(if $(WORKERS),--workers $(WORKERS)) $(if $(WEB),--web)
aim := $(if $(PROJECT),--project $(PROJECT))
matrix := $(if $(VARY),--spec $(or $(SPEC),deployment.yaml) $(VARY:%=--vary=%))

.DEFAULT_GOAL := help
.PHONY: help up down park wake autopark restart status logs plan examples render validate doctor audit gpus verify-edge smoke cache-check setup loadtest sweep test check upgrade catalog golden bench-edge bench-generator bench-simulator bench-loadtest bench-parking kit dev

help: ## list the targets
	@grep -E '^[a-z-]+: .*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | expand -t 18
	@echo; echo "SPEC=file  DEPLOY=example  ENGINE=sglang|sglang-cpu|simulator  RUNTIME=compose|host  VOLUMES=1  SERVICE=name  NODE=number"

up: kit ## bring the deployment up and wait until it serves
	@$(PYTHON) -m generator up $(chosen) $(node)

down: kit ## take it down; VOLUMES=1 also removes what it stored
	@$(PYTHON) -m generator down $(named) $(node) $(if $(VOLUMES),--volumes)

park: kit ## stop replicas until they are needed; KEEP= of them go on
	@$(PYTHON) -m generator park $(named) $(if $(KEEP),--keep $(KEEP))

wake: kit ## start parked replicas again
	@$(PYTHON) -m generator wake $(named)

autopark: kit ## park and wake replicas as requests come and go, until interrupted
	@$(PYTHON) -m generator autopark $(named)

restart: kit ## end and start replicas again, one after another while the others serve; or SERVICE=
	@$(PYTHON) -m generator restart $(named) $(SERVICE)

status: kit ## what runs, and how it is
	@$(PYTHON) -m generator status $(named) $(node)

logs: kit ## logs of all services, or of SERVICE=
	@$(PYTHON) -m generator logs $(named) $(node) $(SERVICE)

plan: kit ## print what would be deployed, and why
	@$(PYTHON) -m generator plan $(chosen) $(node)

examples: kit ## list what DEPLOY= can start
	@$(PYTHON) -m generator examples

render: kit ## write build/<project>/ and start nothing
	@$(PYTHON) -m generator render $(chosen) $(node)

validate: kit ## judge the rendered files with docker compose, nginx -t and promtool
	@$(PYTHON) -m generator validate $(chosen) $(node)

doctor: kit ## check this host against what the deployment needs
	@$(PYTHON) -m generator doctor $(chosen) $(node)

audit: kit ## ten practices of production guides: pass, fail, or not known, and the remedy
	@$(PYTHON) -m generator audit $(chosen) $(node)

gpus: kit ## the GPUs, how they are connected, who uses them
	@$(PYTHON) -m generator gpus $(named)

verify-edge: kit ## compare streams direct and through the edge, chunk by chunk
	@$(PYTHON) -m generator verify-edge $(named)

smoke: kit ## ask what runs for one of everything: models, health, a chat, a stream
	@$(PYTHON) -m generator smoke $(named)

cache-check: kit ## one prompt three times: the repeats must be cached, and begin sooner
	@$(PYTHON) -m generator cache-check $(named)

setup: kit ## install the programs the runtime needs, where they are missing
	@$(PYTHON) -m generator setup $(chosen)

loadtest: kit ## load the deployment: SCENARIO= PROFILE= USERS= RATE= DURATION= URL= SLO= WORKERS= WEB=1 INSIDE=1 PROJECT=
	@$(PYTHON) -m loadtest $(if $(INSIDE),inside $(aim) run,run $(aim)) $(load)

sweep: kit ## rising load: USERS=1,2,4 or RATE=1,2,4; curve, knee, most goodput under the SLO; VARY='KEY=V,V --FLAG=V,V' of SPEC=
	@$(PYTHON) -m loadtest sweep $(aim) $(load) $(matrix)

test: dev ## the whole test suite, Docker and the real engine included
	@$(PYTHON) -m tests.prepare && $(PYTHON) -m pytest -n 4 --dist loadscope --no-loadscope-reorder

check: dev ## the fast half: lint, types, pure and golden tests
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && $(PYTHON) -m mypy && $(PYTHON) -m pytest -q -n 2 -m "not docker and not engine and not host"

upgrade: kit ## what SGLang release TO= changes for a deployment that runs FROM=
	@$(PYTHON) -m generator upgrade $(FROM) $(TO) $(chosen)

catalog: kit ## read what release VERSION= of SGLang accepts and offers into generator/catalog/data
	@$(PYTHON) -m generator.catalog.extraction $(VERSION)

golden: dev ## refresh golden trees, JSON Schema and the reference page
	@$(PYTHON) -m tests.golden.refresh

bench-edge: dev ## the edge beside sglang-router, HAProxy, plain NGINX and LiteLLM
	@$(PYTHON) -m benchmarks.edge

bench-generator: dev ## figures of the generator
	@$(PYTHON) -m benchmarks.generator

bench-simulator: dev ## figures of the simulator
	@$(PYTHON) -m benchmarks.simulator

bench-parking: dev ## what parking saves on a load with quiet hours, and what it costs
	@$(PYTHON) -m benchmarks.parking

bench-loadtest: dev ## the load test beside other load generators, on a target whose schedule is known
	@$(PYTHON) -m benchmarks.loadtest

kit:
	@bootstrap/venv.sh kit

dev:
	@bootstrap/venv.sh dev
