"""M/M/10 in SimPy (Debian's python3-simpy3): the same customers as bench/many-servers.ts.

Usage: many_servers_simpy.py CUSTOMERS. Prints `CPU-SECONDS MEAN-WAIT`, both in seconds. CPU-SECONDS excludes the generation of customers.
"""

import math
import sys
import time

import simpy

SERVERS = 10
LOAD = 0.8
MASK = 0xFFFFFFFF


def mulberry32(seed):
    """The generator of bench/mulberry32.ts; it gives the same numbers."""
    state = seed
    while True:
        state = (state + 0x6D2B79F5) & MASK
        word = ((state ^ (state >> 15)) * (1 | state)) & MASK
        word = ((word + (((word ^ (word >> 7)) * (61 | word)) & MASK)) & MASK) ^ word
        yield (word ^ (word >> 14)) / 2**32


def draw_customers(count):
    """Arrival times and service times in seconds, to the microsecond."""
    draw = mulberry32(11)
    customers = []
    now = 0.0
    for _ in range(count):
        now += -math.log(1 - next(draw)) / (LOAD * SERVERS)
        customers.append((round(now, 6), round(-math.log(1 - next(draw)), 6)))
    return customers


def mean_wait(customers):
    env = simpy.Environment()
    servers = simpy.Resource(env, capacity=SERVERS)
    waited = 0.0

    def customer(arrival, service):
        nonlocal waited
        with servers.request() as turn:
            yield turn
            waited += env.now - arrival
            yield env.timeout(service)

    def source():
        for arrival, service in customers:
            yield env.timeout(arrival - env.now)
            env.process(customer(arrival, service))

    env.process(source())
    env.run()
    return waited / len(customers)


drawn = draw_customers(int(sys.argv[1]))
before = time.process_time()
wait = mean_wait(drawn)
print(time.process_time() - before, wait)
