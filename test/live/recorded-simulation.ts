import alea from 'seedrandom/lib/alea.js';
import { fromSeconds, type Micros, type ParameterValue, ResourceSpace } from '../../src/model/index.js';
import type { TwoLevelParts } from '../../src/policies/policy.js';
import { drf } from '../../src/policies/presets/drf.js';
import { partsOf, simulateRows } from '../../src/studies/simulate-rows.js';
import { PLAIN_ROW, type TaskRow } from '../../src/workloads/trace.js';

export const SPACE = new ResourceSpace(['cpus', 'mem']);
export const FRAMEWORKS = ['batch', 'spark', 'web'];
export const INTERVAL = fromSeconds(1);
export const MACHINES = [8, 4, 4, 2].map((cpus, i) => ({
  name: `m${i}`,
  capacity: SPACE.quanta({ cpus, mem: cpus * 512 }),
}));

/** What happens to the host of an allocator in a simulation, and what the allocator offers then. */
export type Entry = { readonly at: Micros } & (
  | { readonly what: 'arrival'; readonly framework: number }
  | { readonly what: 'allocation'; readonly wants: readonly boolean[]; readonly offers: string[] }
  | {
      readonly what: 'start' | 'end';
      readonly task: number;
      readonly framework: number;
      readonly machine: number;
      readonly amounts: readonly number[];
    }
  | { readonly what: 'offer ended'; readonly framework: number; readonly machine: number }
);

/** `framework machine amounts`, by their indexes. */
export function offerText(framework: number, machine: number, amounts: readonly number[]): string {
  return `${framework} ${machine} ${amounts.join(',')}`;
}

function rowsOf(seed: string, tasks: number): TaskRow[] {
  const random = alea(seed);
  let submit = 0;
  return Array.from({ length: tasks }, (_, job) => {
    // No two arrivals at one instant, and none with a batch: each would be an allocation of its own in a master.
    submit += 1 + Math.floor(random() * fromSeconds(0.4));
    if (submit % INTERVAL === 0) submit++;
    return {
      ...PLAIN_ROW,
      job,
      framework: Math.floor(random() * FRAMEWORKS.length),
      submit,
      tasks: 1,
      demand: SPACE.quanta({
        cpus: 0.25 * (1 + Math.floor(random() * 8)),
        mem: 64 * (1 + Math.floor(random() * 16)),
      }),
      duration: fromSeconds(0.5) + Math.floor(random() * fromSeconds(20)),
    };
  });
}

/** Runs drf in virtual time and records all that its allocator was asked and answered. */
export async function recordSimulation(
  seed: string,
  settings: Readonly<Record<string, ParameterValue>>,
  tasks = 400,
): Promise<Entry[]> {
  const log: Entry[] = [];
  const dims = SPACE.size;
  await simulateRows({
    space: SPACE,
    machines: MACHINES.map((machine) => ({ ...machine, attributes: {} })),
    frameworks: FRAMEWORKS.map((name) => ({ name })),
    rows: rowsOf(seed, tasks),
    seed,
    parts: (context) => {
      const parts = partsOf(drf, { interval: INTERVAL, ...settings })(context) as TwoLevelParts;
      const allocator: TwoLevelParts['allocator'] = {
        name: 'recorded',
        allocate(view, sink) {
          const offers: string[] = [];
          const wants = FRAMEWORKS.map((_, framework) => view.wants(framework));
          log.push({ what: 'allocation', at: view.now, wants, offers });
          parts.allocator.allocate(view, {
            ...sink,
            offer(framework, machine, portion) {
              const amounts =
                portion === undefined
                  ? view.space.dimensions.map((d) => view.free(machine, d))
                  : Array.from(portion.amounts);
              const verdict = sink.offer(framework, machine, portion);
              if (verdict === 'done') offers.push(offerText(framework, machine, amounts));
              return verdict;
            },
          });
        },
      };
      return { ...parts, allocator };
    },
    observers: ({ tasks, classes }) => {
      const taskEntry = (task: number, machine: number) => {
        const row = tasks.taskClass[task] * dims;
        const amounts = Array.from(classes.demand.subarray(row, row + dims));
        return { task, framework: tasks.framework[task], machine, amounts };
      };
      return [
        {
          taskSubmitted: (task, at) => log.push({ what: 'arrival', at, framework: tasks.framework[task] }),
          taskStarted: (task, at) => log.push({ what: 'start', at, ...taskEntry(task, tasks.machine[task]) }),
          taskEnded: (task, machine, _, at) => log.push({ what: 'end', at, ...taskEntry(task, machine) }),
          offerEnded: (framework, machine, _end, _held, at) =>
            log.push({ what: 'offer ended', at, framework, machine }),
        },
      ];
    },
  });
  return log;
}
