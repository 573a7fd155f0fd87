# assay: a statistics engine for online experiments. `make help` lists the targets.
#
# CC CPPFLAGS CFLAGS LDFLAGS PREFIX libdir DESTDIR belong to the user; BUILD names the build folder of
# a variant; V=1 shows whole commands.

CC      ?= cc
HOSTCC  ?= $(CC)
AR      ?= ar
CFLAGS  ?= -O2 -g1 -pipe -fstack-protector-strong -D_FORTIFY_SOURCE=2
LDFLAGS ?= -Wl,-z,relro,-z,now
PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   ?= build/release

bindir     = $(PREFIX)/bin
libdir     = $(PREFIX)/lib
includedir = $(PREFIX)/include
mandir     = $(PREFIX)/share/man
datadir    = $(PREFIX)/share/assay

version := $(shell sed -n 's/^\#define ASSAY_VERSION "\(.*\)"/\1/p' include/assay/version.h)
major   := $(firstword $(subst ., ,$(version)))

# Library modules by pkg-config; names of Debian packages are in scripts/deps.
# Those of load_packages are compiled against, and loaded by the command that needs them: so all
# others start without them (src/base/library.h). LINKED=1 links them instead, for systems without
# dlopen().
lib_packages  = gsl libcjson mpfr gmp nettle zlib libzstd
load_packages = libcurl libmicrohttpd sqlite3 odbc
# Only its header is used.
head_packages = libxxhash
test_packages = check gnutls

# With CDPATH set, cd prints where it went, in the midst of what scripts read.
unexport CDPATH

# Nothing is asked of pkg-config before a target that needs it, so that `make deps` can run first.
# $(call once,NAME,VALUE) asks when NAME is first used, for `deps` may install packages before, and keeps
# the answer: else pkg-config would run for each file.
once        = $(eval $(1) := $(2))$($(1))
lib_cflags  = $(call once,lib_cflags,$(shell sh scripts/packages --cflags $(lib_packages) $(load_packages) $(head_packages) | sed 's/-I/-isystem /g'))
lib_libs    = $(call once,lib_libs,$(if $(LINKED),$(load_libs)) $(shell sh scripts/packages --libs $(lib_packages)) -lm -ldl)
load_libs   = $(call once,load_libs,$(shell sh scripts/packages --libs $(load_packages)))
# The program takes these from their archives, where there are some: it starts in half the time when
# the loader need not bind a thousand symbols of theirs. SHARED=1 links them as shared libraries, as
# distributions do.
archives     = nettle mpfr gmp gsl gslcblas cjson z zstd
has_archive  = $(findstring /,$(shell $(CC) -print-file-name=lib$(1).a))
of_archive   = $(if $(filter $(1),$(archives:%=-l%)),$(if $(call has_archive,$(1:-l%=%)),$(1:-l%=-l:lib%.a),$(1)),$(1))
program_libs = $(call once,program_libs,$(if $(SHARED)$(LINKED),$(lib_libs),$(foreach lib,$(lib_libs),$(call of_archive,$(lib)))))
test_cflags = $(call once,test_cflags,$(shell sh scripts/packages --cflags $(test_packages) | sed 's/-I/-isystem /g'))
test_libs   = $(call once,test_libs,$(shell sh scripts/packages --libs $(test_packages)))

warnings = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wdouble-promotion -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef -Wvla -Wcast-qual -Wformat=2
# A file of src that needs more of the system than POSIX says so with _GNU_SOURCE: for all files, math.h alone
# would cost a tenth of a build, with its functions of types that nothing uses.
base_flags = -std=c11 -D_DEFAULT_SOURCE -D_XOPEN_SOURCE=700 -Iinclude -Isrc $(warnings) -fvisibility=hidden \
	-ffp-contract=off -fPIC -pthread -MMD -MP $(if $(LINKED),-DASSAY_LINKED) $(EXTRA_CFLAGS)

