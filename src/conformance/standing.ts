import type { Cluster, Constraint } from '../model/index.js';
import type { ObservedMachine, ObservedTask } from './observed-state.js';

/** What is left on a machine, and the tasks that stay there. */
export interface Room {
  readonly machine: ObservedMachine;
  readonly free: number[];
  /** Thousandths that are left of each device. */
  readonly deviceFree: number[];
  readonly tasks: Set<ObservedTask>;
}

/** The search gives up after this number of steps. */
const MAX_STEPS = 20_000;

/** The room on a machine now, or as it will be without the tasks that leave. */
export function roomOf(
  machine: ObservedMachine,
  leaves: (task: ObservedTask) => boolean = () => false,
): Room {
  const { free, deviceFree, tasks } = machine;
  const room = { machine, free: [...free], deviceFree: [...deviceFree], tasks: new Set(tasks) };
  for (const task of tasks) if (leaves(task)) occupy(room, task, task.devices, 1);
  return room;
}

/** The room on a machine that is up and empty. */
export function emptyRoom(machine: ObservedMachine): Room {
  return {
    machine,
    free: [...machine.capacity],
    deviceFree: machine.deviceFree.map(() => 1000),
    tasks: new Set(),
  };
}

/** Adds a task to a room, or takes it out and gives its resources back. */
export function occupy(
  room: Omit<Room, 'machine'>,
  task: ObservedTask,
  devices: readonly number[],
  sign: 1 | -1,
): void {
  if (sign === -1) room.tasks.add(task);
  else room.tasks.delete(task);
  for (const [d, amount] of task.demand.entries()) room.free[d] += sign * amount;
  for (const device of devices) room.deviceFree[device] += sign * task.gpuMilliEach;
}

/**
 * Can these pending tasks of one job stand in the rooms together, under their constraints and the rules of all jobs? The naive
 * answer: each task is tried on each machine with each set of devices, without the ledger. `unknown` when that takes too long.
 */
export function standTogether(
  cluster: Cluster,
  members: readonly ObservedTask[],
  rooms: readonly Room[],
): 'yes' | 'no' | 'unknown' {
  const sorted = [...members].sort((a, b) => (kindOf(a) < kindOf(b) ? 1 : -1));
  let steps = 0;
  const place = (at: number, from: number): boolean => {
    const task = sorted[at];
    if (task === undefined) return true;
    // Equal tasks take rooms in rising order, so that each set of places is tried once.
    const isAlike = at > 0 && kindOf(task) === kindOf(sorted[at - 1]);
    for (let i = isAlike ? from : 0; i < rooms.length; i++) {
      const room = rooms[i];
      if (!satisfies(room.machine, task) || task.demand.some((amount, d) => amount > room.free[d])) continue;
      if (!allows(cluster, task, room, rooms)) continue;
      for (const devices of deviceSets(room.deviceFree, task)) {
        if (++steps > MAX_STEPS) return false;
        occupy(room, task, devices, -1);
        const stands = place(at + 1, i);
        occupy(room, task, devices, 1);
        if (stands) return true;
      }
    }
    return false;
  };
  if (place(0, 0)) return 'yes';
  return steps > MAX_STEPS ? 'unknown' : 'no';
}

/** Tasks of one kind may take each other's places. */
function kindOf({ demand, gpuCount, gpuMilliEach, constraint }: ObservedTask): string {
  return JSON.stringify([demand, gpuCount, gpuMilliEach, constraint]);
}

/** Does the machine satisfy the constraints of the task? */
export function satisfies(machine: ObservedMachine, task: ObservedTask): boolean {
  return task.constraint.every((one) => meets(machine.attributes[one.attribute], one));
}

/** Written apart from the ledger's rules, which it checks. The values of scenarios are texts without a number, or numbers. */
function meets(value: string | undefined, one: Constraint): boolean {
  if ('values' in one) return one.values.some((wanted) => wanted === value) === (one.operator === 'equal');
  if (value === undefined) return one.operator === 'absent';
  if (!('bound' in one)) return one.operator === 'present';
  const above = Number(value) - one.bound;
  const isStrict = one.operator === 'less' || one.operator === 'greater';
  const sign = one.operator === 'less' || one.operator === 'at-most' ? -1 : 1;
  return above === 0 ? !isStrict : Math.sign(above) === sign;
}

/** Do the rules of the task's job, and those of the jobs in the room, allow the task in this one of the rooms? */
export function allows(
  cluster: Cluster,
  task: ObservedTask,
  { machine, tasks }: Room,
  rooms: readonly Room[],
): boolean {
  const { spread, together, avoid, beside } = task.job.rule;
  const nameOf = ({ framework }: ObservedTask) => cluster.frameworks[framework].name;
  const shared = (one: ObservedMachine, attribute: string) =>
    attribute === 'machine' ? `m${one.id}` : one.attributes[attribute];
  const counts = (attribute: string) => {
    let [all, here] = [0, 0];
    for (const room of rooms)
      for (const other of room.tasks) {
        if (other.job !== task.job) continue;
        all++;
        if (shared(room.machine, attribute) === shared(machine, attribute)) here++;
      }
    return { all, here };
  };
  const has = (attribute: string) => shared(machine, attribute) !== undefined;
  const owners = [...tasks].map(nameOf);
  return (
    spread.every(({ attribute, atMost }) => has(attribute) && counts(attribute).here < atMost) &&
    together.every((attribute) => {
      const { all, here } = counts(attribute);
      return has(attribute) && all === here;
    }) &&
    !owners.some((owner) => avoid.includes(owner)) &&
    (beside.length === 0 || owners.some((owner) => beside.includes(owner))) &&
    ![...tasks].some((other) => other.job.rule.avoid.includes(nameOf(task)))
  );
}

/** The sets of devices that the task could take. Of devices with the same rest, the first is enough. */
function deviceSets(deviceFree: readonly number[], { gpuCount, gpuMilliEach }: ObservedTask): number[][] {
  const sets: number[][] = [];
  const known = new Set<string>();
  const choose = (from: number, chosen: number[]): void => {
    if (chosen.length === gpuCount) {
      const rests = String(chosen.map((device) => deviceFree[device]));
      if (!known.has(rests)) sets.push(chosen);
      known.add(rests);
      return;
    }
    for (let device = from; device < deviceFree.length; device++)
      if (deviceFree[device] >= gpuMilliEach) choose(device + 1, [...chosen, device]);
  };
  choose(0, []);
  return sets;
}
