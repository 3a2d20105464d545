import {
  listScheduler,
  NONE,
  type PolicyFile,
  placementNamed,
  type SchedulingView,
} from 'fairground/policies';

const SECOND = 1_000_000;

/**
 * Slurm's multifactor priority with EASY backfilling: the task with the highest weighted sum of age, size, fair share and its own
 * priority is first. The fair-share factor of a framework is 2^(-usage / share), with usage that decays by half-lives.
 *
 * Complexity: as easy; all waiting tasks are sorted anew at each pass, and the running tasks are counted. Ties: queue order.
 * Known limits: one level of accounts (the frameworks), with equal shares; no partitions and QOS factors.
 * Source: Slurm 23.11, "Multifactor Priority Plugin" (slurm.schedmd.com/priority_multifactor.html), classic fair share.
 */
export default {
  parameters: [
    { kind: 'number', name: 'age', default: 1000, min: 0, about: 'Weight of the age factor.' },
    {
      kind: 'number',
      name: 'size',
      default: 0,
      min: 0,
      about: 'Weight of the share of the cpus that is requested.',
    },
    { kind: 'number', name: 'fairShare', default: 10000, min: 0, about: 'Weight of the fair-share factor.' },
    {
      kind: 'duration',
      name: 'maxAge',
      default: 7 * 86_400 * SECOND,
      about: 'Wait at which the age factor is 1.',
    },
    {
      kind: 'duration',
      name: 'halfLife',
      default: 7 * 86_400 * SECOND,
      about: 'Time in which usage halves.',
    },
  ],
  build(settings, { frameworks }) {
    const weight = (name: string) => settings.number(name);
    const usage = new DecayedUsage(weight('halfLife'));
    const scheduler = listScheduler({
      name: 'slurm-multifactor',
      placement: placementNamed('first-fit'),
      backfill: { rule: 'easy' },
      order: {
        name: 'multifactor',
        beginPass: () => undefined,
        key(view, task) {
          const { tasks, machines } = view;
          const cpus = view.space.dimension('cpus');
          const age = Math.min(1, (view.now - tasks.submitted(task)) / weight('maxAge'));
          const size = machines.demand(tasks.taskClass(task), cpus) / usage.clusterCpus;
          const fairShare = 2 ** (-usage.shareOf(tasks.framework(task)) * Math.max(1, frameworks.length));
          const sum = weight('age') * age + weight('size') * size + weight('fairShare') * fairShare;
          return -(sum + tasks.priority(task));
        },
      },
    });
    return {
      architecture: 'monolithic',
      scheduler: {
        name: scheduler.name,
        begin(view) {
          usage.restore(view.recall('usage'));
          scheduler.begin?.(view);
        },
        schedule(view, act) {
          usage.advance(view);
          scheduler.schedule(view, act);
          act.remember('usage', usage.count(view));
        },
      },
    };
  },
} satisfies PolicyFile;

/** CPU time of each framework, halved with every half-life. */
class DecayedUsage {
  clusterCpus = 1;
  private readonly halfLife: number;
  private at = 0;
  /** By framework: decayed usage, and the cpus that ran since `at`. */
  private used: number[] = [];
  private running: number[] = [];

  constructor(halfLife: number) {
    this.halfLife = halfLife;
  }

  restore(text: string | undefined): void {
    if (text !== undefined)
      [this.at, this.used, this.running] = JSON.parse(text) as [number, number[], number[]];
  }

  /** Share of the framework in all usage so far. */
  shareOf(framework: number): number {
    const all = this.used.reduce((sum, used) => sum + used, 0);
    return all === 0 ? 0 : (this.used[framework] ?? 0) / all;
  }

  /** Adds what ran since the last call. Starts and ends of tasks cause calls, so the amount was constant. */
  advance(view: SchedulingView): void {
    const { machines, now } = view;
    const cpus = view.space.dimension('cpus');
    const decay = 2 ** (-(now - this.at) / this.halfLife);
    for (const [framework, running] of this.running.entries())
      this.used[framework] = (this.used[framework] ?? 0) * decay + running * (now - this.at);
    this.at = now;
    this.clusterCpus = 0;
    for (let machine = 0; machine < machines.count; machine++)
      this.clusterCpus += machines.capacity(machine, cpus);
  }

  /** Notes what runs from now on. Returns the whole state as a text. */
  count({ machines, tasks, space }: SchedulingView): string {
    const cpus = space.dimension('cpus');
    this.running = this.used.map(() => 0);
    for (let machine = 0; machine < machines.count; machine++)
      for (let task = machines.first(machine); task !== NONE; task = machines.next(task)) {
        const framework = tasks.framework(task);
        while (this.running.length <= framework) this.running.push(0);
        this.running[framework] += machines.demand(tasks.taskClass(task), cpus);
      }
    return JSON.stringify([this.at, this.used, this.running]);
  }
}
