import type { MachineId, Micros, TaskId } from '../../model/index.js';
import type { Execution } from '../execution.js';
import type { Instance } from './instances.js';
import type { RolloutParts } from './rollout.js';

/** Machines that must be empty by a deadline. Times are relative to the start of the run. */
export interface DrainPlan {
  readonly machines: readonly MachineId[];
  readonly notice: Micros;
  readonly deadline: Micros;
}

/** Result of the drain of one machine. Times are simulation times. */
export interface DrainReport {
  readonly machine: MachineId;
  readonly begun: Micros;
  readonly deadline: Micros;
  /** When the machine became empty: the deadline at the latest, NaN when the run ended before. */
  emptyAt: Micros;
  /** Tasks on the machine at the beginning. */
  readonly tasks: number;
  /** Tasks that moved to another machine in time. */
  moved: number;
  /** Tasks whose framework declined the inverse offer. They stay as long as they can. */
  refused: number;
  /** Tasks that ended in time. */
  ended: number;
  /** Tasks that were stopped at the deadline. */
  killed: number;
  /** Tasks lost when the machine failed before the deadline. */
  lost: number;
}

/**
 * The drain of one machine. Every framework with a task on it gets an inverse offer. The answer depends on the task:
 * - A stateless instance starts elsewhere first, then stops.
 * - An instance with a volume does the same if its data can be copied before the deadline. Otherwise it declines, is
 *   stopped at the deadline and waits for its machine.
 * - A gang restarts from its checkpoint elsewhere, at once.
 * - A task of another kind declines. It may end in time by itself.
 */
export class DrainRun {
  readonly report: DrainReport;
  private readonly execution: Execution;
  private readonly parts: RolloutParts;
  private readonly present = new Set<TaskId>();

  constructor(machine: MachineId, deadline: Micros, execution: Execution, parts: RolloutParts) {
    const { now, cluster } = execution;
    this.execution = execution;
    this.parts = parts;
    const { machines, tasks } = cluster;
    for (let task = machines.firstTask[machine]; task >= 0; task = tasks.nextOnMachine[task])
      if (execution.isPlaced(task) && !execution.isStopped(task)) this.present.add(task);
    this.report = {
      machine,
      begun: now,
      deadline,
      emptyAt: this.present.size === 0 ? now : Number.NaN,
      tasks: this.present.size,
      moved: 0,
      refused: 0,
      ended: 0,
      killed: 0,
      lost: 0,
    };
  }

  /** Makes the inverse offers. */
  begin(): void {
    for (const task of [...this.present]) if (this.present.has(task)) this.offer(task);
  }

  private offer(task: TaskId): void {
    // It leaves anyway.
    if (!this.execution.isRunning(task)) return;
    const { instances, handovers } = this.parts;
    const instance = instances.get(task);
    const terms = instance === undefined ? undefined : instances.termsOf(instance.framework);
    if (instance === undefined || terms === undefined || instance.role === 'replaces') {
      this.report.refused++;
      return;
    }
    // A rollout is about to remove it.
    if (instance.role === 'leaving') return;
    if (terms.scope === 'job') {
      this.restartGang(instance);
      return;
    }
    const time = this.report.deadline - this.execution.now;
    if (terms.restart === 'in-place' && terms.startup + terms.rebuild > time) {
      this.report.refused++;
      return;
    }
    const { version, isBad } = instance;
    const fresh = handovers.begin(instance, 0, () => {});
    fresh.version = version;
    fresh.isBad = isBad;
  }

  private restartGang(instance: Instance): void {
    const { tasks } = this.execution.cluster;
    const job = tasks.job[instance.task];
    for (const one of this.parts.instances.of(instance.framework))
      if (one.state === 'running' && tasks.job[one.task] === job) this.parts.actions.restart(one, 'anywhere');
  }

  /** A task has left its machine. */
  left(task: TaskId, how: 'moved' | 'ended' | 'lost', now: Micros): void {
    if (!this.present.delete(task)) return;
    this.report[how === 'lost' && now >= this.report.deadline ? 'killed' : how]++;
    if (this.present.size === 0) this.report.emptyAt = now;
  }
}
