# SPDX-License-Identifier: GPL-2.0-only
#
# Top-level targets; "make help" lists them.

KERNEL ?= 6.1
MATRIX ?= 6.1 6.1-rt 6.12 7.3
HISTORIES ?= 100000
HOURS ?= 8
MINUTES ?= 60
BENCH_KERNELS ?= 6.1 7.3
BOOTS ?= 10
PREFIX ?= /usr/local
BUILD := $(CURDIR)/build

# Quiet and parallel by default.
ifneq ($(V),1)
MAKEFLAGS += -s
endif
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif
MAKEFLAGS += --no-print-directory

# One directory of links to the sources per kernel, so that objects never mix.
ifdef KDIR
MODULE := $(BUILD)/$(shell cat "$(KDIR)/include/config/kernel.release" || echo unknown)
else
MODULE := $(BUILD)/$(KERNEL)
KDIR = $(shell scripts/kernel headers $(KERNEL))
endif

all: module lib bpf tools selftests

help:
	@echo 'make             module, library, tools, BPF and tests'
	@echo 'make demo        demonstrate channels in a virtual machine'
	@echo 'make check       build everything and run all tests under Linux $(KERNEL)'
	@echo 'make check-matrix  the same under each kernel in MATRIX ($(MATRIX));'
	@echo '                 ABIS="32 x32": of the first, also kselftests built for these;'
	@echo '                 SHORT=1: without the proofs that take half an hour;'
	@echo '                 LATEST=1: the latest Debian kernel of each series'
	@echo 'make check-debug  run the tests under a debug build of Linux 7.3 (KASAN, lockdep, ...)'
	@echo '                 ONLY="limits fault": only these kselftests'
	@echo 'make check-kcsan  the same under a kernel with the KCSAN data race detector'
	@echo 'make proofs      unit tests, all schedules, models, and their seeded bugs (part of check)'
	@echo 'make histories   record and check histories of processes that are killed, stopped, ...'
	@echo '                 HISTORIES=1000: number of small ones (default $(HISTORIES), half an hour or more)'
	@echo 'make soak        the same for HOURS hours ($(HOURS))'
	@echo 'make fuzz        fuzz the interface under a debug Linux 7.3 for MINUTES minutes ($(MINUTES))'
	@echo 'make fuzz-bugs   report which bugs seeded into copies of the module the fuzzer finds'
	@echo 'make seeded      report which bugs seeded into copies of the module the tests find'
	@echo 'make insmod-storm  load and unload the module a thousand times while in use'
	@echo 'make coverage    report lines and branches of the module that the tests reach'
	@echo 'make static      check the sources without running them (part of check)'
	@echo 'make bench       compare costs with pipes, sockets, message queues, futexes and Go'
	@echo 'make bench-publish  the same in BOOTS boots ($(BOOTS)) under each of BENCH_KERNELS ($(BENCH_KERNELS)),'
	@echo '                 on a quiet machine, into Documentation/bench; takes hours'
	@echo 'make bench-growth  plot costs as tasks, channels, cases, sizes and producers grow'
	@echo 'make bench-accept  accept the costs that "make check" compares with, under BENCH_KERNELS'
	@echo 'make bench-profile ROW=Pair/8  count instructions of one operation per symbol;'
	@echo '                 MECHANISM=pipe: over a pipe; "chanbench --list" has the rows'
	@echo 'make bench-metal  measure times on this machine, with the module loaded'
	@echo 'make overhead    measure the cost of tracing, in instructions'
	@echo 'make pictures    regenerate the pictures of the documentation'
	@echo
	@echo 'make module      build chan.ko in build/$(KERNEL)'
	@echo '     KERNEL=6.12     for another kernel known to scripts/kernel'
	@echo '     KDIR=/lib/modules/$$(uname -r)/build   for the running kernel or any other tree'
	@echo '     CHAN_DEBUG=y    with run-time checks'
	@echo 'make lib tools bpf selftests  build libchan, tools, tracing programs, tests in build/'
	@echo 'make examples    build example programs in build/examples'
	@echo 'make install     install library, examples and tools in PREFIX ($(PREFIX)), below DESTDIR'
	@echo 'make modules_install  install chan.ko for KERNEL or KDIR, below INSTALL_MOD_PATH'
	@echo 'make clean       remove build/, but keep fetched kernels (see scripts/kernel --help)'
	@echo
	@echo 'V=1 shows commands. WERROR=1 turns warnings of the module into errors.'
	@echo 'Missing Debian packages are installed, with sudo unless run as root.'

deps:
	scripts/install-deps build

module: deps
	kdir="$(KDIR)"; test -n "$$kdir" || exit 1; \
	test -e "$$kdir/vmlinux" || btf=CONFIG_DEBUG_INFO_BTF_MODULES=; \
	mkdir -p $(MODULE) && \
	cp -asf $(CURDIR)/Kbuild $(CURDIR)/module $(CURDIR)/uapi $(MODULE) && \
	$(MAKE) -C "$$kdir" M=$(MODULE) $(if $(WERROR),KCFLAGS=-Werror) $$btf modules

