import { userInfo } from 'node:os';
import { wallClock } from '../../live/clock.js';
import { addJob, Framework, type FrameworkSetup } from '../../live/framework/framework.js';
import { ObserverGroup } from '../../metrics/observer-group.js';
import {
  type Cluster,
  FOREVER,
  fromSeconds,
  InputError,
  type Micros,
  type Observer,
  toSeconds,
} from '../../model/index.js';
import type { Random, Scheduler } from '../../policies/contract.js';
import { PLAIN_ROW, type TaskBatch, type TaskRow, type Trace } from '../../workloads/trace.js';
import { failuresOf } from '../../workloads/trace-attempts.js';
import type { RunPlan } from '../run/run-plan.js';
import type { RehearsalLog } from './rehearsal-log.js';

/** Time from the framework's subscription to the start of the trace, so that the first arrivals are not late. */
const RAISING_THE_CURTAIN: Micros = fromSeconds(0.2);

/** The live cluster on which a trace is performed, and the scheduler. */
export interface Stage {
  /** Seconds of the trace per second of real time. */
  readonly compress: number;
  readonly url: URL;
  readonly authorization: string;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly observers: readonly Partial<Observer>[];
  /** Logs arrivals. It is also one of the observers. */
  readonly log: RehearsalLog;
  /** How long a pass waits for offers of all free resources. */
  readonly patience: Micros | undefined;
  readonly report: (problem: string) => void;
}

/** Submits the tasks of a trace at their times, and returns when all have ended. @throws InputError */
export async function perform({ cluster, open }: RunPlan, stage: Stage): Promise<void> {
  const rows = await rowsOf(open.trace);
  const start = open.startsAt === 'zero' ? 0 : (rows[0]?.submit ?? 0);
  let begun = Number.POSITIVE_INFINITY;
  let left = rows.reduce((sum, { tasks }) => sum + tasks, 0);
  let live: Framework | undefined;
  let end: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const over = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const taskEnded = () => {
    left--;
    if (left === 0) end();
  };
  const observer = new ObserverGroup([...stage.observers, { taskEnded }]);
  const setup: FrameworkSetup = {
    clock: wallClock,
    now: () => Math.round(start + Math.max(0, wallClock.now() - begun) * stage.compress),
    pace: stage.compress,
    random: stage.random,
    master: stage.url,
    authorization: stage.authorization,
    info: { user: userInfo().username, name: open.trace.frameworks[0]?.name ?? 'rehearsal' },
    cluster,
    framework: cluster.addFramework(open.trace.frameworks[0] ?? { name: 'rehearsal' }),
    scheduler: stage.scheduler,
    ...(stage.patience !== undefined && { patience: stage.patience }),
    observer,
    listener: {
      running: () => undefined,
      ended: () => undefined,
      lost: () => undefined,
      failed: (_, message) => fail(new InputError({}, `a task of the rehearsal failed: ${message}`)),
    },
    refused: fail,
    report: stage.report,
  };
  try {
    live = new Framework(setup);
    await Promise.race([live.connect(), over]);
    begun = wallClock.now() + RAISING_THE_CURTAIN;
    observer.runStarted(start);
    const framework = live;
    for (const row of rows)
      wallClock.after(RAISING_THE_CURTAIN + (row.submit - start) / stage.compress, () =>
        arrive(setup, framework, row, stage),
      );
    await over;
    observer.runEnded(setup.now());
  } finally {
    await live?.teardown();
  }
}

/** @throws InputError when a row cannot be run as a command. */
async function rowsOf(trace: Trace): Promise<readonly TaskRow[]> {
  const rows: TaskRow[] = [];
  for await (const batch of trace.batches())
    for (let row = 0; row < batch.length; row++) rows.push(rowOf(batch, row));
  if (trace.frameworks.length > 1)
    throw new InputError(
      {},
      `a rehearsal supports one framework, but the trace has ${trace.frameworks.length}`,
    );
  if (rows.length === 0) throw new InputError({}, 'the trace has no task to rehearse');
  return rows;
}

function rowOf(batch: TaskBatch, row: number): TaskRow {
  const job = String(batch.job[row]);
  const { after = [], follows } = batch.dependencies[row] ?? {};
  const foreign =
    (['gpuCount', 'constraint', 'rule', 'failAfter'] as const).find(
      (column) => batch[column][row] !== PLAIN_ROW[column],
    ) ??
    (after.length > 0 || follows !== undefined ? 'dependencies' : undefined) ??
    (failuresOf(batch.attempts[row] ?? []).length > 0 ? 'attempts' : undefined) ??
    (Number.isFinite(batch.duration[row]) ? undefined : 'duration');
  if (foreign !== undefined)
    throw new InputError({}, `job ${job} cannot be rehearsed: a command cannot represent its ${foreign}`);
  const at = row * batch.dims;
  return {
    ...PLAIN_ROW,
    job,
    framework: 0,
    submit: batch.submit[row] as Micros,
    tasks: batch.tasks[row] as number,
    demand: Array.from(batch.demand.subarray(at, at + batch.dims)),
    estimate: batch.estimate[row] as Micros,
    priority: batch.priority[row] as number,
    gang: batch.gang[row] === 1,
    duration: batch.duration[row] as Micros,
  };
}

function arrive(setup: FrameworkSetup, framework: Framework, row: TaskRow, { compress, log }: Stage): void {
  const { cluster } = setup;
  const submitted = setup.now();
  const job = addJob(setup, { name: String(row.job), submitted, gang: row.gang });
  const taskClass = classOf(cluster, row);
  const { estimate, priority } = row;
  for (let i = 0; i < row.tasks; i++) {
    const task = framework.submit(
      { job, taskClass, estimate, timeLimit: FOREVER, priority, submitted },
      {
        // Task ids are names of folders, but job names may contain any character.
        name: `${String(row.job)
          .replace(/[^\w-]/g, '_')
          .slice(0, 60)}.${i}`,
        command: `exec sleep ${toSeconds(row.duration / compress).toFixed(6)}`,
        environment: {},
        healthCheck: undefined,
        retries: 0,
        backoff: 0,
        submitted: wallClock.now(),
      },
    );
    log.arrived(task, row, submitted);
  }
}

function classOf(cluster: Cluster, { demand, tasks }: TaskRow): number {
  return cluster.classes.acquire({ demand }, tasks);
}
