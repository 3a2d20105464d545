import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NONE, ResourceSpace, type TaskId, type TaskShape } from '../../src/model/index.js';
import { placementNamed } from '../../src/policies/placement/index.js';
import { asCompared, type Placement, type Ties } from '../../src/policies/placement/placement.js';
import { typicalTasks } from '../../src/policies/placement/typical-tasks.js';
import type { TaskMix } from '../../src/policies/policy.js';
import { NAIVE, type NaiveChoice, naiveFgd } from './naive-placements.js';
import { placingView } from './placing-view.js';

const RESOURCES = ['cpus', 'mem', 'gpus'] as const;
const SPACE = new ResourceSpace(RESOURCES);

const SHAPES: readonly TaskShape[] = [
  { demand: [1000, 1, 0] },
  { demand: [8000, 4, 0] },
  { demand: [2000, 2, 300], gpuCount: 1, gpuMilliEach: 300 },
  { demand: [2000, 1, 460], gpuCount: 1, gpuMilliEach: 460 },
  { demand: [1000, 1, 700], gpuCount: 1, gpuMilliEach: 700 },
  { demand: [4000, 4, 1000], gpuCount: 1, gpuMilliEach: 1000 },
  { demand: [6000, 8, 2000], gpuCount: 2, gpuMilliEach: 1000 },
  { demand: [8000, 8, 4000], gpuCount: 4, gpuMilliEach: 1000 },
];

const MIX: TaskMix = SHAPES.map(({ demand, gpuCount = 0, gpuMilliEach = 0 }, i) => ({
  demand,
  gpuCount,
  gpuMilliEach,
  constraint: [],
  tasks: [30, 5, 17, 23, 11, 29, 3, 2][i],
}));

const machine = fc
  .record({ cores: fc.integer({ min: 2, max: 96 }), mem: fc.integer({ min: 4, max: 64 }), gpus: fc.nat(8) })
  .map(({ cores, mem, gpus }) => [cores * 1000, mem, gpus * 1000]);

/** Something that happens; numbers are taken modulo what there is. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ what: fc.constant('arrival'), which: fc.nat(SHAPES.length - 1) }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('end'), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constantFrom('drain', 'fail', 'return'), which: fc.nat() }),
  },
);

const scenario = fc.record({
  machines: fc.array(machine, { minLength: 1, maxLength: 8 }),
  steps: fc.array(step, { minLength: 10, maxLength: 60 }),
});

/** Goes through the scenario, placing where the placement says, and compares each choice. */
function follow(
  { machines, steps }: typeof scenario extends fc.Arbitrary<infer T> ? T : never,
  placement: Placement,
  naive: NaiveChoice,
): void {
  const { cluster, choose, devices, submit } = placingView(RESOURCES, machines);
  const running: TaskId[] = [];
  const arrive = (shape: TaskShape) => {
    const task = submit(shape);
    const wanted = naive(cluster, task);
    const chosen = choose(placement, task);
    expect(chosen).toBe(wanted.machine);
    if (chosen === NONE) return;
    const mask = devices(placement, task, chosen);
    if (wanted.devices !== undefined) expect(mask ?? 0).toBe(wanted.devices);
    cluster.start(task, chosen, 0, cluster.free, mask);
    running.push(task);
  };
  const finish = (task: TaskId | undefined) => {
    if (task === undefined) return;
    running.splice(running.indexOf(task), 1);
    cluster.finish(task);
  };
  for (const { what, which } of steps) {
    const host = which % machines.length;
    if (what === 'arrival') arrive(SHAPES[which]);
    else if (what === 'end') finish(running[which % Math.max(1, running.length)]);
    else if (what === 'drain') cluster.setMachineState(host, 'draining');
    else if (what === 'return') cluster.setMachineState(host, 'up');
    else {
      for (const task of running.filter((t) => cluster.tasks.machine[t] === host)) finish(task);
      cluster.setMachineState(host, 'down');
    }
  }
}

const named = (name: string, ties: Ties) => placementNamed(name, { space: SPACE, ties, taskMix: MIX });

describe('on two hundred random small clusters', () => {
  test.each(Object.entries(NAIVE))('%s decides as a plain look at every machine does', (name, naive) => {
    const placement = named(name, 'lowest-rank');
    fc.assert(
      fc.property(scenario, (drawn) => follow(drawn, placement, naive)),
      { numRuns: 200 },
    );
  });

  test.each(['lowest-rank', 'float'] as const)(
    'fgd does so, and takes the same devices: ties by %s',
    (ties) => {
      const naive = naiveFgd(typicalTasks(MIX, SPACE), (score) => asCompared(score, ties));
      fc.assert(
        // A fresh placement each time: one serves one cluster.
        fc.property(scenario, (drawn) => follow(drawn, named('fgd', ties), naive)),
        { numRuns: 200 },
      );
    },
  );
});
