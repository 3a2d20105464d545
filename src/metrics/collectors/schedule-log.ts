import {
  type Cluster,
  grown,
  isInRoom,
  type JobId,
  type KillCause,
  type MachineId,
  type MachineState,
  type Micros,
  NONE,
  type Observer,
  type TaskId,
  type TaskOutcome,
} from '../../model/index.js';
import type { AttemptEnd } from '../attempt-ends.js';

/** A job, from its submission on. Times are Micros. */
export interface LoggedJob {
  /** Its place in the order of submission, from 0. */
  readonly place: number;
  readonly name: string | number;
  readonly user: string | undefined;
  readonly framework: number;
  readonly submitted: Micros;
  readonly isGang: boolean;
  tasks: number;
  /** Quanta of the first resource, of all its tasks. */
  size: number;
  /** First start of a task; NaN before. */
  started: Micros;
  /** It started while a job that was submitted earlier had not started, and went on waiting. */
  isBackfilled: boolean;
}

/** A task on a machine, from a start to the next stop. */
export interface LoggedAttempt {
  readonly job: LoggedJob;
  /** NONE for a job that has not started. */
  readonly machine: MachineId;
  readonly from: Micros;
  readonly to: Micros;
  readonly end: AttemptEnd;
}

/** A machine in another state than `up`, as the master has it. */
export interface LoggedState {
  readonly machine: MachineId;
  readonly state: MachineState;
  readonly from: Micros;
  readonly to: Micros;
}

/** States that are kept: the first ones. */
const MOST_STATES = 20_000;

/** Attempts that are kept: more than a page can show. */
const MOST_ATTEMPTS = 150_000;

/**
 * Logs who ran where and when, for a Gantt chart. Of more attempts than it keeps, it keeps the longest, so its memory does not grow with the
 * run, but for a byte per job.
 *
 * A job is backfilled if, after all decisions of the instant of its first start, a job that was submitted earlier still waits for its first
 * start. Jobs that were rejected do not wait.
 */
export class ScheduleLog implements Partial<Observer> {
  attempts: LoggedAttempt[] = [];
  /** Attempts that were not kept, and the sum of their times. */
  readonly leftOut = { attempts: 0, time: 0 };
  /** Jobs that started, and those of them that were backfilled; also those whose attempts were not kept. */
  readonly jobs = { started: 0, backfilled: 0 };
  readonly states: LoggedState[] = [];
  start: Micros = 0;
  end: Micros = 0;
  /** By machine that is not up: its state, and since when. */
  private readonly away = new Map<MachineId, Omit<LoggedState, 'machine' | 'to'>>();
  /** Jobs by row of the ledger. */
  private readonly live: (LoggedJob | undefined)[] = [];
  /** By place: 1 while the job waits for its first start. */
  private waits = new Uint8Array(64);
  private submitted = 0;
  /** No job before this place waits. */
  private firstWaiting = 0;
  /** The jobs that started at the last instant. */
  private started: LoggedJob[] = [];
  private instant: Micros = Number.NaN;

  constructor(
    readonly cluster: Cluster,
    private readonly most = MOST_ATTEMPTS,
  ) {}

  runStarted(now: Micros): void {
    this.start = now;
    const { machines } = this.cluster;
    for (let machine = 0; machine < machines.count; machine++)
      this.machineChanged(machine, machines.stateOf(machine), now);
  }

  machineChanged(machine: MachineId, state: MachineState, now: Micros): void {
    const before = this.away.get(machine);
    if (before !== undefined && before.from < now && this.states.length < MOST_STATES)
      this.states.push({ machine, ...before, to: now });
    if (state === 'up') this.away.delete(machine);
    else this.away.set(machine, { state, from: now });
  }

