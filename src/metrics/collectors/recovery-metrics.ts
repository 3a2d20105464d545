import {
  type Cluster,
  type FrameworkId,
  grown,
  isInRoom,
  type KillCause,
  type Micros,
  type TaskId,
  TaskState,
} from '../../model/index.js';
import { LogHistogram } from '../kernels/log-histogram.js';

/** The effects of failures: their detection, lost tasks, and the time until tasks ran again. */
export class RecoveryMetrics {
  machineFailures = 0;
  /** Volumes lost with their disk, while their task ran. */
  volumesLost = 0;
  readonly byCause = new Map<string, number>();
  /** Attempts lost with their machine. */
  tasksLost = 0;
  /** Task-Micros of unsuccessful attempts, without what checkpoints kept and without their writing. */
  lostWork: Micros = 0;
  /** Attempts that stopped because another member of their gang stopped. */
  stoppedWithGang = 0;
  /** Micros from a machine's failure until the master detected it. */
  readonly detection = new LogHistogram();
  /** Micros from the time a task stopped with its machine until the master started it again. */
  readonly timeToRecover = new LogHistogram();
  /** Task-Micros between those times, by framework. Tasks that have not started again count to the end of the run. */
  readonly goneTime: Micros[] = [];
  /** Task-Micros for which attempts ran, by framework, without the time between a stop and its detection. */
  readonly runTime: Micros[] = [];

  private readonly cluster: Cluster;
  /** By row of the ledger: the time at which the attempt stopped, before the master detected it; NaN while it runs. */
  private stoppedAt = new Float64Array(256).fill(Number.NaN);
  /** By row of the ledger: the time at which a lost task stopped; NaN if it is not lost. */
  private goneSince = new Float64Array(256).fill(Number.NaN);

  /** Of attempts that are about to be killed: the time that is not lost. */
  private readonly kept = new Map<TaskId, Micros>();

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  machineFailed(cause: string): void {
    this.machineFailures++;
    this.byCause.set(cause, (this.byCause.get(cause) ?? 0) + 1);
  }

  machineNoticed(since: Micros, now: Micros): void {
    this.detection.record(now - since);
  }

  /** Resets the row for a new task. */
  taskSubmitted(task: TaskId): void {
    if (task >= this.stoppedAt.length) {
      this.stoppedAt = grown(this.stoppedAt, task + 1, Number.NaN);
      this.goneSince = grown(this.goneSince, task + 1, Number.NaN);
    }
    this.stoppedAt[task] = Number.NaN;
    this.goneSince[task] = Number.NaN;
  }

  taskSilenced(task: TaskId, now: Micros): void {
    const { tasks } = this.cluster;
    this.stoppedAt[task] = now;
    this.ran(tasks.framework[task], now - tasks.started[task]);
    this.goneSince[task] = now;
  }

  taskStarted(task: TaskId, now: Micros): void {
    const since = this.goneSince[task];
    if (Number.isNaN(since)) return;
    this.goneSince[task] = Number.NaN;
    this.timeToRecover.record(now - since);
    this.gone(this.cluster.tasks.framework[task], now - since);
  }

  /** So much time of the attempt is not lost. `taskKilled` for it follows. */
  workKept(task: TaskId, kept: Micros): void {
    this.kept.set(task, kept);
  }

  /** The work of the attempt is lost. A restarted instance is an exception: its past service is not lost. */
  taskKilled(task: TaskId, cause: KillCause, now: Micros): void {
    const { tasks } = this.cluster;
    const stopped = this.stoppedAt[task];
    const end = Number.isNaN(stopped) ? now : stopped;
    if (cause !== 'restarted') this.lostWork += end - tasks.started[task] - (this.kept.get(task) ?? 0);
    this.kept.delete(task);
    if (Number.isNaN(stopped)) this.ran(tasks.framework[task], end - tasks.started[task]);
    this.stoppedAt[task] = Number.NaN;
    if (cause === 'gang') this.stoppedWithGang++;
    if (cause !== 'lost') return;
    this.tasksLost++;
    if (Number.isNaN(this.goneSince[task])) this.goneSince[task] = end;
  }

  /** The task ended. `ran` tells whether it was running. */
  taskEnded(task: TaskId, ran: boolean, now: Micros): void {
    const { tasks } = this.cluster;
    if (ran && Number.isNaN(this.stoppedAt[task])) this.ran(tasks.framework[task], now - tasks.started[task]);
    this.stoppedAt[task] = Number.NaN;
    this.goneSince[task] = Number.NaN;
  }

  /** Counts running and lost tasks up to the end of the run. */
  close(end: Micros): void {
    const { tasks } = this.cluster;
    for (let task = 0; task < tasks.bound; task++) {
      const since = this.goneSince[task];
      if (tasks.state[task] === TaskState.unused) continue;
      const framework = tasks.framework[task];
      if (!Number.isNaN(since)) this.gone(framework, end - since);
      else if (isInRoom(tasks.state[task])) this.ran(framework, end - tasks.started[task]);
    }
  }

  /** Share of the time since the first start of a framework's tasks in which they were down because of a machine. */
  unavailability(framework: FrameworkId): number {
    const gone = this.goneTime[framework] ?? 0;
    const ran = this.runTime[framework] ?? 0;
    return gone === 0 ? 0 : gone / (gone + ran);
  }

  private gone(framework: FrameworkId, time: Micros): void {
    this.goneTime[framework] = (this.goneTime[framework] ?? 0) + time;
  }

  private ran(framework: FrameworkId, time: Micros): void {
    this.runTime[framework] = (this.runTime[framework] ?? 0) + time;
  }
}
