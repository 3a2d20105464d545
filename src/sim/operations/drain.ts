import type { MachineId, Micros, TaskId } from '../../model/index.js';
import type { Execution } from '../execution.js';
import type { Instance } from './instances.js';
import type { RolloutParts } from './rollout.js';

/** Machines that are to be empty by a deadline; times are counted from the start of the run. */
export interface DrainPlan {
  readonly machines: readonly MachineId[];
  readonly notice: Micros;
  readonly deadline: Micros;
}

/** What became of a drain; times on the clock of the run. */
export interface DrainReport {
  readonly machine: MachineId;
  readonly begun: Micros;
  readonly deadline: Micros;
  /** When nothing ran there any more; the deadline at the latest, NaN when the run ended before. */
  emptyAt: Micros;
  /** Tasks tasks on the machine at the beginning. */
  readonly tasks: number;
  /** Left for another machine in time. */
  moved: number;
  /** Whose framework turned the inverse offer down: it stays as long as it can. */
  refused: number;
  /** Ended by themselves in time. */
  ended: number;
  /** Still there at the deadline, and stopped. */
  killed: number;
  /** Lost when the machine failed before the deadline. */
  lost: number;
}

/**
 * One machine that is drained: every framework with a task there gets an inverse offer and answers in its own way. A stateless instance starts
 * elsewhere first and then stops. One with a volume does so too when its data can be copied before the deadline, else it refuses, is stopped at
 * the deadline and waits for its machine. A gang goes back to its checkpoint elsewhere, at once. Anything that is no service refuses, and may end in
 * time by itself.
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
      if (execution.isRunning(task) && !execution.isStopped(task)) this.present.add(task);
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
    const { instances, handovers } = this.parts;
    const instance = instances.get(task);
    const terms = instance === undefined ? undefined : instances.termsOf(instance.framework);
    if (instance === undefined || terms === undefined || instance.role === 'replaces') {
      this.report.refused++;
      return;
    }
    // A rollout is about to take it away.
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

  /** A task is no longer on the machine it was on, for this reason. */
  left(task: TaskId, how: 'moved' | 'ended' | 'lost', now: Micros): void {
    if (!this.present.delete(task)) return;
    this.report[how === 'lost' && now >= this.report.deadline ? 'killed' : how]++;
    if (this.present.size === 0) this.report.emptyAt = now;
  }
}
