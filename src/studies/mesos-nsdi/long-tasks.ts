import { FOREVER, fromSeconds, type Observer, ResourceSpace, type TaskId } from '../../model/index.js';
import type { Policy } from '../../policies/policy.js';
import { policyNamed } from '../../policies/registry.js';
import { RandomStreams } from '../../sim/random-streams.js';
import { PLAIN_ROW, type TaskRow } from '../../workloads/trace.js';
import { intervalCheck } from '../checks.js';
import { partsOf, simulateRows } from '../simulate-rows.js';
import type { Check } from '../study.js';

const NODES = 250;

/** Slots of a node, share of long tasks, replications. The first is the paper's: 0.4 % of the nodes. */
const CASES: readonly (readonly [slots: number, long: number, replications: number])[] = [
  [8, 0.5, 200],
  [1, 0.5, 20],
  [4, 0.5, 40],
  [8, 0.9, 20],
];

const SPACE = new ResourceSpace(['slots']);

/**
 * The share of nodes that are full of long tasks, where a short task would wait for a long time. With S slots and a share f of long
 * tasks, placed at random, it is f^S (Hindman et al., "Mesos", NSDI 2011, on heterogeneous tasks). The policy is
 * `bin-packing` with random placement.
 */
export async function longTasks(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [slots, long, replications] of CASES) {
    const values: number[] = [];
    for (let i = 1; i <= replications; i++)
      values.push(await shareFullOfLong(slots, long, `long tasks/${i}`));
    checks.push(
      intervalCheck({
        what: `nodes full of long tasks, S = ${slots}, f = ${long}`,
        theory: long ** slots,
        values,
        within: 0.3,
      }),
    );
  }
  return checks;
}

async function shareFullOfLong(slots: number, long: number, seed: string): Promise<number> {
  const longOn = new Int32Array(NODES);
  await simulateRows({
    space: SPACE,
    machines: Array.from({ length: NODES }, (_, i) => ({ name: `node-${i}`, capacity: [slots] })),
    frameworks: [{ name: 'short' }, { name: 'long' }],
    rows: tasks(NODES * slots, long, new RandomStreams(seed).stream('kinds')),
    parts: partsOf(policyNamed('bin-packing') as Policy, { placement: 'random' }),
    seed,
    horizon: fromSeconds(1),
    observers: ({ tasks }): Partial<Observer>[] => [
      {
        taskStarted(task: TaskId) {
          longOn[tasks.machine[task]] += tasks.framework[task];
        },
      },
    ],
  });
  return longOn.filter((count) => count === slots).length / NODES;
}

/** Framework 0 has the short tasks, framework 1 the long ones. */
function* tasks(count: number, long: number, source: () => number): Iterable<TaskRow> {
  for (let job = 0; job < count; job++)
    yield {
      ...PLAIN_ROW,
      job,
      framework: source() < long ? 1 : 0,
      submit: 0,
      demand: [1],
      duration: FOREVER,
    };
}
