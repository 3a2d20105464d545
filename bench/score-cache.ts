import {
  Cluster,
  FOREVER,
  type MachineId,
  type MachineScore,
  NONE,
  ResourceSpace,
  type TaskClassId,
  type TaskId,
  VisibleMachines,
} from '../src/model/index.js';
import type { Score } from '../src/policies/contract.js';
import { preparedScore } from '../src/policies/hosting/choices.js';
import { ScoreSight } from '../src/policies/hosting/machine-sight.js';
import { SpaceView } from '../src/policies/hosting/space-view.js';
import { leftOver } from '../src/policies/placement/classic-placements.js';
import { FragmentationDescent } from '../src/policies/placement/fgd.js';
import { typicalTasks } from '../src/policies/placement/typical-tasks.js';
import { mulberry32 } from './mulberry32.js';

/** Ten machine types: cores, GiB, GPUs. */
const SHAPES: readonly (readonly [number, number, number])[] = [
  [32, 128, 0],
  [48, 192, 0],
  [64, 256, 0],
  [64, 256, 2],
  [64, 384, 4],
  [96, 384, 8],
  [96, 512, 8],
  [96, 768, 2],
  [128, 512, 4],
  [128, 768, 8],
];
const FULL = 0.85;

/** The method that finds the best machine. */
export type Finder = (taskClass: TaskClassId) => MachineId;

/**
 * A cluster in steady state, 85 % full, in which nearly all machines have different free amounts. In each turn one task ends, and a
 * task of a random class is placed on the machine with the highest score.
 */
export class SteadyCluster {
  readonly cluster = new Cluster(new ResourceSpace(['cpus', 'mem', 'gpus']));
  readonly visible: VisibleMachines;
  readonly classes: readonly TaskClassId[];
  private readonly draw = mulberry32(7);
  private readonly job: number;
  private readonly running: TaskId[] = [];

  constructor(machines: number, classes: number) {
    const { cluster, draw } = this;
    for (let i = 0; i < machines; i++) {
      const [cores, gib, gpus] = SHAPES[i % SHAPES.length];
      cluster.addMachine({ name: `m${i}`, capacity: [cores * 1000, gib * 1024, gpus * 1000] });
    }
    cluster.addFramework({ name: 'f' });
    this.job = cluster.addJob({ name: 'j', framework: 0, submitted: 0 });
    this.classes = Array.from({ length: classes }, () => {
      const milli = draw() < 0.5 ? 0 : 50 + Math.floor(draw() * 950);
      const demand = [500 + Math.floor(draw() * 7500), 1024 + Math.floor(draw() * 30_000), milli];
      return cluster.classes.acquire({ demand, gpuCount: milli === 0 ? 0 : 1, gpuMilliEach: milli });
    });
    this.visible = new VisibleMachines(cluster.free);
    this.fill();
  }

  /** Performs turns. @returns the sum of the chosen ranks, a checksum of the decisions. */
  run(turns: number, find: Finder): number {
    let ranks = 0;
    for (let turn = 0; turn < turns; turn++) {
      this.endOne();
      const taskClass = this.classes[Math.floor(this.draw() * this.classes.length)];
      const machine = find(taskClass);
      ranks += machine;
      if (machine !== NONE) this.start(taskClass, machine);
    }
    return ranks;
  }

  private fill(): void {
    const { cluster, draw, classes } = this;
    while (cluster.allocated[0] < FULL * cluster.total[0]) {
      const taskClass = classes[Math.floor(draw() * classes.length)];
      const machine = Math.floor(draw() * cluster.machines.count);
      if (cluster.free.fits(machine, taskClass)) this.start(taskClass, machine);
    }
  }

  private start(taskClass: TaskClassId, machine: MachineId): void {
    const { cluster } = this;
    const task = cluster.submit({ job: this.job, taskClass, estimate: FOREVER, priority: 0, submitted: 0 });
    cluster.start(task, machine, 0);
    this.running.push(task);
  }

  private endOne(): void {
    const { cluster, running } = this;
    const place = Math.floor(this.draw() * running.length);
    const task = running[place];
    running[place] = running[running.length - 1];
    running.pop();
    cluster.finish(task);
    cluster.tasks.remove(task);
  }
}

/** A linear scan over all machines. */
export function fullScan({ cluster }: SteadyCluster, score: MachineScore): Finder {
  const { free } = cluster;
  return (taskClass) => {
    let best = NONE;
    let highest = Number.NEGATIVE_INFINITY;
    for (let machine = 0; machine < free.count; machine++) {
      if (!free.fits(machine, taskClass)) continue;
      const value = score.value(machine, taskClass, NONE);
      if (best !== NONE && value <= highest) continue;
      best = machine;
      highest = value;
    }
    return best;
  };
}

/** A cheap score (best fit) and an expensive one (FGD over the classes of the cluster). */
export function scoresFor({ cluster, classes }: SteadyCluster): readonly MachineScore[] {
  const { dims } = cluster.classes;
  const mix = classes.map((taskClass) => ({
    demand: cluster.classes.demand.slice(taskClass * dims, (taskClass + 1) * dims),
    gpuCount: cluster.classes.gpuCount[taskClass],
    gpuMilliEach: cluster.classes.gpuMilliEach[taskClass],
    constraint: [],
    tasks: 1,
  }));
  const typical = typicalTasks(mix, cluster.space);
  const sight = new ScoreSight(cluster, cluster.free, new SpaceView(cluster));
  const descent = new FragmentationDescent(typical, 'lowest-rank', sight);
  const fgd: Score = {
    name: 'fgd',
    reads: [],
    anonymous: true,
    make: () => (machine, taskClass) => descent.score(machine, taskClass),
  };
  const bestFit: Score = {
    name: 'best-fit',
    reads: [],
    anonymous: true,
    make: (see) => (machine, taskClass) => -leftOver(see, machine, taskClass),
  };
  return [preparedScore(bestFit, sight, cluster), preparedScore(fgd, sight, cluster)];
}
