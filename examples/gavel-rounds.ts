import {
  byScore,
  type JobId,
  listScheduler,
  type MachineId,
  type MachineSight,
  NONE,
  type PlacementSink,
  type PolicyFile,
  type SchedulingView,
} from 'fairground/policies';

const SECOND = 1_000_000;

/**
 * Rounds as in Gavel: at the start of a round, tasks that can write a checkpoint stop, and the job with the least effective service
 * is placed first, on the fastest machine. Effective service is amount x time x speed of the machine.
 *
 * Complexity: as a list scheduler; each call looks at all running and waiting tasks. Ties: queue order. Known limits: a greedy order
 * replaces the linear programme, so the shares are only close to max-min fair; the speed of a machine is the same for all jobs,
 * because no host measures the speed of each job on each kind yet; leases are not renewed, so every round costs each task a
 * checkpoint; no space sharing and no weights. A round begins only while tasks wait. A task that cannot save keeps its machine.
 * Source: Narayanan et al., "Heterogeneity-Aware Cluster Scheduling Policies for Deep Learning Workloads", OSDI 2020.
 */
export default {
  parameters: [
    { kind: 'duration', name: 'round', default: 360 * SECOND, about: 'Length of a round.' },
    {
      kind: 'text',
      name: 'attribute',
      default: 'gpu-model',
      form: 'an attribute',
      pattern: /^.+$/,
      about: 'Attribute of machines that tells their speed.',
    },
    {
      kind: 'text',
      name: 'speeds',
      default: '',
      form: 'VALUE:SPEED, joined by +, such as V100:1+T4:0.3',
      pattern: /^([^:+]+:[\d.]+(\+[^:+]+:[\d.]+)*)?$/,
      about: 'Speed of machines with these values of the attribute; others have speed 1.',
    },
  ],
  build(settings) {
    const speedOf = (see: MachineSight) => speedsIn(see, settings.text('attribute'), settings.text('speeds'));
    let speed: (machine: MachineId) => number = () => 1;
    const service = new Service();
    const list = listScheduler({
      name: 'gavel-rounds',
      backfill: 'any',
      placement: byScore({
        name: 'fastest',
        reads: [],
        make: speedOf,
      }),
      order: {
        name: 'least effective service',
        beginPass: () => undefined,
        key: (view, task) => service.of(view, view.tasks.job(task)),
      },
    });
    const length = Math.max(SECOND, settings.number('round'));
    return {
      architecture: 'monolithic',
      scheduler: {
        name: list.name,
        needs: ['gang', 'kill'],
        begin(view) {
          service.restore(view.recall('service'));
          speed = speedOf(view.machines);
          list.begin?.(view);
        },
        schedule(view, act) {
          const round = Math.floor(view.now / length);
          service.advance(view);
          if (round > service.round) stopAll(view, act);
          service.round = round;
          list.schedule(view, act);
          act.remember('service', service.noted(view, speed));
          act.wakeAt((round + 1) * length);
        },
      },
    };
  },
} satisfies PolicyFile;

/** The speed of machines, by the value of an attribute. */
function speedsIn(see: MachineSight, name: string, text: string): (machine: MachineId) => number {
  const attribute = see.space.attribute(name);
  const pairs = text === '' ? [] : text.split('+').map((pair) => pair.split(':'));
  const speeds = new Map(pairs.map(([value, speed]) => [see.space.domain(attribute, value), Number(speed)]));
  return (machine) => speeds.get(see.domain(machine, attribute)) ?? 1;
}

/** Ends the round: the tasks stop that lose no work by it. A task that started just now has its round before it. */
function stopAll({ placed, tasks, jobs, now }: SchedulingView, act: PlacementSink): void {
  for (let task = placed.first, next = NONE; task !== NONE; task = next) {
    next = placed.next(task);
    const isAlone = !jobs.isGang(tasks.job(task));
    if (isAlone && tasks.state(task) === 'running' && tasks.started(task) < now && tasks.savesOnStop(task))
      act.kill(task, { save: true });
  }
}

/** Amount x time of GPUs, or of cpus without them, that the job has had. */
function attained({ jobs, space }: SchedulingView, job: JobId): number {
  const gpus = space.has('gpus') ? space.dimension('gpus') : undefined;
  const hasGpus = gpus !== undefined && jobs.demand(job, gpus) > 0;
  return jobs.attained(job, hasGpus ? gpus : space.dimension('cpus'));
}

/** Of a job at the last call: what it had attained, the mean speed of its machines, and its effective service. */
type Account = readonly [attained: number, speed: number, service: number];

/** Effective service of the jobs that are present. Tasks change their machines in calls only, so the speed was constant. */
class Service {
  round = 0;
  private accounts = new Map<string, Account>();

  restore(text: string | undefined): void {
    if (text === undefined) return;
    const [round, accounts] = JSON.parse(text) as [number, [string, Account][]];
    this.round = round;
    this.accounts = new Map(accounts);
  }

  of(view: SchedulingView, job: JobId): number {
    return this.accounts.get(keyOf(view, job))?.[2] ?? 0;
  }

  advance(view: SchedulingView): void {
    const before = this.accounts;
    this.accounts = new Map();
    for (const job of presentJobs(view)) {
      const [had, speed, service] = before.get(keyOf(view, job)) ?? [0, 1, 0];
      const has = attained(view, job);
      this.accounts.set(keyOf(view, job), [has, speed, service + (has - had) * speed]);
    }
  }

  /** Notes the speeds until the next call. Returns the whole state as a text. */
  noted(view: SchedulingView, speedOf: (machine: MachineId) => number): string {
    const { placed, tasks } = view;
    const sums = new Map<string, [sum: number, count: number]>();
    for (let task = placed.first; task !== NONE; task = placed.next(task)) {
      const key = keyOf(view, tasks.job(task));
      const [sum, count] = sums.get(key) ?? [0, 0];
      sums.set(key, [sum + speedOf(tasks.machine(task)), count + 1]);
    }
    for (const [key, [sum, count]] of sums) {
      const [has, , service] = this.accounts.get(key) ?? [0, 1, 0];
      this.accounts.set(key, [has, sum / count, service]);
    }
    return JSON.stringify([this.round, [...this.accounts]]);
  }
}

/** Ids of jobs are reused, so a key has the time of submission too. */
function keyOf({ jobs }: SchedulingView, job: JobId): string {
  return `${job} ${jobs.submitted(job)}`;
}

function presentJobs({ placed, queue, tasks }: SchedulingView): Set<JobId> {
  const present = new Set<JobId>();
  for (let task = queue.first; task !== NONE; task = queue.next(task)) present.add(tasks.job(task));
  for (let task = placed.first; task !== NONE; task = placed.next(task)) present.add(tasks.job(task));
  return present;
}
