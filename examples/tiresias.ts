import {
  type JobId,
  listScheduler,
  type MachineId,
  NONE,
  type PlacementSink,
  type PolicyFile,
  placementNamed,
  type SchedulingView,
  type TaskId,
  type WhatIf,
} from 'fairground/policies';

/**
 * Tiresias with two queues: jobs that have had little service first. A job enters the second queue when it has had the service of
 * the threshold. Its tasks are stopped when tasks of the first queue need their room; they write a checkpoint if they can.
 *
 * Complexity: as a list scheduler with first fit; for each waiting job of the first queue, one try per running task of the second
 * queue. Ties: queue order. Known limits: two queues instead of K; within a queue, order of arrival instead of first start; no
 * promotion of jobs that wait long, and no profiles of skew, so first fit places the tasks. A stopped gang stops as a whole.
 * Source: Gu et al., "Tiresias: A GPU Cluster Manager for Distributed Deep Learning", NSDI 2019 (discretised 2D-LAS).
 */
export default {
  parameters: [
    {
      kind: 'number',
      name: 'threshold',
      default: 3600,
      min: 0,
      about:
        'Service after which a job is in the second queue, in GPU-seconds; in core-seconds for jobs without GPUs.',
    },
  ],
  build(settings) {
    const limit = settings.number('threshold') * 1000 * 1_000_000;
    const isSecond = (view: SchedulingView, job: JobId) => served(view, job).attained >= limit;
    const list = listScheduler({
      name: 'tiresias',
      placement: placementNamed('first-fit'),
      backfill: 'any',
      order: {
        name: 'two queues',
        beginPass: () => undefined,
        key: (view, task) => Number(isSecond(view, view.tasks.job(task))),
      },
    });
    return {
      architecture: 'monolithic',
      scheduler: {
        name: list.name,
        needs: ['gang', 'kill'],
        begin: (view) => list.begin?.(view),
        schedule(view, act) {
          list.schedule(view, act);
          preempt(view, act, isSecond);
          const next = nextDemotion(view, limit);
          if (next !== undefined) act.wakeAt(next);
        },
      },
    };
  },
} satisfies PolicyFile;

/** What a job has had of GPUs, or of cpus without them, and what it gets while its tasks run. Quanta x Micros, and quanta. */
function served({ jobs, space }: SchedulingView, job: JobId) {
  const gpus = space.has('gpus') ? space.dimension('gpus') : undefined;
  const dimension = gpus !== undefined && jobs.demand(job, gpus) > 0 ? gpus : space.dimension('cpus');
  return { attained: jobs.attained(job, dimension), dimension };
}

type IsSecond = (view: SchedulingView, job: JobId) => boolean;

/** Stops tasks of the second queue, the latest start first, where a waiting job of the first queue then fits. */
function preempt(view: SchedulingView, act: PlacementSink, isSecond: IsSecond): void {
  const { jobs, placed, queue, tasks, whatIf } = view;
  let victims: TaskId[] = [];
  whatIf.reset('now');
  for (let task = placed.first; task !== NONE; task = placed.next(task)) {
    if (tasks.state(task) === 'stopping') whatIf.remove(task);
    // A task that started just now goes on, so that no instant repeats itself.
    else if (isSecond(view, tasks.job(task)) && tasks.started(task) < view.now) victims.unshift(task);
  }
  const gangs = new Set<JobId>();
  for (let task = queue.first; task !== NONE && victims.length > 0; task = queue.next(task)) {
    const job = tasks.job(task);
    if (isSecond(view, job) || gangs.has(job)) continue;
    if (jobs.isGang(job)) gangs.add(job);
    const wanting = jobs.isGang(job) ? pendingOf(view, job) : [task];
    const mark = whatIf.mark();
    const tried: TaskId[] = [];
    let on = fitted(whatIf, wanting);
    for (const victim of victims) {
      if (on !== undefined) break;
      whatIf.remove(victim);
      tried.push(victim);
      on = fitted(whatIf, wanting);
    }
    whatIf.undo(mark);
    if (on === undefined) continue;
    // A victim on another machine goes on.
    const stopped = tried.filter((victim) => on.includes(tasks.machine(victim)));
    for (const victim of stopped) {
      whatIf.remove(victim);
      act.kill(victim, tasks.savesOnStop(victim) ? { save: true } : {});
    }
    for (const [i, one] of wanting.entries()) whatIf.put(one, on[i]);
    victims = victims.filter((victim) => tasks.state(victim) === 'running');
  }
}

/** Places the tasks there, all or none. Returns their machines. */
function fitted(whatIf: WhatIf, tasks: readonly TaskId[]): MachineId[] | undefined {
  const mark = whatIf.mark();
  const on: MachineId[] = [];
  for (const task of tasks) {
    const machine = whatIf.machines.firstFit(task);
    if (machine === NONE || whatIf.put(task, machine) !== 'done') {
      whatIf.undo(mark);
      return undefined;
    }
    on.push(machine);
  }
  return on;
}

function pendingOf({ jobs }: SchedulingView, job: JobId): TaskId[] {
  const pending: TaskId[] = [];
  for (let task = jobs.firstPending(job); task !== NONE; task = jobs.nextPending(task)) pending.push(task);
  return pending;
}

/** When the next running job enters the second queue. */
function nextDemotion(view: SchedulingView, limit: number): number | undefined {
  const { machines, placed, tasks } = view;
  const rates = new Map<JobId, number>();
  for (let task = placed.first; task !== NONE; task = placed.next(task)) {
    const job = tasks.job(task);
    const rate = machines.demand(tasks.taskClass(task), served(view, job).dimension);
    rates.set(job, (rates.get(job) ?? 0) + rate);
  }
  let next: number | undefined;
  for (const [job, rate] of rates) {
    const left = limit - served(view, job).attained;
    if (left > 0 && rate > 0) next = Math.min(next ?? Number.POSITIVE_INFINITY, view.now + left / rate);
  }
  return next;
}
