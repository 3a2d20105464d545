import alea from 'seedrandom/lib/alea.js';
import { describe, expect, it } from 'vitest';
import { AllocatorHost, type MadeOffer } from '../../src/live/allocation/allocator-host.js';
import { LEDGER_NAMES } from '../../src/live/wire/resources.js';
import {
  fromSeconds,
  MACHINE_CAPABILITIES,
  type Micros,
  type Parcels,
  parcelsMinus,
  parcelsPlus,
  ResourceSpace,
} from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import { ParameterValues } from '../../src/policies/index.js';
import type { TwoLevelParts } from '../../src/policies/policy.js';
import { DRF_PARAMETERS, drf, drfSettings } from '../../src/policies/presets/drf.js';
import { partsOf, simulateRows } from '../../src/studies/simulate-rows.js';
import { PLAIN_ROW, type TaskRow } from '../../src/workloads/trace.js';

const SPACE = new ResourceSpace(['cpus', 'mem']);
const FRAMEWORKS = ['batch', 'spark', 'web'];
const INTERVAL_SECONDS = 1;
/** Nothing is refused for a time: where filters stand side by side the ledger of the simulator keeps the last alone. */
const SETTINGS = { interval: fromSeconds(INTERVAL_SECONDS), refuse: 0 };

/** What the host of an allocator is told, and what it must decide then. */
type Entry =
  | {
      readonly what: 'allocation';
      readonly now: Micros;
      readonly wants: readonly boolean[];
      readonly offers: string[];
    }
  | {
      readonly what: 'start' | 'end';
      readonly framework: number;
      readonly machine: number;
      readonly amounts: readonly number[];
    }
  | { readonly what: 'offer ended'; readonly framework: number; readonly machine: number };

