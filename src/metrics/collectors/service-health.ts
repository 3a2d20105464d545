import { type MachineId, type Micros, NONE, ProcessorSharing, type TaskId } from '../../model/index.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import { DataAtRisk, type DataSummary, type DataTerms } from './data-at-risk.js';

/** When a service counts as healthy, degraded and down, and how long an instance takes to serve again. */
export interface HealthTerms {
  /** Down when less than this share of its instances serves. */
  readonly minimum: number;
  /**
   * From a start until it serves; `rebuild` before it on another machine than before. With `data` that is copying, and instances that copy at one time
   * share the rate.
   */
  readonly startup: Micros;
  readonly rebuild: Micros;
  /** A stream that is read again from its last checkpoint; see Replay in workloads/recovery.ts. */
  readonly replay: { readonly every: Micros; readonly headroom: number } | undefined;
  /** Of a service that keeps copies of data. */
  readonly data?: DataTerms | undefined;
}

/** An instance that has started at least once. */
interface Instance {
  /** Where its volume is; NONE once that is lost. */
  machine: MachineId;
  started: Micros;
  /** When it stopped; NaN while it is started. */
  stopped: Micros;
  /** Since when it does not serve; NaN while it does. */
  goneSince: Micros;
  /** When its data are copied, and when it serves, or began to. */
  copiedAt: Micros;
  /** What it needs until it serves, once its data are there. */
  thenTakes: Micros;
  readyAt: Micros;
  state: 'serves' | 'copies' | 'starts' | 'stopped';
}

/** Shares of the time, and what they say of the data. */
export interface HealthSummary {
  readonly shares: { readonly healthy: number; readonly degraded: number; readonly down: number };
  readonly data: DataSummary | undefined;
}

/**
 * The health of one service over time. Its instances are the tasks that have started at least once and have not ended; first
 * starts serve at once, so that the roll-out is not held against it.
 */
export class ServiceHealth {
  /** Micros from the moment an instance stopped until it served again. */
  readonly fullRecovery = new LogHistogram();
  private readonly terms: HealthTerms;
  private readonly instances = new Map<TaskId, Instance>();
  /** Instances that have started again and do not serve yet. */
  private readonly starting = new Set<Instance>();
  private readonly data: DataAtRisk | undefined;
  private readonly copies = new ProcessorSharing<Instance>();
  /** Machines that nobody can reach: what runs there does not serve. */
  private readonly isolated = new Set<MachineId>();
  private serving = 0;
  private since: Micros = Number.NaN;
  private readonly time = { healthy: 0, degraded: 0, down: 0 };

  constructor(terms: HealthTerms) {
    this.terms = terms;
    this.data = terms.data === undefined ? undefined : new DataAtRisk(terms.data);
  }

  taskStarted(task: TaskId, machine: MachineId, now: Micros): void {
    this.advance(now);
    const known = this.instances.get(task);
    if (known === undefined) {
      this.instances.set(task, newInstance(machine, now));
      this.serving++;
      this.changed();
      return;
    }
    const copying = machine === known.machine ? 0 : this.terms.rebuild;
    known.thenTakes = this.terms.startup + this.catchUp(known, now);
    known.copiedAt = now + copying;
    known.readyAt = known.copiedAt + known.thenTakes;
    known.state = copying > 0 ? 'copies' : 'starts';
    known.machine = machine;
    known.started = now;
    known.stopped = Number.NaN;
    this.starting.add(known);
    if (copying > 0 && this.data !== undefined) this.copies.add(known, copying, now);
    this.copiesChanged();
    this.changed();
    this.advance(now);
  }

  /** The instance stopped on the machine, to start again; told once more of one that has stopped, it changes nothing. */
  taskStopped(task: TaskId, machine: MachineId, now: Micros): void {
    this.advance(now);
    const known = this.instances.get(task);
    if (known === undefined || known.state === 'stopped') return;
    if (known.state === 'serves') {
      this.serving--;
      known.goneSince = now;
    }
    // Data that were not copied in full are not there.
    known.machine = known.state === 'copies' ? NONE : machine;
    known.state = 'stopped';
    known.stopped = now;
    this.leaves(known, now);
    this.changed();
  }

  /** The data of the instance are lost, wherever it starts next. */
  volumeLost(task: TaskId): void {
    const known = this.instances.get(task);
    if (known !== undefined) known.machine = NONE;
  }