lib: deps
	$(MAKE) -C lib OUTPUT=$(BUILD)/lib

examples: deps lib
	$(MAKE) -C lib OUTPUT=$(BUILD)/lib EXAMPLES=$(BUILD)/examples examples

bpf: deps
	scripts/install-deps bpf
	$(MAKE) -C bpf OUTPUT=$(BUILD)/bpf

tools: deps lib bpf
	$(MAKE) -C tools OUTPUT=$(BUILD)/tools

$(BUILD)/kselftest/kselftest_harness.h: scripts/kselftest-headers
	scripts/kselftest-headers $(@D)

selftests: deps lib bpf tools $(BUILD)/kselftest/kselftest_harness.h
	scripts/install-deps loops
	$(MAKE) -C selftests OUTPUT=$(BUILD)/selftests
	for abi in 32 x32; do \
		$(MAKE) -C selftests ABI=$$abi OUTPUT=$(BUILD)/selftests/$$abi || exit 1; \
	done

vm-deps: deps
	scripts/install-deps vm

# Without bpftrace, the tests of its scripts are skipped.
trace-deps: vm-deps
	scripts/install-deps trace || echo 'The bpftrace scripts will not be tested.' >&2

check: trace-deps lib examples tools selftests
	+scripts/check $(KERNEL)

check-matrix: trace-deps lib examples tools selftests
	+$(if $(LATEST),CHAN_KERNEL_LATEST=1) scripts/check $(MATRIX)

# These kernels are built from source, once.
check-debug check-kcsan: vm-deps lib examples tools selftests
	+scripts/check-debug 7.3-$(@:check-%=%) $(ONLY)

proofs:
	$(MAKE) -C selftests OUTPUT=$(BUILD)/selftests unit
	$(MAKE) -C selftests OUTPUT=$(BUILD)/selftests mutants
	$(MAKE) -C selftests OUTPUT=$(BUILD)/selftests models

histories soak: vm-deps module selftests
	scripts/histories --kernel $(KERNEL) --small $(HISTORIES) $(if $(filter soak,$@),--soak $(HOURS))

fuzz: vm-deps
	+scripts/fuzz --minutes $(MINUTES)

fuzz-bugs: vm-deps
	+scripts/fuzz-bugs

seeded: vm-deps lib tools selftests
	scripts/seeded

insmod-storm: vm-deps module selftests
	scripts/insmod-storm --kernel $(KERNEL)

coverage: vm-deps lib tools selftests
	+scripts/coverage

static: lib tools
	scripts/static

demo: vm-deps module lib tools
	scripts/demo

bench-programs: vm-deps module lib tools
	scripts/install-deps bench || echo 'Channels of Go will not be measured.' >&2
	$(MAKE) -C bench OUTPUT=$(BUILD)/bench

bench: bench-programs
	scripts/bench-report

bench-publish bench-accept: bench-programs
	set -e; for kernel in $(BENCH_KERNELS); do \
		$(MAKE) module KERNEL=$$kernel; \
		case $@ in \
		*publish) KERNEL=$$kernel scripts/bench-report --publish --boots $(BOOTS) ;; \
		*) scripts/bench-gate --accept $$kernel ;; \
		esac; \
	done

bench-growth: bench-programs
	scripts/bench-growth

bench-profile: vm-deps module lib tools
	scripts/bench-profile $(if $(MECHANISM),--mechanism $(MECHANISM)) $(ROW)

bench-metal: lib tools
	scripts/bench-metal

overhead: trace-deps module lib bpf tools
	scripts/overhead

pictures: vm-deps module examples tools
	scripts/pictures

install: lib bpf tools
	$(MAKE) -C lib OUTPUT=$(BUILD)/lib PREFIX=$(PREFIX) install
	$(MAKE) -C bpf OUTPUT=$(BUILD)/bpf PREFIX=$(PREFIX) install
	$(MAKE) -C tools OUTPUT=$(BUILD)/tools PREFIX=$(PREFIX) install

# Modules cannot be signed without the private key of the kernel build.
modules_install: module
	kdir="$(KDIR)"; test -e "$$kdir/certs/signing_key.pem" || sign=CONFIG_MODULE_SIG_ALL=; \
	$(MAKE) -C "$$kdir" M=$(MODULE) $$sign modules_install

clean:
	rm -rf $(BUILD)

.PHONY: all help deps module lib examples bpf tools selftests vm-deps trace-deps check check-matrix \
	check-debug check-kcsan proofs histories soak fuzz fuzz-bugs seeded insmod-storm coverage static demo bench \
	bench-programs bench-publish bench-accept bench-growth bench-profile bench-metal overhead pictures install modules_install clean