  jobSubmitted(job: JobId, now: Micros): void {
    this.settle(now);
    const { jobs } = this.cluster;
    const place = this.submitted++;
    this.waits = grown(this.waits, this.submitted);
    this.waits[place] = 1;
    this.live[job] = {
      place,
      name: jobs.name[job],
      user: jobs.user[job],
      framework: jobs.framework[job],
      submitted: jobs.submitted[job],
      isGang: jobs.gang[job] === 1,
      tasks: 0,
      size: 0,
      started: Number.NaN,
      isBackfilled: false,
    };
  }

  taskSubmitted(task: TaskId): void {
    const { tasks, classes } = this.cluster;
    const job = this.live[tasks.job[task]];
    if (job === undefined) return;
    job.tasks++;
    job.size += classes.demand[tasks.taskClass[task] * classes.dims];
  }

  taskStarted(task: TaskId, now: Micros): void {
    const job = this.live[this.cluster.tasks.job[task]];
    if (job === undefined || !Number.isNaN(job.started)) return;
    this.settle(now);
    job.started = now;
    this.waits[job.place] = 0;
    this.started.push(job);
  }

  taskKilled(task: TaskId, machine: MachineId, cause: KillCause, now: Micros): void {
    this.attemptEnded(task, machine, cause, now);
  }

  taskEnded(task: TaskId, machine: MachineId, outcome: TaskOutcome, now: Micros): void {
    if (machine !== NONE) this.attemptEnded(task, machine, outcome, now);
  }

  jobEnded(job: JobId, now: Micros): void {
    this.settle(now);
    const ended = this.live[job];
    if (ended === undefined) return;
    this.waits[ended.place] = 0;
    this.live[job] = undefined;
  }

  runEnded(now: Micros): void {
    // What happened at the last instant is over.
    this.settle(Number.POSITIVE_INFINITY);
    this.end = now;
    for (const machine of [...this.away.keys()]) this.machineChanged(machine, 'up', now);
    const { tasks } = this.cluster;
    for (let task = 0; task < tasks.bound; task++)
      if (isInRoom(tasks.state[task])) this.attemptEnded(task, tasks.machine[task], 'running', now);
    for (const job of this.live)
      if (job !== undefined && Number.isNaN(job.started))
        this.keep({ job, machine: NONE, from: now, to: now, end: 'waiting' });
    this.keepLongest();
  }

  private attemptEnded(task: TaskId, machine: MachineId, end: AttemptEnd, now: Micros): void {
    const { tasks } = this.cluster;
    const job = this.live[tasks.job[task]];
    if (job !== undefined) this.keep({ job, machine, from: tasks.started[task], to: now, end });
  }

  private keep(attempt: LoggedAttempt): void {
    this.attempts.push(attempt);
    if (this.attempts.length >= 2 * this.most) this.keepLongest();
  }

  private keepLongest(): void {
    const { attempts, most } = this;
    if (attempts.length <= most) return;
    // The longest; of equal ones, those that ended first.
    const length = ({ job, from, to, end }: LoggedAttempt) => to - (end === 'waiting' ? job.submitted : from);
    this.attempts = attempts.toSorted((a, b) => length(b) - length(a)).slice(0, most);
    this.leftOut.attempts += attempts.length - most;
    const timeOf = (some: readonly LoggedAttempt[]) => some.reduce((sum, { from, to }) => sum + to - from, 0);
    this.leftOut.time += timeOf(attempts) - timeOf(this.attempts);
  }

  /** Before the first change of a new instant: which of the jobs that started at the last one were backfilled. */
  private settle(now: Micros): void {
    if (now === this.instant) return;
    this.instant = now;
    if (this.started.length === 0) return;
    const { waits, submitted } = this;
    while (this.firstWaiting < submitted && waits[this.firstWaiting] === 0) this.firstWaiting++;
    this.jobs.started += this.started.length;
    for (const job of this.started) {
      job.isBackfilled = this.firstWaiting < job.place;
      if (job.isBackfilled) this.jobs.backfilled++;
    }
    this.started = [];
  }
}
