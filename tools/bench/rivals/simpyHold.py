"""Hold model on SimPy, as SimPy is written: one process per timer. Prints the events per second of serving.

usage: simpyHold.py PENDING EVENTS
"""

import random
import sys
import time

import simpy

pending, events = int(sys.argv[1]), int(sys.argv[2])
draw = random.Random(42).expovariate
env = simpy.Environment()


def timer():
    while True:
        yield env.timeout(draw(1 / pending))


for _ in range(pending):
    env.process(timer())
for _ in range(pending):  # a process starts with an event of its own
    env.step()
start = time.perf_counter()
for _ in range(events):
    env.step()
print(round(events / (time.perf_counter() - start)))
