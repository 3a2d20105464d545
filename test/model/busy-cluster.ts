import {
  Cluster,
  FOREVER,
  NONE,
  ResourceSpace,
  type TaskClassId,
  type TaskId,
} from '../../src/model/index.js';

/**
 * A large cluster with random events: tasks start and end; machines fail, drain, return and join; offers are made and returned.
 * Tests of indexes compare their answers with a scan of all machines.
 */
export class BusyCluster {
  readonly cluster = new Cluster(new ResourceSpace(['cpus', 'mem', 'gpus']));
  /** The task classes; some have GPUs, some have a constraint. */
  readonly classes: TaskClassId[];
  private readonly random: () => number;
  private readonly running: TaskId[] = [];
  private readonly job: number;

  constructor(machines: number, random: () => number) {
    this.random = random;
    for (let i = 0; i < machines; i++) this.join();
    this.cluster.addFramework({ name: 'f' });
    this.job = this.cluster.addJob({ name: 'j', framework: 0, submitted: 0 });
    const r2 = this.cluster.constraints.intern([{ attribute: 'rack', operator: 'equal', values: ['r2'] }]);
    this.classes = [
      { demand: [1000, 1, 0] },
      { demand: [4000, 16, 0] },
      { demand: [500, 64, 0] },
      { demand: [0, 0, 0] },
      { demand: [2000, 4, 0], constraint: r2 },
      { demand: [1000, 1, 300], gpuCount: 1, gpuMilliEach: 300 },
      { demand: [1000, 1, 2000], gpuCount: 2, gpuMilliEach: 1000 },
    ].map((shape) => this.cluster.classes.acquire(shape));
  }

  below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  /** Makes one random change, mostly a start or an end. */
  step(): void {
    const what = this.random();
    if (what < 0.5) this.start();
    else if (what < 0.85) this.end();
    else if (what < 0.93) this.changeState();
    else if (what < 0.995) this.offerOrReturn();
    else this.join();
  }

  /** Starts a task on a random machine, if it fits there. */
  private start(): void {
    const { cluster } = this;
    const taskClass = this.classes[this.below(this.classes.length)];
    const machine = this.below(cluster.machines.count);
    if (!cluster.free.fits(machine, taskClass)) return;
    const task = cluster.submit({ job: this.job, taskClass, estimate: FOREVER, priority: 0, submitted: 0 });
    cluster.start(task, machine, 0);
    this.running.push(task);
  }

  private end(): void {
    if (this.running.length === 0) return;
    const [task] = this.running.splice(this.below(this.running.length), 1);
    this.cluster.finish(task);
  }

  private changeState(): void {
    const { cluster, running } = this;
    const machine = this.below(cluster.machines.count);
    if (cluster.offered.holderOf(machine) !== undefined) cluster.returnOffer(0, machine);
    const state = (['up', 'up', 'draining', 'down'] as const)[this.below(4)];
    if (state === 'down') {
      for (
        let task = cluster.machines.firstTask[machine];
        task !== NONE;
        task = cluster.machines.firstTask[machine]
      ) {
        cluster.finish(task, true);
        running.splice(running.indexOf(task), 1);
      }
    }
    cluster.setMachineState(machine, state);
  }

  private offerOrReturn(): void {
    const { cluster } = this;
    const machine = this.below(cluster.machines.count);
    if (cluster.offered.holderOf(machine) !== undefined) cluster.returnOffer(0, machine);
    else if (cluster.machines.isUp(machine) && !cluster.free.isEmpty(machine)) cluster.offer(0, machine);
  }

  private join(): void {
    const devices = [0, 0, 2, 8][this.below(4)];
    this.cluster.addMachine({
      name: 'm',
      capacity: [1000 * (1 + this.below(8)), 1 + this.below(64), devices * 1000],
      attributes: { rack: `r${this.below(3)}` },
    });
  }
}
