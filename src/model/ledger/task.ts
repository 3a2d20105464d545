import { FOREVER, type Micros } from '../micros.js';
import { grown, NONE } from './columns.js';
import type { JobId } from './job.js';
import { LedgerError } from './ledger-error.js';
import type { TaskClassId } from './task-classes.js';
import { type TaskId, TaskLists } from './task-lists.js';

export type { TaskId } from './task-lists.js';

/**
 * State of a task.
 * - pending: waits for a machine.
 * - held: has room on a machine but has not started.
 * - running: runs on a machine.
 * - stopping: told to stop, and still in its room.
 * - ended: final; the row can be read until the host frees it.
 */
export const TaskState = { unused: 0, pending: 1, held: 2, running: 3, ended: 4, stopping: 5 } as const;

/** Is a task of this state in its room on a machine, at work or told to stop? */
export function isInRoom(state: number): boolean {
  return state === TaskState.running || state === TaskState.stopping;
}

/**
 * Final outcome of a task. A killed task is requeued and has no outcome yet.
 * - finished: its work is done.
 * - timed-out: stopped at its time limit.
 * - lost: its machine was lost, and the task is not restarted.
 * - killed: stopped by the policy, which does not want it to run again.
 * - abandoned: it is no longer needed.
 * - rejected: no machine of the cluster can ever hold it.
 * - not-run: what it depends on did not finish.
 */
export type TaskOutcome = 'finished' | 'timed-out' | 'lost' | 'killed' | 'abandoned' | 'rejected' | 'not-run';

/** Data of a task that are available to a master before it runs. Its actual duration and usage belong to the simulation. */
export interface TaskRequest {
  readonly job: JobId;
  readonly taskClass: TaskClassId;
  /** The user's estimate of the run time; when it is FOREVER, the time limit is the estimate. */
  readonly estimate: Micros;
  /** Its host stops it after so long. When left out, that is the estimate. */
  readonly timeLimit?: Micros;
  /** Higher values go first, in policies that use priorities. */
  readonly priority: number;
  readonly submitted: Micros;
}

/** What a host knows of the checkpoints of its tasks. */
export interface CheckpointFacts {
  /** End of the task's last checkpoint; NaN without one. */
  last(task: TaskId): Micros;
  /** Can the task write a checkpoint when it is stopped? */
  savesOnStop(task: TaskId): boolean;
}

/** The current tasks, one row each. All columns are available to a real master. */
export class TaskTable {
  state = new Uint8Array(256);
  job = new Int32Array(256);
  framework = new Int32Array(256);
  taskClass = new Int32Array(256);
  priority = new Int32Array(256);
  submitted = new Float64Array(256);
  estimate = new Float64Array(256);
  timeLimit = new Float64Array(256);
  /** Last start; NaN before the first. */
  started = new Float64Array(256);
  /** The machine that it is held or runs on, or NONE. */
  machine = new Int32Array(256).fill(NONE);
  /** Mask of its GPU devices. */
  devices = new Int32Array(256);
  /** Number of starts so far. */
  attempts = new Int32Array(256);
  /** Sequence number of its entry into its queue, unique for all time (see `lastEnqueueSeq`); 0 if it is in no queue. */
  enqueueSeq = new Float64Array(256);
  /** Neighbours in the task's queue. */
  nextPending = new Int32Array(256).fill(NONE);
  previousPending = new Int32Array(256).fill(NONE);
  /** Neighbours in the task list of one machine, in placement order. */
  nextOnMachine = new Int32Array(256).fill(NONE);
  previousOnMachine = new Int32Array(256).fill(NONE);
  /** Upper bound of all rows used so far. */
  bound = 0;
  /** Last used sequence number. All queues share it, so entries of reused rows in other queues can be distinguished. */
  lastEnqueueSeq = 0;
  /** Number of tasks in the table now. */
  live = 0;

  /** The tasks that run, in the order of their starts, as one list with the owner 0. */
  readonly placed = new TaskLists();

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
    const limit = request.timeLimit ?? request.estimate;
    this.estimate[id] = request.estimate === FOREVER ? limit : request.estimate;
    this.timeLimit[id] = limit;
    this.started[id] = Number.NaN;
    this.machine[id] = NONE;
    this.devices[id] = 0;
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
    this.timeLimit = grown(this.timeLimit, length);
    this.started = grown(this.started, length);
    this.machine = grown(this.machine, length, NONE);
    this.devices = grown(this.devices, length);
    this.attempts = grown(this.attempts, length);
    this.enqueueSeq = grown(this.enqueueSeq, length);
    this.nextPending = grown(this.nextPending, length, NONE);
    this.previousPending = grown(this.previousPending, length, NONE);
    this.nextOnMachine = grown(this.nextOnMachine, length, NONE);
    this.previousOnMachine = grown(this.previousOnMachine, length, NONE);
  }

  /** @throws LedgerError with the verb and the state of the task if the task is not in the wanted state. */
  checkState(task: TaskId, wanted: number, verb: string): void {
    const state = task >= 0 && task < this.bound ? this.state[task] : TaskState.unused;
    if (state === wanted) return;
    const name = Object.entries(TaskState).find(([, code]) => code === state)?.[0] ?? 'unknown';
    throw new LedgerError(`cannot ${verb} task ${task}: it is ${name}`);
  }
}
