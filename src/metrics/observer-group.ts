import type {
  ActualState,
  Attempt,
  Column,
  FrameworkId,
  JobId,
  KillCause,
  LimitReview,
  MachineId,
  MachineRevision,
  MachineState,
  Micros,
  Observer,
  OfferEnd,
  PlacementAction,
  Refusal,
  ScalingState,
  TaskClassId,
  TaskId,
  TaskOutcome,
} from '../model/index.js';

/** Forwards all events to several observers, in their order. */
export class ObserverGroup implements Observer {
  private readonly members: readonly Partial<Observer>[];

  readonly roundsRepeated: Observer['roundsRepeated'];

  constructor(members: readonly Partial<Observer>[]) {
    this.members = members;
    if (members.every(takesRounds))
      this.roundsRepeated = (rounds) => {
        for (const member of members) member.roundsRepeated?.(rounds);
      };
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

  taskStopping(task: TaskId, goneBy: Micros, now: Micros): void {
    for (const member of this.members) member.taskStopping?.(task, goneBy, now);
  }

  taskKilled(task: TaskId, machine: MachineId, cause: KillCause, now: Micros): void {
    for (const member of this.members) member.taskKilled?.(task, machine, cause, now);
  }

  taskResized(task: TaskId, before: TaskClassId, now: Micros): void {
    for (const member of this.members) member.taskResized?.(task, before, now);
  }

  limitsReviewed(framework: FrameworkId, limits: LimitReview, now: Micros): void {
    for (const member of this.members) member.limitsReviewed?.(framework, limits, now);
  }

  taskEnded(task: TaskId, machine: MachineId, outcome: TaskOutcome, now: Micros): void {
    for (const member of this.members) member.taskEnded?.(task, machine, outcome, now);
  }

  taskReplaced(task: TaskId, by: TaskId, now: Micros): void {
    for (const member of this.members) member.taskReplaced?.(task, by, now);
  }

  jobRejected(job: JobId, reason: string, now: Micros): void {
    for (const member of this.members) member.jobRejected?.(job, reason, now);
  }

  jobImpossible(job: JobId, tasks: number, reason: string, now: Micros): void {
    for (const member of this.members) member.jobImpossible?.(job, tasks, reason, now);
  }

  jobStuck(job: JobId, tasks: number, reason: string, now: Micros): void {
    for (const member of this.members) member.jobStuck?.(job, tasks, reason, now);
  }

  jobNotRun(job: JobId, tasks: number, reason: string, now: Micros): void {
    for (const member of this.members) member.jobNotRun?.(job, tasks, reason, now);
  }

  notSubmitted(job: string | number, tasks: number, reason: string, now: Micros): void {
    for (const member of this.members) member.notSubmitted?.(job, tasks, reason, now);
  }

  criticalPathKnown(job: JobId, length: Micros, now: Micros): void {
    for (const member of this.members) member.criticalPathKnown?.(job, length, now);
  }

  jobEnded(job: JobId, now: Micros): void {
    for (const member of this.members) member.jobEnded?.(job, now);
  }

  machineChanged(machine: MachineId, state: MachineState, now: Micros): void {
    for (const member of this.members) member.machineChanged?.(machine, state, now);
  }

  machineRevised(machine: MachineId, revision: MachineRevision, before: Column, now: Micros): void {
    for (const member of this.members) member.machineRevised?.(machine, revision, before, now);
  }

  machineOrdered(machine: MachineId, now: Micros): void {
    for (const member of this.members) member.machineOrdered?.(machine, now);
  }

  machineGivenBack(machine: MachineId, now: Micros): void {
    for (const member of this.members) member.machineGivenBack?.(machine, now);
  }

  machineFailed(machine: MachineId, cause: string, now: Micros): void {
    for (const member of this.members) member.machineFailed?.(machine, cause, now);
  }

  actualStateChanged(machine: MachineId, state: ActualState, now: Micros): void {
    for (const member of this.members) member.actualStateChanged?.(machine, state, now);
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

  usageExceeds(machine: MachineId, beyond: Float64Array, now: Micros): void {
    for (const member of this.members) member.usageExceeds?.(machine, beyond, now);
  }

  provisionChanged(framework: FrameworkId, application: number, provision: ScalingState, now: Micros): void {
    for (const member of this.members) member.provisionChanged?.(framework, application, provision, now);
  }

  offerMade(framework: FrameworkId, machine: MachineId, now: Micros): void {
    for (const member of this.members) member.offerMade?.(framework, machine, now);
  }

  offerEnded(framework: FrameworkId, machine: MachineId, end: OfferEnd, held: Micros, now: Micros): void {
    for (const member of this.members) member.offerEnded?.(framework, machine, end, held, now);
  }

  decided(framework: FrameworkId, decisionTime: Micros, now: Micros, ordinal = 0): void {
    for (const member of this.members) member.decided?.(framework, decisionTime, now, ordinal);
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

/** Can rounds of offers be left out for this observer? */
function takesRounds({ roundsRepeated, offerMade, offerEnded, passEnded }: Partial<Observer>): boolean {
  return roundsRepeated !== undefined || (offerMade ?? offerEnded ?? passEnded) === undefined;
}
