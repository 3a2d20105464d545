import {
  type Cluster,
  type FrameworkId,
  isInRoom,
  type KillCause,
  type MachineId,
  type Micros,
  type TaskId,
  TaskState,
} from '../../model/index.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import { FaultLog } from './fault-log.js';

/** The effects of failures: their detection, lost tasks, and the time until tasks ran again. */
export class RecoveryMetrics {
  machineFailures = 0;
  readonly faults: FaultLog;
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

  /** Quanta x Micros of the lost work, per dimension. */
  readonly wasted: Float64Array;

  private readonly cluster: Cluster;
  /** When attempts stopped that the ledger still counts as running, because the master has not detected it. */
  private readonly stoppedAt = new Map<TaskId, Micros>();
  /** When lost tasks stopped that have not started again. */
  private readonly goneSince = new Map<TaskId, Micros>();
  /** Of attempts that are about to be killed: the time that is not lost. */
  private readonly kept = new Map<TaskId, Micros>();

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.faults = new FaultLog(cluster);
    this.wasted = new Float64Array(cluster.space.size);
  }

  machineFailed(machine: MachineId, cause: string, now: Micros): void {
    if (this.isRevocable(machine)) return;
    this.faults.machineFailed(machine, cause, now);
    this.machineFailures++;
    this.byCause.set(cause, (this.byCause.get(cause) ?? 0) + 1);
  }

  machineNoticed(machine: MachineId, since: Micros, now: Micros): void {
    if (this.isRevocable(machine)) return;
    this.faults.machineNoticed(machine, now);
    this.detection.record(now - since);
  }

  /** A revocable machine fails with its host, which counts. */
  private isRevocable(machine: MachineId): boolean {
    return this.cluster.machines.specs[machine].supply === 'revocable';
  }

  taskSilenced(task: TaskId, now: Micros): void {
    const { tasks } = this.cluster;
    this.stoppedAt.set(task, now);
    this.ran(tasks.framework[task], now - tasks.started[task]);
    this.goneSince.set(task, now);
    this.faults.taskStopped(task, tasks.machine[task]);
  }

  taskStarted(task: TaskId, now: Micros): void {
    this.faults.taskStarted(task, now);
    if (this.goneSince.size === 0) return;
    const since = this.goneSince.get(task);
    if (since === undefined) return;
    this.goneSince.delete(task);
    this.timeToRecover.record(now - since);
    this.gone(this.cluster.tasks.framework[task], now - since);
  }

  /** So much time of the attempt is not lost. `taskKilled` for it follows. */
  workKept(task: TaskId, kept: Micros): void {
    this.kept.set(task, kept);
  }

  /** The work of the attempt is lost. A restarted instance is an exception: its past service is not lost. */
  taskKilled(task: TaskId, machine: MachineId, cause: KillCause, now: Micros): void {
    const { tasks } = this.cluster;
    const stopped = this.stoppedAt.get(task);
    const end = stopped ?? now;
    if (cause !== 'restarted') this.lost(task, end - tasks.started[task] - (this.kept.get(task) ?? 0));
    this.kept.delete(task);
    if (stopped === undefined) this.ran(tasks.framework[task], end - tasks.started[task]);
    this.stoppedAt.delete(task);
    if (cause === 'gang') this.stoppedWithGang++;
    if (cause !== 'lost') return;
    this.faults.taskStopped(task, machine);
    this.tasksLost++;
    if (!this.goneSince.has(task)) this.goneSince.set(task, end);
  }

  private lost(task: TaskId, time: Micros): void {
    const { tasks, classes } = this.cluster;
    this.lostWork += time;
    for (let d = 0; d < this.wasted.length; d++)
      this.wasted[d] += classes.demand[tasks.taskClass[task] * classes.dims + d] * time;
  }

  /** The task ended. `ran` tells whether it was running. */
  taskEnded(task: TaskId, ran: boolean, now: Micros): void {
    const { tasks } = this.cluster;
    const isStopped = this.stoppedAt.size > 0 && this.stoppedAt.delete(task);
    if (ran && !isStopped) this.ran(tasks.framework[task], now - tasks.started[task]);
    if (this.goneSince.size > 0) this.goneSince.delete(task);
    this.faults.taskEnded(task);
  }

  /** Counts running and lost tasks up to the end of the run. */
  close(end: Micros): void {
    const { tasks } = this.cluster;
    for (let task = 0; task < tasks.bound; task++) {
      if (tasks.state[task] === TaskState.unused) continue;
      const since = this.goneSince.get(task);
      const framework = tasks.framework[task];
      if (since !== undefined) this.gone(framework, end - since);
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
