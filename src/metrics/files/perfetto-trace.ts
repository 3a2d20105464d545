import {
  type Attempt,
  type Cluster,
  type Column,
  type FrameworkId,
  type KillCause,
  type MachineId,
  type MachineRevision,
  type MachineState,
  type Micros,
  NONE,
  type Observer,
  type PlacementAction,
  type Refusal,
  type TaskId,
  type TaskOutcome,
} from '../../model/index.js';

/** The process of the marks and slices of schedulers. Machine m is process m + 1. */
const SCHEDULERS = 0;

/**
 * Writes a run in the Trace Event Format (JSON object form), which Perfetto and chrome://tracing open. Each machine is a process.
 * Its threads are lanes, one below the other, for tasks that run at the same time. Each attempt of a task is a slice. Failures,
 * changes of state and the causes of stops are marks on the machine. Decisions are slices of the schedulers, and refusals are
 * marks. The format requires times in microseconds. Slices are written when they end, so only running attempts are in memory.
 */
export class PerfettoTrace implements Partial<Observer> {
  private readonly cluster: Cluster;
  private readonly write: (text: string) => void;
  private hasEvents = false;
  /** By row of the ledger: start and lane of the running attempt. */
  private readonly running = new Map<
    TaskId,
    { readonly since: Micros; readonly machine: MachineId; readonly lane: number }
  >();
  /** By machine: the lanes in use. */
  private readonly lanes: boolean[][] = [];

  constructor(cluster: Cluster, write: (text: string) => void) {
    this.cluster = cluster;
    this.write = write;
  }

  runStarted(): void {
    this.write('{"displayTimeUnit":"ms","traceEvents":[\n');
    this.nameProcess(SCHEDULERS, 'schedulers');
    for (const [machine, { name }] of this.cluster.machines.specs.entries())
      this.nameProcess(machine + 1, name);
  }

  runEnded(now: Micros): void {
    for (const task of [...this.running.keys()]) this.endSlice(task, 'running', now);
    this.write('\n]}\n');
  }

  taskStarted(task: TaskId, now: Micros): void {
    const machine = this.cluster.tasks.machine[task];
    this.lanes[machine] ??= [];
    const taken = this.lanes[machine];
    const free = taken.indexOf(false);
    const lane = free < 0 ? taken.length : free;
    taken[lane] = true;
    this.running.set(task, { since: now, machine, lane });
  }

  taskKilled(task: TaskId, machine: MachineId, cause: KillCause, now: Micros): void {
    this.endSlice(task, cause, now);
    this.mark(machine + 1, cause, now, { job: this.jobOf(task) });
  }

  taskEnded(task: TaskId, machine: MachineId, outcome: TaskOutcome, now: Micros): void {
    if (machine === NONE) this.mark(SCHEDULERS, outcome, now, { job: this.jobOf(task) });
    else this.endSlice(task, outcome, now);
  }

  machineChanged(machine: MachineId, state: MachineState, now: Micros): void {
    if (state !== 'absent') this.mark(machine + 1, state, now, {});
  }

  machineRevised(machine: MachineId, revision: MachineRevision, _before: Column, now: Micros): void {
    this.mark(machine + 1, revision, now, {});
  }

  machineFailed(machine: MachineId, cause: string, now: Micros): void {
    this.mark(machine + 1, `failed: ${cause}`, now, {});
  }

  machineNoticed(machine: MachineId, _since: Micros, now: Micros): void {
    this.mark(machine + 1, 'noticed', now, {});
  }

  decided(framework: FrameworkId, decisionTime: Micros, now: Micros, ordinal = 0): void {
    const name = framework === NONE ? 'decision' : `decision of ${this.cluster.frameworks[framework].name}`;
    // Threads are numbered from 1: first the scheduler shared by all frameworks, then those of each framework.
    const tid = 1 + (framework + 1) * SCHEDULERS_EACH + ordinal;
    this.event({
      name,
      cat: 'decision',
      ph: 'X',
      ts: now - decisionTime,
      dur: decisionTime,
      pid: SCHEDULERS,
      tid,
    });
  }

  attempted({ job, conflicts, placed }: Attempt, now: Micros): void {
    if (conflicts > 0)
      this.mark(SCHEDULERS, 'conflict', now, { job: this.cluster.jobs.name[job], conflicts, placed });
  }

  refused(refusal: Refusal, action: PlacementAction, _task: TaskId, _machine: MachineId, now: Micros): void {
    this.mark(SCHEDULERS, `refused: ${action}`, now, { reason: refusal });
  }

  private endSlice(task: TaskId, end: string, now: Micros): void {
    const slice = this.running.get(task);
    if (slice === undefined) return;
    const { since, machine, lane } = slice;
    this.running.delete(task);
    this.lanes[machine][lane] = false;
    const { tasks, frameworks } = this.cluster;
    this.event({
      name: String(this.jobOf(task)),
      cat: frameworks[tasks.framework[task]].name,
      ph: 'X',
      ts: since,
      dur: now - since,
      pid: machine + 1,
      tid: lane + 1,
      args: { end, attempt: tasks.attempts[task] },
    });
  }

  private mark(
    pid: number,
    name: string,
    now: Micros,
    args: Readonly<Record<string, string | number>>,
  ): void {
    this.event({ name, cat: 'mark', ph: 'i', s: 'p', ts: now, pid, tid: 0, args });
  }

  private nameProcess(pid: number, name: string): void {
    this.event({ name: 'process_name', ph: 'M', pid, tid: 0, args: { name } });
    this.event({ name: 'process_sort_index', ph: 'M', pid, tid: 0, args: { sort_index: pid } });
  }

  private event(event: Readonly<Record<string, unknown>>): void {
    this.write(`${this.hasEvents ? ',\n' : ''}${JSON.stringify(event)}`);
    this.hasEvents = true;
  }

  private jobOf(task: TaskId): string | number {
    return this.cluster.jobs.name[this.cluster.tasks.job[task]];
  }
}

/** Largest number of schedulers of one framework with their own threads. */
const SCHEDULERS_EACH = 64;
