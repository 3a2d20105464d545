import { describe, expect, test } from 'vitest';
import { mulberry32 } from '../../../bench/mulberry32.js';
import { NONE, type SchedulingView } from '../../../src/policies/contract.js';
import { SettledTasks } from '../../../src/policies/schedulers/settled-tasks.js';
import { isBefore, WaitingEntries } from '../../../src/policies/schedulers/waiting-entries.js';

/** Tasks and machines as plain lists. */
interface World {
  readonly demands: number[][];
  readonly shares: number[];
  readonly free: number[][];
  readonly devices: number[][];
  readonly queuedAs: number[];
}

function viewOf({ demands, shares, free, devices, queuedAs }: World): SchedulingView {
  return {
    space: { dimensions: [0, 1], has: () => true },
    tasks: { taskClass: (task: number) => task, queuedAs: (task: number) => queuedAs[task] },
    machines: {
      demand: (task: number, d: number) => demands[task][d],
      deviceCount: (task: number) => Number(shares[task] > 0),
      deviceShare: (task: number) => shares[task],
      free: (machine: number, d: number) => free[machine][d],
      devices: (machine: number) => devices[machine].length,
      deviceFree: (machine: number, device: number) => devices[machine][device],
    },
  } as unknown as SchedulingView;
}

interface Waiting {
  readonly task: number;
  readonly key: number;
  readonly joined: number;
}

/** The naive twin: the first of all waiting tasks in order, by a look at each. */
function firstOf(world: World, waiting: readonly Waiting[], machine: number, behind: Omit<Waiting, 'task'>) {
  const most = Math.max(0, ...world.devices[machine]);
  return waiting
    .filter(({ key, joined }) => isBefore(behind.key, behind.joined, key, joined))
    .filter(({ task }) => world.demands[task].every((amount, d) => amount <= world.free[machine][d]))
    .filter(({ task }) => world.shares[task] <= most)
    .sort((a, b) => a.key - b.key || a.joined - b.joined)[0];
}

describe('the settled tasks', () => {
  test.each([1, 2, 3])('give the first task for a machine as a look at all of them does, seed %i', (seed) => {
    const random = mulberry32(seed);
    const upTo = (bound: number) => Math.floor(random() * bound);
    const world: World = { demands: [], shares: [], free: [], devices: [], queuedAs: [] };
    const settled = new SettledTasks(viewOf(world));
    let waiting: Waiting[] = [];
    let found = 0;
    for (let step = 0; step < 400; step++) {
      const batch: Waiting[] = [];
      for (let i = upTo(step % 50 === 0 ? 60 : 3); i > 0; i--) {
        const task = world.demands.push([upTo(20), upTo(20)]) - 1;
        world.shares.push(upTo(3) === 0 ? 1 + upTo(10) : 0);
        world.queuedAs.push(task + 1);
        batch.push({ task, key: upTo(6), joined: task + 1 });
      }
      const entries = new WaitingEntries();
      for (const { task, key, joined } of batch) entries.push(task, key, joined);
      entries.mergeFrom(0);
      settled.add(entries);
      waiting.push(...batch);

      for (let look = 0; look < 4; look++) {
        world.free[0] = [upTo(14), upTo(14)];
        world.devices[0] = [upTo(11), upTo(11)].slice(upTo(3));
        const behind = { key: upTo(7) - 1, joined: upTo(world.demands.length + 1) };
        const place = settled.firstFor(0, behind.key, behind.joined);
        const twin = firstOf(world, waiting, 0, behind);
        expect(place?.run.tasks[place.index] ?? NONE).toBe(twin?.task ?? NONE);
        if (place === undefined || upTo(2) === 0) continue;
        found++;
        place.run.remove(place.index);
        world.queuedAs[twin.task] = 0;
        waiting = waiting.filter(({ task }) => task !== twin.task);
      }
    }
    expect(found).toBeGreaterThan(100);
  });
});
