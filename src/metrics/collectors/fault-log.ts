import type { ActualState, Cluster, FrameworkId, MachineId, Micros, TaskId } from '../../model/index.js';

/** More faults, and more outages of machines, are counted but not kept, so that memory stays bounded. */
const MOST_FAULTS = 1000;
const MOST_OUTAGES = 10_000;

/** Machines that stopped answering at one instant. */
export interface Fault {
  readonly at: Micros;
  /** Cut if the master could not reach the machines, which ran on. */
  state: Exclude<ActualState, 'answering'>;
  /** Words such as `script` or `reboot`. */
  readonly causes: Set<string>;
  readonly machines: MachineId[];
  /** When the master detected the machines, in order of time. */
  readonly detections: Micros[];
  /** When machines answered again, in order of time. */
  readonly returns: Micros[];
  readonly losses: Map<FrameworkId, Loss>;
}

/** The tasks of a framework that stopped with the machines of a fault. Each counts once, however often it stopped. */
export interface Loss {
  tasks: number;
  /** Tasks that ended, or were withdrawn, before they ran again. */
  ended: number;
  /** When tasks ran again that have ended or met another fault since. */
  readonly back: Micros[];
  /** The other tasks: when each ran again, NaN while it waits. */
  readonly open: Map<TaskId, Micros>;
}

/** A time in which a machine did not answer; `to` is NaN until it ends. */
export interface Outage {
  readonly machine: MachineId;
  readonly state: Exclude<ActualState, 'answering'>;
  readonly from: Micros;
  to: Micros;
}

/** Every fault with its detection, and the tasks that it stopped until they ran again. */
export class FaultLog {
  readonly faults: Fault[] = [];
  readonly outages: Outage[] = [];
  faultsLeftOut = 0;
  outagesLeftOut = 0;

  private readonly cluster: Cluster;
  /** The last fault of each machine, and its outage while it lasts. */
  private readonly faultOf = new Map<MachineId, Fault>();
  private readonly outageOf = new Map<MachineId, Outage>();
  /** The loss of each open task. */
  private readonly lossOf = new Map<TaskId, Loss>();
  private lastLeftOut: Micros = Number.NaN;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** `actualStateChanged` for this machine follows at the same instant. */
  machineFailed(machine: MachineId, cause: string, now: Micros): void {
    const last = this.faults.at(-1);
    if (last?.at === now) {
      last.causes.add(cause);
      last.machines.push(machine);
      this.faultOf.set(machine, last);
      return;
    }
    if (this.faults.length === MOST_FAULTS) {
      this.faultOf.delete(machine);
      if (this.lastLeftOut !== now) this.faultsLeftOut++;
      this.lastLeftOut = now;
      return;
    }
    const fault: Fault = {
      at: now,
      state: 'off',
      causes: new Set([cause]),
      machines: [machine],
      detections: [],
      returns: [],
      losses: new Map(),
    };
    this.faults.push(fault);
    this.faultOf.set(machine, fault);
  }

  actualStateChanged(machine: MachineId, state: ActualState, now: Micros): void {
    const outage = this.outageOf.get(machine);
    if (outage !== undefined) outage.to = now;
    this.outageOf.delete(machine);
    if (state === 'answering') {
      if (outage !== undefined) this.faultOf.get(machine)?.returns.push(now);
      return;
    }
    const fault = this.faultOf.get(machine);
    if (fault?.at === now) fault.state = state;
    if (this.outages.length === MOST_OUTAGES) {
      this.outagesLeftOut++;
      return;
    }
    const begun: Outage = { machine, state, from: now, to: Number.NaN };
    this.outages.push(begun);
    this.outageOf.set(machine, begun);
  }

  machineNoticed(machine: MachineId, now: Micros): void {
    this.faultOf.get(machine)?.detections.push(now);
  }

  /** The task stopped with its machine, or is lost with it. */
  taskStopped(task: TaskId, machine: MachineId): void {
    const fault = this.faultOf.get(machine);
    const before = this.lossOf.get(task);
    if (fault === undefined || Number.isNaN(before?.open.get(task))) return;
    const framework = this.cluster.tasks.framework[task];
    const loss = fault.losses.get(framework) ?? { tasks: 0, ended: 0, back: [], open: new Map() };
    if (before !== loss) {
      if (before !== undefined) settle(before, task);
      loss.tasks++;
    }
    fault.losses.set(framework, loss);
    this.lossOf.set(task, loss);
    loss.open.set(task, Number.NaN);
  }

  taskStarted(task: TaskId, now: Micros): void {
    if (this.lossOf.size === 0) return;
    const open = this.lossOf.get(task)?.open;
    if (Number.isNaN(open?.get(task))) open?.set(task, now);
  }

  taskEnded(task: TaskId): void {
    if (this.lossOf.size === 0) return;
    const loss = this.lossOf.get(task);
    if (loss === undefined) return;
    if (Number.isNaN(loss.open.get(task))) loss.ended++;
    settle(loss, task);
    this.lossOf.delete(task);
  }
}

function settle({ open, back }: Loss, task: TaskId): void {
  const time = open.get(task) ?? Number.NaN;
  if (!Number.isNaN(time)) back.push(time);
  open.delete(task);
}
