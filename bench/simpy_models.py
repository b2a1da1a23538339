#!/usr/bin/python3
"""bench/simpy_models.py MODEL: the models of bench_queue.c in SimPy 2 (Debian's python3-simpy), for the ratio.

Prints: speed (customers/s for mm5, days/s for polling), mean wait in seconds a customer, its standard error over days."""
import math
import random
import sys
import time

from SimPy.Simulation import Process, Resource, Simulation, hold, release, request


class Person(Process):
    def visit(self, stages, waits):
        waited = 0.0
        for station, draw in stages:
            joined = self.sim.now()
            yield request, self, station
            waited += self.sim.now() - joined
            yield hold, self, draw()
            yield release, self, station
        waits.append(waited)


class Source(Process):
    def arrivals(self, rate, end, make, waits):
        while True:
            yield hold, self, random.expovariate(rate)
            if self.sim.now() > end:
                return
            person = Person(sim=self.sim)
            self.sim.activate(person, person.visit(make, waits))


def lognormal(mean, cv):
    sigma = math.sqrt(math.log(1 + cv * cv))
    mu = math.log(mean) - sigma * sigma / 2
    return lambda: random.lognormvariate(mu, sigma)


def day(rate, end, stages):
    sim = Simulation()
    sim.initialize()
    waits = []
    made = [(Resource(capacity=c, sim=sim), draw) for c, draw in stages]
    source = Source(sim=sim)
    sim.activate(source, source.arrivals(rate, end, made, waits))
    sim.simulate(until=10 * end)
    return waits


MODELS = {
    "mm5": (10000 / 25000, 25000, 40, [(5, lambda: random.expovariate(0.1))]),
    "polling": (1100 / 43200, 43200, 200, [(3, lognormal(60, 0.6)), (6, lognormal(120, 0.8)), (2, lognormal(45, 0.6)),
                                           (1, lognormal(20, 0.5))]),
}


def main():
    rate, end, days, stages = MODELS[sys.argv[1]]
    random.seed(20261123)
    began = time.perf_counter()
    results = [day(rate, end, stages) for _ in range(days)]
    seconds = time.perf_counter() - began
    n = sum(len(w) for w in results)
    mean = sum(sum(w) for w in results) / n
    # The ratio's standard error by linearisation over days.
    square = sum((sum(w) - mean * len(w)) ** 2 for w in results)
    se = math.sqrt(square / (days - 1) * days) / n
    print((days if sys.argv[1] == "polling" else n) / seconds, mean, se)


main()