# Folders of the library, in the order in which they may include one another (scripts/lint).
lib_folders  = base number exact stats analysis plan source json report api
prog_folders = serve cli
below = $(sort $(foreach folder,$(1),$(wildcard src/$(folder)/*.c src/$(folder)/*/*.c)))
lib_sources   := $(call below,$(lib_folders))
prog_sources  := $(filter-out src/cli/main.c,$(call below,$(prog_folders)))
# Tests mirror src; what they share is in tests/support.
test_sources  := $(sort $(shell find tests -name 'test_*.c'))
slow_sources  := $(sort $(wildcard tests/slow/slow_*.c))
test_support  := $(sort $(wildcard tests/support/*.c))
bench_sources := $(sort $(wildcard bench/bench_*.c))

# powers.c is made when the program is built, by a program for this machine.
lib_objects   := $(lib_sources:%.c=$(BUILD)/%.o) $(BUILD)/generated/powers.o
prog_objects  := $(prog_sources:%.c=$(BUILD)/%.o)
main_object   := $(BUILD)/src/cli/main.o
test_programs := $(test_sources:%.c=$(BUILD)/%)
slow_programs := $(slow_sources:%.c=$(BUILD)/%)
bench_programs := $(bench_sources:%.c=$(BUILD)/%)
# Fuzz targets without libFuzzer, with the small rooms of base/room.h, and a server without a command.
fuzz_programs := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
fuzz_objects  = $(filter $(BUILD)/src/serve/%,$(prog_objects)) $(patsubst src/%.c,$(BUILD)/small/%.o,\
	$(filter src/source/csv/% src/source/scan/% src/source/table/% src/source/units/%,$(lib_sources)) \
	$(filter $(wildcard src/source/*.c),$(lib_sources)))
test_scripts  := $(sort $(filter-out %/run-golden.sh,$(wildcard tests/cli/*.sh)))

static_lib = $(BUILD)/libassay.a
shared_lib = $(BUILD)/libassay.so.$(version)
soname     = libassay.so.$(major)
program    = $(BUILD)/assay

# $(call run,WHAT,COMMAND): a short line, or with V=1 the command. make starts the command itself: a shell and
# a mkdir for each of some 470 objects were a twentieth of a build.
comma := ,
run = $(if $(filter 1,$(V)),,$(info $() $() $(1) $@)@)$(2)
# Makes all build folders when the first object is made.
folders = $(call once,folders,$(shell mkdir -p $(sort $(dir $(lib_objects) $(prog_objects) $(main_object) \
	$(test_programs) $(slow_programs) $(bench_programs) $(fuzz_programs) $(test_support:%=$(BUILD)/%)))))

# As many processes as there are processors, unless make is told another number or several goals.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS))$(word 2,$(MAKECMDGOALS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

.DEFAULT_GOAL = all
.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: all demo check check-slow check-exports record-abi check-install bench bench-quick bench-accuracy asan ubsan tsan \
	fuzz golden install uninstall dist deb format lint docs help clean deps programs tests \
	check-contract check-distributed check-pages check-part part-programs list-part check-clang \
	check-asan check-tsan check-fuzz-short fuzz-programs check-cc check-big-endian check-deb

all: $(program) $(static_lib) $(shared_lib) ## build the program and the library

deps: ## find what the build needs, and install what is missing where that is allowed
	@sh scripts/deps $(lib_packages) $(load_packages) $(head_packages) $(test_packages)

demo: deps ## build and run the main job on real data
	@$(MAKE) --no-print-directory all
	@sh scripts/demo $(program)

check: deps ## build and run all tests
	@$(MAKE) --no-print-directory tests
	@ASSAY='$(abspath $(program))' BUILD=$(BUILD) sh tests/run-all.sh $(test_programs) $(test_scripts)

tests: all $(test_programs)

programs: $(slow_programs) $(bench_programs) ## build the slow tests and the benches

check-slow: deps ## simulations (type-I error, coverage, power), kills, a siege (35 minutes)
	@$(MAKE) --no-print-directory all $(slow_programs) \
		$(BUILD)/tests/source/scan/test_scan $(BUILD)/tests/source/scan/test_scan_words \
		$(BUILD)/tests/analysis/test_any_way
	@CALIBRATION=$(BUILD)/calibration.md ASSAY='$(abspath $(program))' BUILD=$(BUILD) \
		sh tests/run-slow.sh $(slow_programs) $(wildcard tests/slow/*.sh)

# The tests whose names begin with the words of PART, below tests: source, stats/test_srm.
part_programs = $(foreach word,$(PART),$(filter $(BUILD)/tests/$(word)%,$(test_programs)))
part-programs: $(part_programs) $(if $(findstring cli/,$(PART)),$(program))

list-part:
	@echo $(part_programs)

check-part: part-programs ## build and run the tests whose names begin with PART='source stats/test_srm'
	@ASSAY='$(abspath $(program))' BUILD=$(BUILD) sh tests/run-all.sh $(part_programs)

check-clang: ## the core tests and the golden runs of the command, built by clang without a warning
	+@sh scripts/variant clang

check-asan: ## the tests of the core and of all sources under ASan and UBSan
	+@sh scripts/variant asan

check-tsan: ## the tests with threads under TSan
	+@sh scripts/variant tsan

check-fuzz-short: ## the fuzz targets over the same FUZZ_RUNS=20000 inputs every time, under ASan and UBSan
	+@sh scripts/variant fuzz-short

fuzz-programs: $(fuzz_programs)

check-cc: ## a build with a compiler and the libraries alone
	+@sh scripts/variant cc

check-big-endian: ## the core tests for s390x under qemu-user
	+@sh scripts/variant big-endian

check-contract: deps ## the contract by independent judges: Spectral and Prism (needs npm)
	@$(MAKE) --no-print-directory all
	@ASSAY='$(abspath $(program))' sh tests/contract/run document mock proxy

check-distributed: deps ## PostgreSQL, MariaDB, SQLite, DuckDB, ClickHouse as sources, on loopback
	@$(MAKE) --no-print-directory all
	@ASSAY='$(abspath $(program))' sh tests/warehouse/check

check-pages: deps ## the pages of assay serve in headless Chromium (needs npm)
	@$(MAKE) --no-print-directory all
	@ASSAY='$(abspath $(program))' sh tests/contract/run pages

# What is built on the way is said on stderr: what a bench prints goes into a file.
bench: ## time assay against the peers on this machine
	@$(MAKE) --no-print-directory all $(bench_programs) >&2
	@ASSAY='$(abspath $(program))' BUILD=$(BUILD) sh bench/run

bench-quick: ## the same with fewer rows and rounds, without the server: two minutes
	@$(MAKE) --no-print-directory all $(bench_programs) >&2
	@ASSAY='$(abspath $(program))' BUILD=$(BUILD) sh bench/run --quick

bench-accuracy: ## correct digits of assay and of the peers on this machine
	@$(MAKE) --no-print-directory all $(bench_programs) >&2
	@ASSAY='$(abspath $(program))' BUILD=$(BUILD) sh bench/accuracy

asan: ## the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	$(MAKE) check BUILD=build/asan CFLAGS='-O1 -g -fno-omit-frame-pointer' \
		EXTRA_CFLAGS='-fsanitize=address,undefined -fno-sanitize-recover=all' \
		LDFLAGS='-fsanitize=address,undefined'

ubsan: ## the tests under UndefinedBehaviorSanitizer
	$(MAKE) check BUILD=build/ubsan CFLAGS='-O1 -g' \
		EXTRA_CFLAGS='-fsanitize=undefined -fno-sanitize-recover=all' LDFLAGS='-fsanitize=undefined'

tsan: ## the tests under ThreadSanitizer
	$(MAKE) check BUILD=build/tsan CFLAGS='-O1 -g' EXTRA_CFLAGS='-fsanitize=thread' \
		LDFLAGS='-fsanitize=thread'

# abidiff reads the types of exported functions from the library (check-abi). The other nine tenths of the
# files have lines and names of functions alone, which makes a build a tenth shorter.
open := [(]
public_objects := $(patsubst %.c,$(BUILD)/%.o,$(shell grep -rlE '^[a-z].*[ *]assay_[a-z][a-z0-9_]*$(open)' \
	--include='*.c' $(lib_folders:%=src/%)))
$(public_objects): CFLAGS += -g

# What waits for people, files and networks, two fifths of the files, is compiled with less effort, since a
# build takes as long as its files do. Whoever sets CFLAGS has them everywhere.
cold_objects := $(filter $(foreach folder,serve cli plan source/sql source/warehouse api/deliver,\
	$(BUILD)/src/$(folder)/%),$(lib_objects) $(prog_objects) $(main_object))
ifeq ($(origin CFLAGS),file)
$(cold_objects): CFLAGS += -O1
endif

$(BUILD)/src/%.o: src/%.c
	$(folders)$(call run,CC  ,$(CC) $(base_flags) $(lib_cflags) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<)

$(BUILD)/generated/powers: scripts/powers.c src/number/powers.h
	$(folders)$(call run,HOST,$(HOSTCC) -std=c11 -Isrc -O1 -o $@ $<)

$(BUILD)/generated/powers.c: $(BUILD)/generated/powers
	$(call run,GEN ,$< >$@)

$(BUILD)/generated/powers.o: $(BUILD)/generated/powers.c
	$(call run,CC  ,$(CC) $(base_flags) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<)

$(BUILD)/tests/%.o: tests/%.c
	$(folders)$(call run,CC  ,$(CC) $(base_flags) -D_GNU_SOURCE -Itests/support $(test_cflags) $(lib_cflags) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<)

$(BUILD)/bench/%.o: bench/%.c
	$(folders)$(call run,CC  ,$(CC) $(base_flags) -D_GNU_SOURCE $(lib_cflags) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<)

$(static_lib): $(lib_objects)
	@rm -f $@
	$(call run,AR  ,$(AR) rcs $@ $^)

$(shared_lib): $(lib_objects) src/libassay.map
	$(call run,LINK,$(CC) -shared -Wl$(comma)--as-needed -Wl$(comma)-soname$(comma)$(soname) \
		-Wl$(comma)--version-script$(comma)src/libassay.map -Wl$(comma)-z$(comma)defs -pthread $(LDFLAGS) -o $@ \
		$(lib_objects) $(lib_libs))
	@ln -sf $(notdir $@) $(BUILD)/$(soname)
	@ln -sf $(soname) $(BUILD)/libassay.so

$(BUILD)/libprogram.a: $(prog_objects)
	@rm -f $@
	$(call run,AR  ,$(AR) rcs $@ $^)

$(program): $(main_object) $(BUILD)/libprogram.a $(static_lib)
	$(call run,LINK,$(CC) -pthread -Wl$(comma)--as-needed $(LDFLAGS) -o $@ $^ $(program_libs))

# An archive, so that a test program links only what it uses.
$(BUILD)/libsupport.a: $(test_support:%.c=$(BUILD)/%.o)
	@rm -f $@
	$(call run,AR  ,$(AR) rcs $@ $^)

# serve and cli: program_archive= builds tests of the library without them.
program_archive = $(BUILD)/libprogram.a

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/libsupport.a $(program_archive) $(static_lib)
	$(call run,LINK,$(CC) -pthread $(LDFLAGS) -o $@ $^ $(load_libs) $(lib_libs) $(test_libs))

$(BUILD)/small/%.o: src/%.c
	@mkdir -p $(@D)
	$(call run,CC  ,$(CC) $(base_flags) -DSMALL_ROOMS $(lib_cflags) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<)

$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/replay.o $(fuzz_objects) $(static_lib)
	$(call run,LINK,$(CC) -pthread $(LDFLAGS) -o $@ $^ $(load_libs) $(lib_libs))

$(BUILD)/bench/%: $(BUILD)/bench/%.o $(BUILD)/libprogram.a $(static_lib)
	$(call run,LINK,$(CC) -pthread $(LDFLAGS) -o $@ $^ $(load_libs) $(lib_libs) $(test_libs))

fuzz: $(BUILD)/generated/powers.c ## feed random plans and data to the library for a while (clang, FUZZ_SECONDS=60 each)
	@FUZZ_SECONDS=$${FUZZ_SECONDS:-60} POWERS=$(BUILD)/generated/powers.c sh scripts/fuzz $(lib_packages) $(load_packages)

check-install: all ## install under a scratch root, use it, uninstall
	@ASSAY='$(abspath $(program))' BUILD=$(BUILD) sh tests/cli/install.sh

docs: ## check the manual pages
	@mandoc -T lint -W warning docs/*.[135]

lint: all ## layering, circles, lengths, layout, static analysis
	@BUILD=$(BUILD) sh scripts/lint

format: ## lay out all C files (clang-format)
	clang-format -i $$(git ls-files '*.c' '*.h')

golden: all ## make the golden files again, from R, SciPy and mpmath
	@ASSAY='$(abspath $(program))' sh tests/golden/make

install: all ## install under $(DESTDIR)$(PREFIX)
	@BUILD=$(BUILD) VERSION=$(version) SONAME=$(soname) BINDIR='$(DESTDIR)$(bindir)' \
		LIBDIR='$(DESTDIR)$(libdir)' INCLUDEDIR='$(DESTDIR)$(includedir)' MANDIR='$(DESTDIR)$(mandir)' \
		DATADIR='$(DESTDIR)$(datadir)' PREFIX='$(PREFIX)' PACKAGES='$(lib_packages)$(if $(LINKED), libcurl)' sh scripts/install

uninstall: ## remove what install put there
	@VERSION=$(version) SONAME=$(soname) BINDIR='$(DESTDIR)$(bindir)' LIBDIR='$(DESTDIR)$(libdir)' \
		INCLUDEDIR='$(DESTDIR)$(includedir)' MANDIR='$(DESTDIR)$(mandir)' DATADIR='$(DESTDIR)$(datadir)' \
		sh scripts/install --remove

check-exports: $(shared_lib) ## compare the exported symbols with the headers, the ABI with its record
	@sh scripts/check-exports $(shared_lib)
	@sh scripts/check-abi $(shared_lib)

record-abi: $(shared_lib) ## record the ABI anew: after a release, or an allowed change (abigail-tools)
	@sh scripts/check-abi --record $(shared_lib)

deb: ## Debian packages of library, command and documentation, in build/deb
	@sh scripts/deb

check-deb: deb ## install the packages on a fresh Debian 12, run the demo there, remove them (root)
	@sh scripts/check-deb

dist: ## a source archive, the same bytes every time
	@git archive --prefix=assay-$(version)/ -o assay-$(version).tar HEAD || { rm -f assay-$(version).tar; exit 1; }
	@gzip -n9f assay-$(version).tar
	@echo assay-$(version).tar.gz

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

clean: ## remove build folders
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
