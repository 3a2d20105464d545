import { type Cluster, type MachineId, NONE, type TaskId } from '../../src/model/index.js';
import type { TypicalTask } from '../../src/policies/placement/typical-tasks.js';

/** Placements implemented directly from their definitions: a scan of all machines, without index or cache. */
export type NaiveChoice = (cluster: Cluster, task: TaskId) => { machine: MachineId; devices?: number };

interface Asked {
  readonly cpu: number;
  readonly count: number;
  readonly milli: number;
}

interface Host {
  readonly cpu: number;
  readonly lefts: readonly number[];
  readonly gpu: number;
  readonly shares: readonly number[];
  /** GPU usage of its GPU tasks: `share`, `1`, `2`, … */
  readonly affinities: readonly string[];
}

type NaiveScore = (host: Host, asked: Asked) => number;

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function hostOf(cluster: Cluster, machine: MachineId, task: TaskId): Host {
  const { free, machines, tasks, classes, space } = cluster;
  const lefts = [...free.gpuFree.subarray(machines.gpuStart[machine], machines.gpuStart[machine + 1])];
  const affinities: string[] = [];
  for (let t = machines.firstTask[machine]; t !== NONE; t = tasks.nextOnMachine[t]) {
    const affinity = affinityOf(askedBy(cluster, t));
    if (affinity !== undefined) affinities.push(affinity);
  }
  const shares: number[] = [];
  for (let d = 0; d < space.size; d++) {
    const capacity = machines.capacity[machine * space.size + d];
    const demand = classes.demand[tasks.taskClass[task] * space.size + d];
    if (capacity > 0) shares.push((free.free[machine * space.size + d] - demand) / capacity);
  }
  return { cpu: free.free[machine * space.size], lefts, gpu: sum(lefts), shares, affinities };
}

function askedBy({ tasks, classes, space }: Cluster, task: TaskId): Asked {
  const taskClass = tasks.taskClass[task];
  return {
    cpu: classes.demand[taskClass * space.size],
    count: classes.gpuCount[taskClass],
    milli: classes.gpuMilliEach[taskClass],
  };
}

function affinityOf({ count, milli }: Asked): string | undefined {
  if (count === 0) return undefined;
  return count === 1 && milli < 1000 ? 'share' : String(count);
}

function highestScore(score: NaiveScore): NaiveChoice {
  return (cluster, task) => {
    const fitting = fittingMachines(cluster, task);
    const scores = fitting.map((machine) => score(hostOf(cluster, machine, task), askedBy(cluster, task)));
    const best = scores.indexOf(Math.max(...scores));
    return { machine: fitting[best] ?? NONE };
  };
}

function fittingMachines({ free, tasks, machines }: Cluster, task: TaskId): MachineId[] {
  return machines.specs.map((_, machine) => machine).filter((m) => free.fits(m, tasks.taskClass[task]));
}

const packed: NaiveScore = (host, { count, milli }) => {
  if (count === 0) return 0;
  const idle = host.lefts.filter((left) => left === 1000).length;
  if (idle === host.lefts.length) return Math.max(33 - idle, idle);
  const taken = host.lefts
    .filter((left) => left >= milli)
    .sort((a, b) => a - b)
    .slice(0, count);
  const takenIdle = taken.filter((left) => left === 1000).length;
  if (takenIdle > 0) return Math.max(50 - takenIdle, 33);
  return Math.max(100 - Math.floor(sum(taken.map((left) => Math.floor((left * 100) / 1000))) / 10), 50);
};

const clustered: NaiveScore = (host, asked) => {
  const mine = affinityOf(asked);
  if (mine === undefined) return 0;
  const base = Math.floor((25 * (8000 - host.gpu)) / 8000);
  const kinds = new Set(host.affinities);
  if (kinds.size === 0) return base + 25;
  if (!kinds.has(mine)) return base;
  return base + (kinds.size === 1 ? 75 : 50);
};

/** FGD, computed per device. */
export function naiveFgd(typical: readonly TypicalTask[], cut: (score: number) => number): NaiveChoice {
  const fragmentation = (cpu: number, lefts: readonly number[]) => {
    const bins = { q1: 0, q2: 0, q4: 0, xl: 0, xr: 0 };
    for (const { cpuMilli, gpuCount, gpuMilliEach, probability } of typical) {
      const hasCpu = cpu >= cpuMilli;
      const hasGpu = lefts.filter((left) => left >= gpuMilliEach).length >= gpuCount;
      const fits = hasCpu && hasGpu && gpuCount > 0;
      const lost = fits ? sum(lefts.filter((left) => left < gpuMilliEach)) : sum(lefts);
      const bin =
        gpuCount === 0 ? (hasCpu ? 'xl' : 'xr') : fits ? 'q2' : hasCpu ? 'q2' : hasGpu ? 'q4' : 'q1';
      bins[bin] += probability * lost;
    }
    return bins.q1 + bins.q2 + bins.q4 + bins.xl + bins.xr;
  };
  return (cluster, task) => {
    const asked = askedBy(cluster, task);
    let best = { machine: NONE, devices: 0, score: Number.NEGATIVE_INFINITY };
    for (const machine of fittingMachines(cluster, task)) {
      const { cpu, lefts } = hostOf(cluster, machine, task);
      for (const devices of deviceChoices(lefts, asked)) {
        const after = lefts.map((left, i) => ((devices & (1 << i)) === 0 ? left : left - asked.milli));
        const growth = fragmentation(cpu - asked.cpu, after) - fragmentation(cpu, lefts);
        const score = cut(100 * (1 / (1 + Math.exp(growth / 1000))));
        if (score > best.score) best = { machine, devices, score };
      }
    }
    return { machine: best.machine, devices: best.devices };
  };
}

/** Each device that fits a share; for whole GPUs, idle ones in index order. */
function deviceChoices(lefts: readonly number[], { count, milli }: Asked): number[] {
  const fitting = lefts.flatMap((left, device) => (left >= milli ? [1 << device] : []));
  if (count === 1 && milli < 1000) return fitting;
  return [sum(fitting.slice(0, count))];
}

/** By name of the placement. Scores are truncated to integers where the publication does so. */
export const NAIVE: Readonly<Record<string, NaiveChoice>> = {
  'first-fit': highestScore(() => 0),
  'best-fit': highestScore(({ shares }) => -sum(shares)),
  'worst-fit': highestScore(({ shares }) => sum(shares)),
  'dot-product': highestScore((host, { cpu, count, milli }) =>
    Math.trunc(
      100 * (1 - ((host.cpu / 128_000) * (cpu / 128_000) + (host.gpu / 8000) * ((count * milli) / 8000)) / 2),
    ),
  ),
  'gpu-best-fit': highestScore((host, { cpu, count, milli }) =>
    Math.trunc((1 - (((host.cpu - cpu) / 128_000) * 0.5 + ((host.gpu - count * milli) / 8000) * 0.5)) * 100),
  ),
  'gpu-clustering': highestScore(clustered),
  'gpu-packing': highestScore(packed),
};
