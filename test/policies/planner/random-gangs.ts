import {
  Cluster,
  type Constraint,
  FOREVER,
  type JobId,
  PendingQueue,
  type PlacementRule,
  ResourceSpace,
  type TaskId,
} from '../../../src/model/index.js';
import type { SchedulingView } from '../../../src/policies/contract.js';
import { viewAtStart } from '../../../src/policies/hosting/scheduling-view.js';

/** A number in [0, 1). */
export type Draw = () => number;

/** What a case stresses. In `tight` cases, the machines are cut into the members; in `too much`, one member has one unit more. */
export const KINDS = ['plain', 'tight', 'too much', 'devices', 'tight devices', 'rules', 'busy'] as const;
export type Kind = (typeof KINDS)[number];

/** A gang, and the view of its scheduler. */
export interface GangCase {
  readonly view: SchedulingView;
  readonly job: JobId;
  readonly members: readonly TaskId[];
  /** Running tasks that `whatIf.remove` may remove. */
  readonly running: readonly TaskId[];
}

interface Member {
  cpus: number;
  mem: number;
  devices: number;
  /** Thousandths of each device. */
  share: number;
  readonly requires: readonly Constraint[];
}

interface Box {
  cpus: number;
  mem: number;
  devices: number;
  readonly attributes: Readonly<Record<string, string>>;
}

const NO_RULE: PlacementRule = { spread: [], together: [], avoid: [], beside: [], prefers: [] };
const FRAMEWORKS = ['gangs', 'others', 'web'] as const;

/** A gang of up to 6 members on up to 5 machines. Equal draws give equal cases. */
export function randomGang(kind: Kind, draw: Draw): GangCase {
  const below = (bound: number) => Math.floor(draw() * bound);
  const boxes = randomBoxes(kind, draw);
  const isTight = kind === 'tight' || kind === 'too much' || kind === 'tight devices';
  const members = isTight ? cutInto(boxes, kind, draw) : randomMembers(kind, draw);
  const cluster = new Cluster(new ResourceSpace(['cpus', 'mem', 'gpus']));
  for (const [i, { cpus, mem, devices, attributes }] of boxes.entries())
    cluster.addMachine({ name: `m${i}`, capacity: [cpus, mem, devices * 1000], attributes });
  for (const name of FRAMEWORKS) cluster.addFramework({ name });
  const running = kind === 'rules' || kind === 'busy' ? occupy(cluster, draw) : [];
  if (kind === 'busy' && below(3) === 0) cluster.setMachineState(below(boxes.length), 'draining');
  const hasRule = kind === 'rules' || (kind !== 'plain' && below(4) === 0);
  const job = cluster.addJob({
    name: 'gang',
    framework: 0,
    submitted: 0,
    gang: true,
    rule: cluster.rules.intern(hasRule ? randomRule(draw) : NO_RULE),
  });
  const queue = new PendingQueue(cluster.tasks, cluster.jobs);
  const tasks = members.map((member) => {
    const task = submit(cluster, job, member);
    queue.add(task);
    return task;
  });
  const view = viewAtStart({ cluster, queue, table: cluster.free, random: () => 0 });
  return { view, job, members: tasks, running };
}

function submit(cluster: Cluster, job: JobId, { cpus, mem, devices, share, requires }: Member): TaskId {
  const taskClass = cluster.classes.acquire({
    demand: [cpus, mem, devices * share],
    gpuCount: devices,
    gpuMilliEach: share,
    constraint: cluster.constraints.intern(requires),
  });
  return cluster.submit({ job, taskClass, estimate: FOREVER, priority: 0, submitted: 0 });
}

function randomBoxes(kind: Kind, draw: Draw): Box[] {
  const below = (bound: number) => Math.floor(draw() * bound);
  const hasDevices = kind === 'devices' || kind === 'tight devices' || (kind !== 'plain' && below(4) === 0);
  const isAlike = below(3) === 0;
  const first = { cpus: 2 + below(6), mem: 2 + below(6), devices: hasDevices ? below(4) : 0 };
  return Array.from({ length: 1 + below(5) }, () => {
    const size = isAlike ? first : { cpus: below(9), mem: 1 + below(8), devices: hasDevices ? below(4) : 0 };
    const rack = `r${below(3)}`;
    // Zones mostly contain racks; some cross them, and some machines have none.
    const zone = below(4) === 0 ? `z${below(2)}` : rack === 'r0' ? 'z0' : 'z1';
    const attributes: Record<string, string> = { shape: below(2) === 0 ? 'small' : 'large' };
    if (below(8) > 0) attributes.rack = rack;
    if (below(8) > 0) attributes.zone = zone;
    return { ...size, attributes };
  });
}

