import type {
  Attempt,
  FrameworkId,
  JobId,
  KillCause,
  MachineId,
  MachineState,
  Micros,
  Observer,
  OfferEnd,
  PlacementAction,
  Refusal,
  TaskId,
  TaskOutcome,
} from '../model/index.js';

/** Passes everything on to each of several observers, in their order. */
export class ObserverGroup implements Observer {
  private readonly members: readonly Partial<Observer>[];

  constructor(members: readonly Partial<Observer>[]) {
    this.members = members;
  }

  runStarted(now: Micros): void {
    for (const member of this.members) member.runStarted?.(now);
  }

  runEnded(now: Micros): void {
    for (const member of this.members) member.runEnded?.(now);
  }

  jobSubmitted(job: JobId, now: Micros): void {
    for (const member of this.members) member.jobSubmitted?.(job, now);
  }

  taskSubmitted(task: TaskId, now: Micros): void {
    for (const member of this.members) member.taskSubmitted?.(task, now);
  }

  taskStarted(task: TaskId, now: Micros): void {
    for (const member of this.members) member.taskStarted?.(task, now);
  }

  taskKilled(task: TaskId, machine: MachineId, cause: KillCause, now: Micros): void {
    for (const member of this.members) member.taskKilled?.(task, machine, cause, now);
  }

  taskEnded(task: TaskId, machine: MachineId, outcome: TaskOutcome, now: Micros): void {
    for (const member of this.members) member.taskEnded?.(task, machine, outcome, now);
  }

  taskReplaced(task: TaskId, by: TaskId, now: Micros): void {
    for (const member of this.members) member.taskReplaced?.(task, by, now);
  }

  jobEnded(job: JobId, now: Micros): void {
    for (const member of this.members) member.jobEnded?.(job, now);
  }

  machineChanged(machine: MachineId, state: MachineState, now: Micros): void {
    for (const member of this.members) member.machineChanged?.(machine, state, now);
  }

  machineFailed(machine: MachineId, cause: string, now: Micros): void {
    for (const member of this.members) member.machineFailed?.(machine, cause, now);
  }

  machineNoticed(machine: MachineId, since: Micros, now: Micros): void {
    for (const member of this.members) member.machineNoticed?.(machine, since, now);
  }

  workKept(task: TaskId, kept: Micros, now: Micros): void {
    for (const member of this.members) member.workKept?.(task, kept, now);
  }

  volumeLost(task: TaskId, now: Micros): void {
    for (const member of this.members) member.volumeLost?.(task, now);
  }

  machineIsolated(machine: MachineId, isIsolated: boolean, now: Micros): void {
    for (const member of this.members) member.machineIsolated?.(machine, isIsolated, now);
  }

  taskSilenced(task: TaskId, now: Micros): void {
    for (const member of this.members) member.taskSilenced?.(task, now);
  }

  usageChanged(framework: FrameworkId, used: Float64Array, now: Micros): void {
    for (const member of this.members) member.usageChanged?.(framework, used, now);
  }

  offerMade(framework: FrameworkId, machine: MachineId, now: Micros): void {
    for (const member of this.members) member.offerMade?.(framework, machine, now);
  }

  offerEnded(framework: FrameworkId, machine: MachineId, end: OfferEnd, held: Micros, now: Micros): void {
    for (const member of this.members) member.offerEnded?.(framework, machine, end, held, now);
  }

  decided(framework: FrameworkId, thought: Micros, now: Micros, ordinal = 0): void {
    for (const member of this.members) member.decided?.(framework, thought, now, ordinal);
  }

  attempted(attempt: Attempt, now: Micros): void {
    for (const member of this.members) member.attempted?.(attempt, now);
  }

  passEnded(now: Micros): void {
    for (const member of this.members) member.passEnded?.(now);
  }

  refused(refusal: Refusal, action: PlacementAction, task: TaskId, machine: MachineId, now: Micros): void {
    for (const member of this.members) member.refused?.(refusal, action, task, machine, now);
  }
}
