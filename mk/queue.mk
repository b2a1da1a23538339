# The queue engine (src/queue/): a root sets no errno, so that loops over it become vector code. Where there are
# registers of 512 bits they are used whole. None of the flags changes a bit.
$(B)/src/queue/%.o: OURS += -fno-math-errno -fno-trapping-math $(if $(filter x86_64%,$(shell $(CC) -dumpmachine)),-mprefer-vector-width=512)

#: make bench-queue   the engine's speed a core and in all, and the ratio to SimPy (python3-simpy) on equal models
.PHONY: bench-queue
bench: bench-queue
bench-queue: $(B)/bench/bench_queue
	cd $(S) && $(abspath $(B)/bench/bench_queue)

# Simulations are long: fast under the sanitizers too.
$(B)/src/queue/%.o: OPTIMIZE = -O2

# The same bits with gcc and clang, -O1 to -O3, with and without vector instructions.
SERVICE += $(S)/tests/queue-bits
