# SPDX-License-Identifier: GPL-2.0-only
#
# The door to everything: "make help" says what there is.

KERNEL ?= 6.1
MATRIX ?= 6.1 6.1-rt 6.12 7.3
HISTORIES ?= 100000
HOURS ?= 8
MINUTES ?= 60
PREFIX ?= /usr/local
BUILD := $(CURDIR)/build

# Quiet and parallel, unless the caller says otherwise.
ifneq ($(V),1)
MAKEFLAGS += -s
endif
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif
MAKEFLAGS += --no-print-directory

# One folder for each kernel, in which links stand for the sources: objects never mix.
ifdef KDIR
MODULE := $(BUILD)/$(shell cat "$(KDIR)/include/config/kernel.release" || echo unknown)
else
MODULE := $(BUILD)/$(KERNEL)
KDIR = $(shell scripts/kernel headers $(KERNEL))
endif

all: module lib bpf tools selftests

help:
	@echo 'make             module, library, tools, BPF and tests'
	@echo 'make demo        see channels at work, in a virtual machine'
	@echo 'make check       build everything and run every test under Linux $(KERNEL)'
	@echo 'make check-matrix  the same under each Linux of MATRIX ($(MATRIX));'
	@echo '                 LATEST=1: the latest of each series that Debian has by now'
	@echo 'make check-debug  the tests under a Linux 7.3 that checks itself (KASAN, lockdep, ...)'
	@echo '                 ONLY="limits fault": only these of the kselftests'
	@echo 'make check-kcsan  the same under one that finds data races'
	@echo 'make histories   record what processes do while they are killed, stopped and more; judge it'
	@echo '                 HISTORIES=1000: so many small ones (default $(HISTORIES), half an hour or more)'
	@echo 'make soak        the same for HOURS ($(HOURS))'
	@echo 'make fuzz        fuzz the interface under a Linux 7.3 that checks itself, for MINUTES ($(MINUTES))'
	@echo 'make fuzz-bugs   which bugs, seeded into copies of the module, the fuzzer finds'
	@echo 'make seeded      which bugs, seeded into copies of the module, the tests find'
	@echo 'make insmod-storm  insert and remove the module a thousand times while it is used'
	@echo 'make coverage    which lines and branches of the module the tests reach'
	@echo 'make static      check the sources without running them (part of check)'
	@echo 'make bench       compare with pipes, sockets and message queues'
	@echo 'make overhead    what tracing costs, in instructions'
	@echo 'make pictures    draw the pictures of the documentation anew'
	@echo
	@echo 'make module      chan.ko, into build/$(KERNEL)'
	@echo '     KERNEL=6.12     for another of the kernels that scripts/kernel knows'
	@echo '     KDIR=/lib/modules/$$(uname -r)/build   for this or any other tree'
	@echo '     CHAN_DEBUG=y    with run-time checks'
	@echo 'make lib tools bpf selftests  libchan, programs around it and for tracing, tests, into build/'
	@echo 'make examples    small programs to learn from, into build/examples'
	@echo 'make install     library, its examples and tools, into PREFIX ($(PREFIX)), below DESTDIR'
	@echo 'make modules_install  chan.ko, for the kernel of KERNEL or KDIR, below INSTALL_MOD_PATH'
	@echo 'make clean       remove build/ (fetched kernels stay: see scripts/kernel --help)'
	@echo
	@echo 'V=1 shows the commands, WERROR=1 makes warnings of the module errors.'
	@echo 'What Debian packages are missing is installed, through sudo unless root.'

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

# Where there is no bpftrace, the tests of its scripts are skipped.
trace-deps: vm-deps
	scripts/install-deps trace || echo 'The scripts for bpftrace will not be tested.' >&2

check: trace-deps lib examples tools selftests
	+scripts/check $(KERNEL)

check-matrix: trace-deps lib examples tools selftests
	+$(if $(LATEST),CHAN_KERNEL_LATEST=1) scripts/check $(MATRIX)

# These kernels are built from source, once.
check-debug check-kcsan: vm-deps lib examples tools selftests
	+scripts/check-debug 7.3-$(@:check-%=%) $(ONLY)

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

bench: vm-deps module lib tools
	scripts/bench

overhead: trace-deps module lib bpf tools
	scripts/overhead

pictures: vm-deps module examples tools
	scripts/pictures

install: lib bpf tools
	$(MAKE) -C lib OUTPUT=$(BUILD)/lib PREFIX=$(PREFIX) install
	$(MAKE) -C bpf OUTPUT=$(BUILD)/bpf PREFIX=$(PREFIX) install
	$(MAKE) -C tools OUTPUT=$(BUILD)/tools PREFIX=$(PREFIX) install

# Without the key of the kernel's maker there is nothing to sign with.
modules_install: module
	kdir="$(KDIR)"; test -e "$$kdir/certs/signing_key.pem" || sign=CONFIG_MODULE_SIG_ALL=; \
	$(MAKE) -C "$$kdir" M=$(MODULE) $$sign modules_install

clean:
	rm -rf $(BUILD)

.PHONY: all help deps module lib examples bpf tools selftests vm-deps trace-deps check check-matrix \
	check-debug check-kcsan histories soak fuzz fuzz-bugs seeded insmod-storm coverage static demo bench \
	overhead pictures install modules_install clean
