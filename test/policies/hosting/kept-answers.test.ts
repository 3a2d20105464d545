import { describe, expect, test } from 'vitest';
import {
  type AnyScore,
  NONE,
  type PlacementSink,
  type SchedulingView,
  type WeightedScore,
} from '../../../src/policies/contract.js';
import { CPUS_MEM_GPUS, machinesOf, simulate } from '../../simulate.js';
import { rowsOf, traceOf } from '../../traces-in-memory.js';

/** Runs 3,000 short tasks with a choice by this score; an ordinary run checks one answer in 1,024. */
function run(score: AnyScore | readonly WeightedScore[], where?: (machine: number) => boolean) {
  let best: (task: number) => number = () => NONE;
  const rows = Array.from({ length: 3000 }, (_, at) => ({ at, needs: { cpus: 1 }, runs: 5 }));
  return simulate({
    space: CPUS_MEM_GPUS,
    machines: machinesOf(CPUS_MEM_GPUS, new Array(10).fill({ cpus: 4 })),
    trace: traceOf(CPUS_MEM_GPUS, rowsOf(CPUS_MEM_GPUS, rows)),
    parts: {
      architecture: 'monolithic',
      scheduler: {
        name: 'own',
        begin(view: SchedulingView) {
          const choice = view.machines.prepare({ score, ...(where !== undefined && { where }) });
          best = (task) => choice.best(task);
        },
        schedule(view: SchedulingView, act: PlacementSink) {
          for (let task = view.queue.first, next = NONE; task !== NONE; task = next) {
            next = view.queue.next(task);
            const machine = best(task);
            if (machine !== NONE) act.start(task, machine);
          }
        },
      },
    },
    until: 4000,
  });
}

/** A score that depends on how often it was asked. */
function counting(): AnyScore {
  let asked = 0;
  return { name: 'counting', reads: [], make: () => () => asked++ % 97 };
}

const sound: AnyScore = { name: 'by rank', reads: [], make: () => (machine) => -machine };

describe('an ordinary run', () => {
  test.each([
    ['alone', () => run(counting())],
    ['among some machines', () => run(counting(), (machine) => machine !== 3)],
    [
      'in a weighted sum',
      () =>
        run([
          { score: sound, weight: 1 },
          { score: counting(), weight: 0.001 },
        ]),
    ],
  ])('stops at a score with a state of its own, %s, and names it', async (_, running) => {
    await expect(running()).rejects.toThrow(/the score "counting" gives another machine/);
  });

  test('accepts a score that reads what it declares', async () => {
    await expect(run(sound)).resolves.toBeDefined();
    await expect(run(sound, (machine) => machine !== 0)).resolves.toBeDefined();
    await expect(run([{ score: sound, weight: 2, normalise: 'max' }])).resolves.toBeDefined();
  });
});
