import {
  Cluster,
  FOREVER,
  type JobId,
  PendingQueue,
  type PlacementRule,
  ResourceSpace,
  type TaskId,
} from '../../../src/model/index.js';
import type { SchedulingView } from '../../../src/policies/contract.js';
import { viewAtStart } from '../../../src/policies/hosting/scheduling-view.js';
import type { Draw } from './random-gangs.js';

/** What a case has: a single task that needs room or a gang, on full machines; GPUs; placement rules. */
export const PREEMPTIONS = [
  'task',
  'gang',
  'task, rules',
  'gang, rules',
  'task, GPUs',
  'gang, GPUs',
] as const;
export type PreemptionKind = (typeof PREEMPTIONS)[number];

/** Pending tasks of one job, and the view of their scheduler. */
export interface PreemptionCase {
  readonly view: SchedulingView;
  readonly members: readonly TaskId[];
  /** Tasks on machines, in the order of their starts. */
  readonly running: readonly TaskId[];
  /** Is the running task of a framework that the job needs beside it? */
  readonly isNeeded: (task: TaskId) => boolean;
}

interface Shape {
  readonly cpus: number;
  readonly devices: number;
  readonly share: number;
}

const NO_RULE: PlacementRule = { spread: [], together: [], avoid: [], beside: [], prefers: [] };
const FRAMEWORKS = ['urgent', 'batch', 'web'] as const;

/** Up to 5 machines, filled with tasks and gangs of priorities 0 to 3, and a job that needs room. Equal draws give equal cases. */
export function randomPreemption(kind: PreemptionKind, draw: Draw): PreemptionCase {
  const below = (bound: number) => Math.floor(draw() * bound);
  const hasRules = kind.includes('rules');
  const hasDevices = kind.includes('GPUs');
  const cluster = new Cluster(new ResourceSpace(['cpus', 'mem', 'gpus']));
  for (let i = 0; i < 2 + below(4); i++) {
    const attributes = { rack: `r${below(3)}` };
    const capacity = [3 + below(4), 8, hasDevices ? below(3) * 1000 : 0];
    cluster.addMachine({ name: `m${i}`, capacity, attributes });
  }
  for (const name of FRAMEWORKS) cluster.addFramework({ name });
  const submit = (job: JobId, { cpus, devices, share }: Shape, priority: number): TaskId => {
    const demand = [cpus, 1, devices * share];
    const constraint = cluster.constraints.intern([]);
    const taskClass = cluster.classes.acquire({ demand, gpuCount: devices, gpuMilliEach: share, constraint });
    return cluster.submit({ job, taskClass, estimate: FOREVER, priority, submitted: -1000 });
  };
  const shape = (): Shape => {
    const devices = hasDevices ? below(2) : 0;
    return { cpus: 1 + below(3), devices, share: devices === 0 ? 0 : [1000, 500, 300][below(3)] };
  };
  const rule: PlacementRule = hasRules ? randomRule(draw) : NO_RULE;
  const isGang = kind.startsWith('gang');
  const terms = { framework: 0, submitted: 0, rule: cluster.rules.intern(rule) };
  const job = cluster.addJob({ ...terms, name: 'urgent', gang: isGang });
  const running: TaskId[] = [];
  const start = (tasks: readonly TaskId[]) => {
    const started: TaskId[] = [];
    for (const task of tasks) {
      const first = below(cluster.machines.count);
      for (let i = 0; i < cluster.machines.count && !started.includes(task); i++) {
        const machine = (first + i) % cluster.machines.count;
        if (cluster.refusal(task, machine) !== undefined) continue;
        cluster.hold(task, machine);
        started.push(task);
      }
    }
    const now = -1 - below(900);
    for (const task of started) {
      if (started.length === tasks.length) cluster.startHeld(task, now);
      else cluster.release(task);
    }
    if (started.length === tasks.length) running.push(...started);
  };
  // A task of the job may run already, and is less important than the others.
  if (!isGang && below(3) === 0) start([submit(job, shape(), 0)]);
  for (let i = 0; i < 9; i++) {
    const avoid = hasRules && below(4) === 0 ? ['urgent'] : [];
    const framework = 1 + below(2);
    const gang = below(3) === 0;
    const spec = {
      name: `other ${i}`,
      framework,
      submitted: 0,
      gang,
      rule: cluster.rules.intern({ ...NO_RULE, avoid }),
    };
    const other = cluster.addJob(spec);
    const priority = below(4);
    start(Array.from({ length: gang ? 2 + below(2) : 1 }, () => submit(other, shape(), priority)));
  }
  const queue = new PendingQueue(cluster.tasks, cluster.jobs);
  const shapes = [shape(), shape()].map(({ cpus, ...devices }) => ({ ...devices, cpus: cpus + below(3) }));
  const priority = 1 + below(4);
  const members = Array.from({ length: isGang ? 2 + below(3) : 1 }, (_, i) =>
    submit(job, shapes[below(2)], priority + (i > 0 ? below(2) : 0)),
  );
  for (const member of members) queue.add(member);
  const view = viewAtStart({ cluster, queue, table: cluster.free, random: () => 0 });
  const isNeeded = (task: TaskId) => rule.beside.includes(FRAMEWORKS[cluster.tasks.framework[task]]);
  return { view, members, running, isNeeded };
}

function randomRule(draw: Draw): PlacementRule {
  const below = (bound: number) => Math.floor(draw() * bound);
  const attributes = ['machine', 'rack'].filter(() => below(3) === 0);
  return {
    spread: attributes.map((attribute) => ({ attribute, atMost: 1 + below(2) })),
    together: below(4) === 0 ? ['rack'] : [],
    avoid: below(2) === 0 ? [FRAMEWORKS[1 + below(2)]] : [],
    beside: below(5) === 0 ? [FRAMEWORKS[1 + below(2)]] : [],
    prefers: [],
  };
}
