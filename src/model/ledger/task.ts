import type { Micros } from '../micros.js';
import { grown, NONE } from './columns.js';
import type { JobId } from './job.js';
import { LedgerError } from './ledger-error.js';
import type { TaskClassId } from './task-classes.js';

/** Index of a task's row; used again after the task has ended. */
export type TaskId = number;

/**
 * pending: waits for a machine. held: room is set aside on a machine, the task has not started. running.
 * ended: final, the row can still be read until the host forgets it.
 */
export const TaskState = { unused: 0, pending: 1, held: 2, running: 3, ended: 4 } as const;

/**
 * How a task left the system, for ever (a killed task is requeued and has not left).
 * finished: its work is done. timed-out: stopped at its user's estimate. lost: its machine went and nobody restarts it.
 * abandoned: nobody waits for it any longer. rejected: no machine of the cluster could ever take it.
 */
export type TaskOutcome = 'finished' | 'timed-out' | 'lost' | 'abandoned' | 'rejected';

/** What a master can know of a task before it runs. Its real duration and usage belong to the simulation. */
export interface TaskRequest {
  readonly job: JobId;
  readonly taskClass: TaskClassId;
  /** The user's estimate of the run time; FOREVER when there is none. */
  readonly estimate: Micros;
  /** Higher goes first, where a policy looks at it. */
  readonly priority: number;
  readonly submitted: Micros;
}

/** The live tasks, one row each. All columns are what a real master knows. */
export class TaskTable {
  state = new Uint8Array(256);
  job = new Int32Array(256);
  framework = new Int32Array(256);
  taskClass = new Int32Array(256);
  priority = new Int32Array(256);
  submitted = new Float64Array(256);
  estimate = new Float64Array(256);
  /** Last start; NaN while it has not started. */
  started = new Float64Array(256);
  /** Machine it is held or runs on, or NONE. */
  machine = new Int32Array(256).fill(NONE);
  /** Mask of the GPU devices it has. */
  devices = new Int32Array(256);
  /** Since when room is promised to it (see PlacementSink.reserve); NaN when it has no reservation. */
  reserved = new Float64Array(256);
  /** Number of starts so far. */
  attempts = new Int32Array(256);
  /** Number of its joining of the queue it waits in, never given twice (see `joins`); 0 while it waits in none. */
  enqueueSeq = new Float64Array(256);
  /** Neighbours in the queue the task waits in. */
  nextPending = new Int32Array(256).fill(NONE);
  previousPending = new Int32Array(256).fill(NONE);
  /** Neighbours among the tasks of one machine, in the order they were placed. */
  nextOnMachine = new Int32Array(256).fill(NONE);
  previousOnMachine = new Int32Array(256).fill(NONE);
  /** Rows ever used lie below this. */
  bound = 0;
  /** Times that a task joined a queue: one count for all queues, so that a row used again in another one is told apart. */
  lastEnqueueSeq = 0;
  /** Tasks in the table now. */
  live = 0;

  private readonly unused: TaskId[] = [];

  add(request: TaskRequest, framework: number): TaskId {
    const id = this.unused.pop() ?? this.bound++;
    if (this.state.length <= id) this.reserve(id + 1);
    this.state[id] = TaskState.pending;
    this.job[id] = request.job;
    this.framework[id] = framework;
    this.taskClass[id] = request.taskClass;
    this.priority[id] = request.priority;
    this.submitted[id] = request.submitted;
    this.estimate[id] = request.estimate;
    this.started[id] = Number.NaN;
    this.machine[id] = NONE;
    this.devices[id] = 0;
    this.reserved[id] = Number.NaN;
    this.attempts[id] = 0;
    this.enqueueSeq[id] = 0;
    this.nextPending[id] = NONE;
    this.previousPending[id] = NONE;
    this.nextOnMachine[id] = NONE;
    this.previousOnMachine[id] = NONE;
    this.live++;
    return id;
  }

  /** Frees the row of a task that has ended. */
  remove(id: TaskId): void {
    this.state[id] = TaskState.unused;
    this.unused.push(id);
    this.live--;
  }

  private reserve(length: number): void {
    this.state = grown(this.state, length);
    this.job = grown(this.job, length);
    this.framework = grown(this.framework, length);
    this.taskClass = grown(this.taskClass, length);
    this.priority = grown(this.priority, length);
    this.submitted = grown(this.submitted, length);
    this.estimate = grown(this.estimate, length);
    this.started = grown(this.started, length);
    this.machine = grown(this.machine, length, NONE);
    this.devices = grown(this.devices, length);
    this.reserved = grown(this.reserved, length);
    this.attempts = grown(this.attempts, length);
    this.enqueueSeq = grown(this.enqueueSeq, length);
    this.nextPending = grown(this.nextPending, length, NONE);
    this.previousPending = grown(this.previousPending, length, NONE);
    this.nextOnMachine = grown(this.nextOnMachine, length, NONE);
    this.previousOnMachine = grown(this.previousOnMachine, length, NONE);
  }

  /** @throws LedgerError with the verb and the state of the task, when the task is not in the wanted state. */
  checkState(task: TaskId, wanted: number, verb: string): void {
    const state = task >= 0 && task < this.bound ? this.state[task] : TaskState.unused;
    if (state === wanted) return;
    const name = Object.entries(TaskState).find(([, code]) => code === state)?.[0] ?? 'unknown';
    throw new LedgerError(`cannot ${verb} task ${task}: it is ${name}`);
  }
}