  /** From now on, or no longer, nobody can reach what runs on the machine. */
  machineIsolated(machine: MachineId, isIsolated: boolean, now: Micros): void {
    this.advance(now);
    if (isIsolated) this.isolated.add(machine);
    else this.isolated.delete(machine);
    this.changed();
  }

  /** The instance stops, to go on as another task. */
  taskReplaced(task: TaskId, by: TaskId, now: Micros): void {
    const known = this.instances.get(task);
    if (known === undefined) return;
    this.taskStopped(task, known.machine, now);
    this.instances.delete(task);
    this.instances.set(by, known);
  }

  taskEnded(task: TaskId, now: Micros): void {
    this.advance(now);
    const known = this.instances.get(task);
    if (known === undefined) return;
    this.leaves(known, now);
    if (known.state === 'serves') this.serving--;
    this.instances.delete(task);
    this.changed();
  }

  /** Up to `end`; undefined when it never started. */
  summary(end: Micros): HealthSummary | undefined {
    this.advance(end);
    const { healthy, degraded, down } = this.time;
    const all = healthy + degraded + down;
    if (all === 0) return undefined;
    const shares = { healthy: healthy / all, degraded: degraded / all, down: down / all };
    return { shares, data: this.data?.summary() };
  }

  /**
   * A stream has the time since its last checkpoint and the time that it stood still to work off, beside what comes in meanwhile: lag /
   * headroom.
   */
  private catchUp(known: Instance, now: Micros): Micros {
    const { startup, replay } = this.terms;
    if (replay === undefined) return 0;
    const sinceCheckpoint = (known.stopped - known.started) % replay.every;
    return Math.round((sinceCheckpoint + (now - known.stopped) + startup) / replay.headroom);
  }

  /** Counts the time up to `now`, in steps at which instances have copied their data, or begin to serve. */
  private advance(now: Micros): void {
    while (this.starting.size > 0) {
      let next: Instance | undefined;
      for (const one of this.starting) if (next === undefined || dueAt(one) < dueAt(next)) next = one;
      if (next === undefined || dueAt(next) > now) break;
      this.count(dueAt(next));
      if (next.state === 'copies') next.state = 'starts';
      else this.serves(next);
      this.changed();
    }
    this.count(now);
  }

  /** The instance starts no more; what it copied with is for the others. */
  private leaves(instance: Instance, now: Micros): void {
    this.starting.delete(instance);
    this.copies.remove(instance, now);
    this.copiesChanged();
  }

  private copiesChanged(): void {
    for (const [instance, end] of this.copies.ends()) {
      if (instance.state !== 'copies') continue;
      instance.copiedAt = end;
      instance.readyAt = end + instance.thenTakes;
    }
  }

  private serves(instance: Instance): void {
    instance.state = 'serves';
    this.starting.delete(instance);
    this.serving++;
    this.fullRecovery.record(instance.readyAt - instance.goneSince);
    instance.goneSince = Number.NaN;
  }

  private changed(): void {
    if (this.data === undefined) return;
    let copying = 0;
    for (const one of this.starting) if (one.state === 'copies') copying++;
    const { size } = this.instances;
    this.data.set(size, size - this.reachable(), copying);
  }

  private count(now: Micros): void {
    const lasted = now - this.since;
    if (!(lasted <= 0)) this.since = now;
    if (!(lasted > 0) || this.instances.size === 0) return;
    this.time[this.state()] += lasted;
    this.data?.advance(lasted);
  }

  /** Instances that serve somebody. */
  private reachable(): number {
    if (this.isolated.size === 0) return this.serving;
    let count = 0;
    for (const { state, machine } of this.instances.values())
      if (state === 'serves' && !this.isolated.has(machine)) count++;
    return count;
  }

  private state(): 'healthy' | 'degraded' | 'down' {
    const reachable = this.reachable();
    if (reachable === this.instances.size) return 'healthy';
    return reachable >= this.terms.minimum * this.instances.size ? 'degraded' : 'down';
  }
}

function newInstance(machine: MachineId, now: Micros): Instance {
  return {
    machine,
    started: now,
    stopped: Number.NaN,
    goneSince: Number.NaN,
    copiedAt: now,
    thenTakes: 0,
    readyAt: now,
    state: 'serves',
  };
}

/** When it comes to its next state. */
function dueAt(instance: Instance): Micros {
  return instance.state === 'copies' ? instance.copiedAt : instance.readyAt;
}