function randomMembers(kind: Kind, draw: Draw): Member[] {
  const below = (bound: number) => Math.floor(draw() * bound);
  const hasDevices = kind === 'devices' || below(4) === 0;
  const classes = Array.from({ length: 1 + below(3) }, () => randomMember(hasDevices, draw));
  return Array.from({ length: 1 + below(6) }, () => classes[below(classes.length)]);
}

function randomMember(hasDevices: boolean, draw: Draw): Member {
  const below = (bound: number) => Math.floor(draw() * bound);
  const devices = hasDevices ? below(3) : 0;
  return {
    cpus: below(5),
    mem: below(5),
    devices,
    share: devices === 0 ? 0 : [1000, 500, 300, 700, 200][below(5)],
    requires: below(6) === 0 ? [{ attribute: 'shape', operator: 'equal', values: ['large'] }] : [],
  };
}

/**
 * Members that fill the machines to the last unit: each machine is cut in up to three. `too much` gives one member one unit
 * more than is left. In half of the cases, some machine gets this unit, so that the volume is right.
 */
function cutInto(boxes: Box[], kind: Kind, draw: Draw): Member[] {
  const below = (bound: number) => Math.floor(draw() * bound);
  const members: Member[] = [];
  for (const box of boxes) {
    const parts = Math.min(1 + below(3), 6 - members.length);
    const left = { cpus: box.cpus, mem: box.mem };
    const shares = Array.from({ length: box.devices }, () => 1000);
    for (let part = 0; part < parts; part++) {
      const isLast = part === parts - 1;
      const cpus = isLast ? left.cpus : below(left.cpus + 1);
      const mem = isLast ? left.mem : below(left.mem + 1);
      left.cpus -= cpus;
      left.mem -= mem;
      members.push({ cpus, mem, ...cutDevices(shares, kind, draw), requires: [] });
    }
    // What no member has is no room either.
    if (parts === 0) Object.assign(box, { cpus: 0, mem: 0, devices: 0 });
  }
  if (kind === 'too much' && members.length > 0) members[below(members.length)].cpus++;
  if (kind === 'too much' && below(2) === 0) boxes[below(boxes.length)].cpus++;
  return members.sort(() => draw() - 0.5);
}

/** Takes devices, or a share of each, from what is left of the devices of a machine. */
function cutDevices(shares: number[], kind: Kind, draw: Draw): { devices: number; share: number } {
  const below = (bound: number) => Math.floor(draw() * bound);
  const share = [1000, 500, 300, 700, 200][below(5)];
  const fitting = shares.flatMap((left, device) => (left >= share ? [device] : []));
  const devices = kind === 'tight devices' || below(2) === 0 ? Math.min(fitting.length, below(3)) : 0;
  for (const device of fitting.sort(() => draw() - 0.5).slice(0, devices)) shares[device] -= share;
  return { devices, share: devices === 0 ? 0 : share };
}

function randomRule(draw: Draw): PlacementRule {
  const below = (bound: number) => Math.floor(draw() * bound);
  const attributes = ['machine', 'rack', 'zone'].filter(() => below(3) === 0);
  const together = ['rack', 'zone'].filter(() => below(4) === 0);
  return {
    spread: attributes.map((attribute) => ({ attribute, atMost: 1 + below(3) })),
    together,
    avoid: below(4) === 0 ? [FRAMEWORKS[below(2)]] : [],
    beside: below(5) === 0 ? [FRAMEWORKS[1 + below(2)]] : [],
    prefers: [],
  };
}

/** Tasks of other frameworks, some of which avoid the gang's framework. */
function occupy(cluster: Cluster, draw: Draw): TaskId[] {
  const below = (bound: number) => Math.floor(draw() * bound);
  const running: TaskId[] = [];
  for (let i = below(5); i > 0; i--) {
    const avoid = below(3) === 0 ? ['gangs'] : [];
    const framework = 1 + below(2);
    const rule = cluster.rules.intern({ ...NO_RULE, avoid });
    const job = cluster.addJob({ name: `other ${i}`, framework, submitted: 0, rule });
    const task = submit(cluster, job, { ...randomMember(below(3) === 0, draw), requires: [] });
    const machine = below(cluster.machines.count);
    if (cluster.refusal(task, machine) === undefined) {
      cluster.start(task, machine, 0);
      running.push(task);
    }
  }
  return running;
}
