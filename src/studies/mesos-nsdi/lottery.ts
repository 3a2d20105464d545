import { FOREVER, fromSeconds, type Observer, ResourceSpace, type TaskId } from '../../model/index.js';
import { lotteryAllocator } from '../../policies/allocators/lottery.js';
import { firstFit } from '../../policies/placement/classic-placements.js';
import type { PolicyParts } from '../../policies/policy.js';
import { listScheduler } from '../../policies/schedulers/list-scheduler.js';
import { PLAIN_ROW } from '../../workloads/trace.js';
import { intervalCheck } from '../checks.js';
import { simulateRows } from '../simulate-rows.js';
import type { Check } from '../study.js';

const SLOTS = 2000;
const REPLICATIONS = 10;

/** Intended number of slots of each framework. Every framework can use all slots. */
const INTENDED = [100, 200, 400];

const SPACE = new ResourceSpace(['slots']);

/**
 * A slot that several frameworks want goes to framework i with probability s_i / sum of s (Hindman et al., "Mesos", NSDI 2011,
 * on placement preferences).
 */
export async function lottery(): Promise<Check[]> {
  const runs: (readonly number[])[] = [];
  for (let i = 1; i <= REPLICATIONS; i++) runs.push(await sharesWon(`lottery/${i}`));
  const sum = INTENDED.reduce((a, b) => a + b);
  return INTENDED.map((intended, framework) =>
    intervalCheck({
      what: `lottery of slots, framework ${framework + 1} with s = ${intended} of ${sum}`,
      theory: intended / sum,
      values: runs.map((shares) => shares[framework]),
      within: 0.15,
    }),
  );
}

async function sharesWon(seed: string): Promise<number[]> {
  const won = INTENDED.map(() => 0);
  await simulateRows({
    space: SPACE,
    machines: Array.from({ length: SLOTS }, (_, i) => ({ name: `slot-${i}`, capacity: [1] })),
    frameworks: INTENDED.map((weight, i) => ({ name: `framework ${i + 1}`, weight })),
    rows: INTENDED.map((_, framework) => ({
      ...PLAIN_ROW,
      job: framework,
      framework,
      submit: 0,
      tasks: SLOTS,
      demand: [1],
      duration: FOREVER,
    })),
    parts: lotteryParts,
    seed,
    horizon: fromSeconds(1),
    observers: ({ tasks }): Partial<Observer>[] => [
      {
        taskStarted(task: TaskId) {
          won[tasks.framework[task]]++;
        },
      },
    ],
  });
  return won.map((slots) => slots / SLOTS);
}

function lotteryParts(): PolicyParts {
  return {
    architecture: 'two-level',
    allocator: lotteryAllocator,
    scheduler: () => listScheduler({ name: 'first come', placement: firstFit, backfill: 'any' }),
    terms: { interval: fromSeconds(1), hold: 0, refuse: fromSeconds(5), timeout: FOREVER },
  };
}