function rowsOf(seed: string): TaskRow[] {
  const random = alea(seed);
  let submit = 0;
  return Array.from({ length: 400 }, (_, job) => {
    // No two arrivals at one instant, and none with a batch: each would be an allocation of its own in a master.
    submit += 1 + Math.floor(random() * fromSeconds(0.4));
    if (submit % fromSeconds(INTERVAL_SECONDS) === 0) submit++;
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

const MACHINES = [8, 4, 4, 2].map((cpus, i) => ({
  name: `m${i}`,
  capacity: SPACE.quanta({ cpus, mem: cpus * 512 }),
}));

function offerText(framework: number, machine: number, amounts: readonly number[]): string {
  return `${framework} ${machine} ${amounts.join(',')}`;
}

/** Runs the policy in virtual time and writes down all that its allocator was asked and answered. */
async function simulated(seed: string): Promise<Entry[]> {
  const log: Entry[] = [];
  const dims = SPACE.size;
  await simulateRows({
    space: SPACE,
    machines: MACHINES.map((machine) => ({ ...machine, attributes: {} })),
    frameworks: FRAMEWORKS.map((name) => ({ name })),
    rows: rowsOf(seed),
    seed,
    parts: (context) => {
      const parts = partsOf(drf, SETTINGS)(context) as TwoLevelParts;
      const allocator: TwoLevelParts['allocator'] = {
        name: 'recorded',
        allocate(view, sink) {
          const offers: string[] = [];
          const wants = FRAMEWORKS.map((_, framework) => view.wants(framework));
          log.push({ what: 'allocation', now: view.now, wants, offers });
          parts.allocator.allocate(view, {
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
      const amountsOf = (task: number) => {
        const row = tasks.taskClass[task] * dims;
        return Array.from(classes.demand.subarray(row, row + dims));
      };
      return [
        {
          taskStarted: (task) =>
            log.push({
              what: 'start',
              framework: tasks.framework[task],
              machine: tasks.machine[task],
              amounts: amountsOf(task),
            }),
          taskEnded: (task, machine) =>
            log.push({ what: 'end', framework: tasks.framework[task], machine, amounts: amountsOf(task) }),
          offerEnded: (framework, machine) => log.push({ what: 'offer ended', framework, machine }),
        },
      ];
    },
  });
  return log;
}

function parcels(amounts: readonly number[]): Parcels {
  return amounts
    .map((amount, d) => ({
      dimension: LEDGER_NAMES.indexOf(SPACE.names[d] as string),
      amount,
      ranges: [],
      reservations: [],
      supply: 'regular' as const,
      form: 'divisible' as const,
    }))
    .filter(({ amount }) => amount > 0);
}

/** The master's own host of the same allocator, told the same. @returns what it offered at each allocation. */
function replayed(log: readonly Entry[]): string[][] {
  const settings = drfSettings(new ParameterValues(DRF_PARAMETERS, {}));
  const host = new AllocatorHost({
    names: LEDGER_NAMES,
    allocator: (operator) => drfAllocator({ ...settings, ...operator }),
    interval: INTERVAL_SECONDS,
    random: () => 0.5,
  });
  for (const name of FRAMEWORKS)
    host.addFramework(name, { roles: [name], suppressed: [name], capabilities: new Set(), minimums: {} });
  for (const { name, capacity } of MACHINES)
    host.addAgent(name, {
      total: parcels(capacity),
      capabilities: new Set(MACHINE_CAPABILITIES),
      region: 'local',
    });
  const wanting = FRAMEWORKS.map(() => false);
  const out = new Map<string, Parcels>();
  const decided: string[][] = [];
  for (const entry of log) {
    if (entry.what === 'allocation') {
      decided.push(allocate(host, entry, wanting).map((offer) => noted(offer, out)));
      continue;
    }
    const name = FRAMEWORKS[entry.framework] as string;
    const agent = MACHINES[entry.machine]?.name as string;
    const key = `${name} ${agent}`;
    const left = out.get(key) ?? [];
    if (entry.what === 'start') out.set(key, parcelsMinus(left, parcels(entry.amounts)));
    else if (entry.what === 'end') host.recover(name, name, agent, parcels(entry.amounts), undefined);
    else {
      host.recover(name, name, agent, left, 0);
      out.delete(key);
    }
  }
  return decided;
}

/** REVIVE of the framework that has something to start again, else the batch of the interval. */
function allocate(
  host: AllocatorHost,
  { now, wants }: Extract<Entry, { what: 'allocation' }>,
  wanting: boolean[],
): readonly MadeOffer[] {
  host.now = now;
  const woken = FRAMEWORKS.filter((_, i) => wants[i] && !wanting[i]);
  expect(woken.length).toBeLessThanOrEqual(1);
  FRAMEWORKS.forEach((name, i) => {
    if (!wants[i] && wanting[i]) host.suppress(name, []);
    wanting[i] = wants[i] as boolean;
  });
  if (woken[0] === undefined) host.batch(now);
  else host.revive(woken[0], []);
  return host.collectOffers();
}

function noted({ framework, agent, parcels: made }: MadeOffer, out: Map<string, Parcels>): string {
  const key = `${framework} ${agent}`;
  out.set(key, parcelsPlus(out.get(key) ?? [], made));
  const amounts = SPACE.names.map(
    (name) => made.find(({ dimension }) => LEDGER_NAMES[dimension] === name)?.amount ?? 0,
  );
  return offerText(
    FRAMEWORKS.indexOf(framework),
    MACHINES.findIndex(({ name }) => name === agent),
    amounts,
  );
}

describe('the allocator of the master', () => {
  it('offers what the simulator offers, when the same happens in the same order', async () => {
    let compared = 0;
    for (const seed of ['1', '2', '3']) {
      const log = await simulated(seed);
      const expected = log.flatMap((entry) => (entry.what === 'allocation' ? [entry.offers] : []));
      expect(replayed(log)).toEqual(expected);
      compared += expected.flat().length;
    }
    expect(compared).toBeGreaterThan(1000);
  });
});
