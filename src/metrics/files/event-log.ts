import {
  type Cluster,
  type Column,
  type FrameworkId,
  type JobId,
  type KillCause,
  type MachineId,
  type MachineRevision,
  type MachineState,
  type Micros,
  NONE,
  type Observer,
  type OfferEnd,
  secondsText,
  type TaskId,
  type TaskOutcome,
} from '../../model/index.js';
import { csvLine } from './csv.js';

/**
 * Writes every event of a run as a line of CSV, for people and for golden files. `task` numbers the tasks in order of submission.
 * `devices` lists GPU devices as `0-1-2`.
 */
export class EventLog implements Partial<Observer> {
  private readonly cluster: Cluster;
  private readonly write: (line: string) => void;
  private submitted = 0;
  /** Serial number of the task in each row of the ledger. */
  private readonly serial: number[] = [];

  constructor(cluster: Cluster, write: (line: string) => void) {
    this.cluster = cluster;
    this.write = write;
    write(csvLine(['time', 'event', 'task', 'job', 'framework', 'machine', 'devices', 'detail']));
  }

  taskSubmitted(task: TaskId, now: Micros): void {
    this.serial[task] = this.submitted++;
    this.taskLine(task, 'submitted', NONE, '', now);
  }

  taskStarted(task: TaskId, now: Micros): void {
    this.taskLine(task, 'started', this.cluster.tasks.machine[task], '', now);
  }

  taskStopping(task: TaskId, goneBy: Micros, now: Micros): void {
    // Without grace, the line of the stop follows at the same instant.
    if (goneBy > now)
      this.taskLine(task, 'stopping', this.cluster.tasks.machine[task], `by ${secondsText(goneBy)}`, now);
  }

  taskKilled(task: TaskId, machine: MachineId, cause: KillCause, now: Micros): void {
    this.taskLine(task, 'killed', machine, cause, now);
  }

  taskEnded(task: TaskId, machine: MachineId, outcome: TaskOutcome, now: Micros): void {
    this.taskLine(task, 'ended', machine, outcome, now);
  }

  jobRejected(job: JobId, reason: string, now: Micros): void {
    const { jobs } = this.cluster;
    this.line(now, 'job-rejected', '', jobs.name[job], jobs.framework[job], NONE, '', reason);
  }

  jobEnded(job: JobId, now: Micros): void {
    const { jobs } = this.cluster;
    this.line(now, 'job-ended', '', jobs.name[job], jobs.framework[job], NONE, '', '');
  }

  machineChanged(machine: MachineId, state: MachineState, now: Micros): void {
    // Its removal has a line.
    if (state !== 'absent') this.line(now, 'machine', '', '', NONE, machine, '', state);
  }

  machineRevised(machine: MachineId, revision: MachineRevision, _before: Column, now: Micros): void {
    this.line(now, 'machine', '', '', NONE, machine, '', revision);
  }

  machineFailed(machine: MachineId, cause: string, now: Micros): void {
    // A failure with the cause `event` needs no line: the master sees it at once, and the change of state has a line.
    if (cause !== 'event') this.line(now, 'failed', '', '', NONE, machine, '', cause);
  }

  volumeLost(task: TaskId, now: Micros): void {
    this.taskLine(task, 'volume-lost', this.cluster.tasks.machine[task], '', now);
  }

  machineIsolated(machine: MachineId, isIsolated: boolean, now: Micros): void {
    this.line(now, isIsolated ? 'isolated' : 'reachable', '', '', NONE, machine, '', '');
  }

  taskSilenced(task: TaskId, now: Micros): void {
    this.taskLine(task, 'stopped', this.cluster.tasks.machine[task], 'unseen', now);
  }

  offerMade(framework: FrameworkId, machine: MachineId, now: Micros): void {
    this.line(now, 'offered', '', '', framework, machine, '', '');
  }

  offerEnded(framework: FrameworkId, machine: MachineId, end: OfferEnd, held: Micros, now: Micros): void {
    this.line(now, 'offer-ended', '', '', framework, machine, '', `${end} after ${secondsText(held)} s`);
  }

  private taskLine(task: TaskId, event: string, machine: MachineId, detail: string, now: Micros): void {
    const { tasks, jobs } = this.cluster;
    const job = tasks.job[task];
    const devices = machine === NONE ? '' : deviceList(tasks.devices[task]);
    this.line(now, event, this.serial[task], jobs.name[job], tasks.framework[task], machine, devices, detail);
  }

  private line(
    now: Micros,
    event: string,
    task: number | string,
    job: number | string,
    framework: FrameworkId,
    machine: MachineId,
    devices: string,
    detail: string,
  ): void {
    const frameworkName = framework === NONE ? '' : this.cluster.frameworks[framework].name;
    const machineName = machine === NONE ? '' : this.cluster.machines.specs[machine].name;
    this.write(csvLine([secondsText(now), event, task, job, frameworkName, machineName, devices, detail]));
  }
}

function deviceList(mask: number): string {
  const devices: number[] = [];
  for (let device = 0, rest = mask; rest !== 0; device++, rest >>>= 1)
    if ((rest & 1) === 1) devices.push(device);
  return devices.join('-');
}
