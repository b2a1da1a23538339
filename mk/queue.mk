# The queue engine (src/queue/): a root sets no errno, so that loops over it become vector code. Where there are
# registers of 512 bits they are used whole. None of the flags changes a bit.
$(B)/src/queue/%.o: OURS += -fno-math-errno -fno-trapping-math $(if $(filter x86_64%,$(shell $(CC) -dumpmachine)),-mprefer-vector-width=512)

#: make bench-queue   the engine's speed a core and in all, and the ratio to SimPy (python3-simpy) on equal models
.PHONY: bench-queue queue-bits
bench: bench-queue
bench-queue: $(B)/bench/bench_queue
	cd $(S) && $(abspath $(B)/bench/bench_queue)

# The same bits with gcc and clang, -O1 to -O3, with and without vector instructions.
queue-bits:
	$(S)/tests/run $(S)/tests/queue-bits
service: queue-bits
