import { type Cluster, FOREVER, fromSeconds, NONE, type Observer, ResourceSpace } from '../../model/index.js';
import type { Scheduler } from '../../policies/contract.js';
import type { PolicyContext, PolicyParts, TwoLevelParts } from '../../policies/policy.js';
import { drf } from '../../policies/presets/drf.js';
import { PLAIN_ROW } from '../../workloads/trace.js';
import { figuresCheck, sequenceCheck } from '../checks.js';
import { partsOf, simulateRows } from '../simulate-rows.js';
import type { Check } from '../study.js';

const SPACE = new ResourceSpace(['cpus', 'mem']);
const CAPACITY = [9, 18];
const DEMANDS = { A: [1, 4], B: [3, 1] } as const;

/**
 * An offer contains all free resources of a machine, so one framework could fill the machine. If each framework starts one task
 * per offer and returns the rest at once, the result is progressive filling.
 */
const oneTaskPerOffer: Scheduler = {
  name: 'one task per offer',
  schedule(view, act) {
    const task = view.queue.first;
    const machine = view.machines.firstFit(task);
    if (machine !== NONE) act.start(task, machine);
  },
};

/** The worked example of the DRF paper, on one machine, by the policy `drf` in the simulator. */
export async function simulatedExample(): Promise<Check[]> {
  const log = new StartLog();
  await simulateRows({
    space: SPACE,
    machines: [{ name: 'pool', capacity: quanta(CAPACITY) }],
    frameworks: Object.keys(DEMANDS).map((name) => ({ name })),
    rows: Object.values(DEMANDS).map((demand, framework) => ({
      ...PLAIN_ROW,
      job: framework,
      framework,
      submit: 0,
      tasks: 20,
      demand: quanta(demand),
      duration: FOREVER,
    })),
    parts,
    seed: '1',
    horizon: fromSeconds(30),
    observers: (cluster) => [log.of(cluster)],
  });
  const count = (name: string) => log.names.filter((served) => served === name).length;
  return [
    figuresCheck('policy drf in the simulator: tasks of A and B', ['3', '2'], [count('A'), count('B')]),
    sequenceCheck('policy drf, ties by name: order of allocation', ['A', 'B', 'A', 'B', 'A'], log.names),
  ];
}

/** The policy drf, with this scheduler for the frameworks. */
function parts(context: PolicyContext): PolicyParts {
  const ofPolicy = partsOf(drf, { refuse: 0 })(context) as TwoLevelParts;
  return { ...ofPolicy, scheduler: () => oneTaskPerOffer };
}

function quanta([cpus, gigabytes]: readonly number[]): number[] {
  return [...SPACE.quanta({ cpus, mem: gigabytes * 1024 })];
}

/** Records the frameworks of started tasks, in order. */
class StartLog {
  readonly names: string[] = [];

  of(cluster: Cluster): Partial<Observer> {
    return {
      taskStarted: (task) => this.names.push(cluster.frameworks[cluster.tasks.framework[task]].name),
    };
  }
}
