import {
  type KillCause,
  type MachineId,
  type Micros,
  ProcessorSharing,
  type TaskId,
} from '../../model/index.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import type { BinnedAmounts, TimeBins } from '../kernels/time-bins.js';
import { DataAtRisk, type DataSummary, type DataTerms } from './data-at-risk.js';

/** The terms of a service's health, and the time that an instance needs to serve again. */
export interface HealthTerms {
  /** The service is down when less than this share of its instances serves. */
  readonly minimum: number;
  /**
   * Time from a restart until the instance serves. On another machine than before, `rebuild` comes first. With `data`, it is the
   * time to copy data, and instances that copy at the same time share the rate.
   */
  readonly startup: Micros;
  readonly rebuild: Micros;
  /** Set for a stream, which is read again from its last checkpoint; see Replay in workloads/recovery.ts. */
  readonly replay: { readonly every: Micros; readonly headroom: number } | undefined;
  /** Set for a service with replicated data. */
  readonly data?: DataTerms | undefined;
}

/** An instance that has started at least once. */
interface Instance {
  /** The machine of its volume. */
  machine: MachineId;
  /**
   * Its copy of the data: whole; unsure while it is stopped, because it may start on another machine; or lost, until it has
   * been copied.
   */
  copy: 'whole' | 'unsure' | 'lost';
  /** It is stopped, and its service does not wait for its machine. */
  isGivenUp: boolean;
  started: Micros;
  /** The time of its last stop; NaN while it is started. */
  stopped: Micros;
  /** The time since which it does not serve; NaN while it serves. */
  goneSince: Micros;
  /** The time at which its data are copied. */
  copiedAt: Micros;
  /** Time from the end of copying until it serves. */
  thenTakes: Micros;
  /** The time from which it serves. */
  readyAt: Micros;
  state: 'serves' | 'copies' | 'starts' | 'stopped';
}

/** More recoveries are not kept one by one, so that memory stays bounded. */
const MOST_RECOVERIES = 10_000;

/** Shares of the time by health, and the results for the data. */
export interface HealthSummary {
  readonly shares: { readonly healthy: number; readonly degraded: number; readonly down: number };
  readonly data: DataSummary | undefined;
}

/**
 * The health of one service over time. Its instances are the tasks that have started at least once and have not ended. After its
 * first start, an instance serves at once, so that the initial deployment does not count as an outage.
 */
export class ServiceHealth {
  /** Micros from the stop of an instance until it served again. */
  readonly fullRecovery = new LogHistogram();
  /** The same recoveries, one by one, up to a limit. */
  readonly recoveries: { readonly from: Micros; readonly to: Micros }[] = [];
  private readonly terms: HealthTerms;
  private readonly instances = new Map<TaskId, Instance>();
  /** Instances that have restarted but do not serve yet. */
  private readonly starting = new Set<Instance>();
  private readonly data: DataAtRisk | undefined;
  private readonly copies = new ProcessorSharing<Instance>();
  /** Machines that cannot be reached. Instances there do not serve. */
  private readonly isolated = new Set<MachineId>();
  private serving = 0;
  private since: Micros = Number.NaN;
  private readonly time = { healthy: 0, degraded: 0, down: 0 };
  private binned: BinnedAmounts | undefined;

  constructor(terms: HealthTerms) {
    this.terms = terms;
    this.data = terms.data === undefined ? undefined : new DataAtRisk(terms.data);
  }

  /** Records the health over time, too. Call it when the run starts. */
  record(bins: TimeBins): void {
    this.binned = bins.amounts(2);
  }

  /** Share of each bin until `end` in which the service was degraded, or down. */
  series(health: 'degraded' | 'down', end: Micros): Float64Array {
    return this.binned?.means(health === 'degraded' ? 0 : 1, end) ?? new Float64Array(0);
  }

  taskStarted(task: TaskId, machine: MachineId, now: Micros): void {
    this.advance(now);
    const known = this.instances.get(task);
    if (known === undefined) {
      this.instances.set(task, newInstance(machine, now));
      this.serving++;
      this.data?.lost.resized(1, now);
      this.changed();
      return;
    }
    const copying = machine === known.machine && known.copy !== 'lost' ? 0 : this.terms.rebuild;
    if (copying > 0) this.losesCopy(known, known.stopped);
    else this.hasCopy(known, now);
    known.isGivenUp = false;
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

  /** The instance stopped on the machine and will start again. A second call for the same stop has no effect. */
  taskStopped(task: TaskId, machine: MachineId, now: Micros): void {
    this.advance(now);
    const known = this.instances.get(task);
    if (known === undefined || known.state === 'stopped') return;
    if (known.state === 'serves') {
      this.serving--;
      known.goneSince = now;
    }
    known.machine = machine;
    if (known.copy === 'whole') {
      known.copy = 'unsure';
      this.data?.lost.unsureChanged(1);
    }
    known.state = 'stopped';
    known.stopped = now;
    this.leaves(known, now);
    this.changed();
  }

  /** As `taskStopped`. An instance that lost its machine is no longer expected there. */
  taskKilled(task: TaskId, machine: MachineId, cause: KillCause, now: Micros): void {
    this.taskStopped(task, machine, now);
    const known = this.instances.get(task);
    if (known !== undefined && (cause === 'lost' || cause === 'interrupted')) known.isGivenUp = true;
  }

  /** The data of the instance are lost, regardless of the machine of its next start. */
  volumeLost(task: TaskId, now: Micros): void {
    this.advance(now);
    const known = this.instances.get(task);
    if (known !== undefined) this.losesCopy(known, known.state === 'stopped' ? known.stopped : now);
  }

  /** The machine cannot be reached from now on, or can be reached again. */
  machineIsolated(machine: MachineId, isIsolated: boolean, now: Micros): void {
    this.advance(now);
    if (isIsolated) this.isolated.add(machine);
    else this.isolated.delete(machine);
    this.changed();
  }

  /** The instance stops and continues as another task. */
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
    this.hasCopy(known, now);
    this.data?.lost.resized(-1, now);
    this.instances.delete(task);
    this.changed();
  }

  /** Counts the time, and the recoveries, up to the end of the run. */
  close(end: Micros): void {
    this.advance(end);
    for (const one of this.instances.values())
      if (one.copy === 'unsure' && one.isGivenUp) this.losesCopy(one, one.stopped);
  }

  /** Whether an instance started, so that there is a health. */
  get hasStarted(): boolean {
    const { healthy, degraded, down } = this.time;
    return healthy + degraded + down > 0;
  }

  /** The health up to `end`; undefined if no instance ever started. */
  summary(end: Micros): HealthSummary | undefined {
    this.close(end);
    const { healthy, degraded, down } = this.time;
    const all = healthy + degraded + down;
    if (all === 0) return undefined;
    const shares = { healthy: healthy / all, degraded: degraded / all, down: down / all };
    return { shares, data: this.data?.summary() };
  }

  /**
   * The time in which a stream catches up: lag / headroom. The lag is the time since its last checkpoint plus the time that it
   * stood still. New input arrives meanwhile.
   */
  private catchUp(known: Instance, now: Micros): Micros {
    const { startup, replay } = this.terms;
    if (replay === undefined) return 0;
    const sinceCheckpoint = (known.stopped - known.started) % replay.every;
    return Math.round((sinceCheckpoint + (now - known.stopped) + startup) / replay.headroom);
  }

  /** Counts the time up to `now`, in steps that end when an instance has copied its data or starts to serve. */
  private advance(now: Micros): void {
    while (this.starting.size > 0) {
      let next: Instance | undefined;
      for (const one of this.starting) if (next === undefined || dueAt(one) < dueAt(next)) next = one;
      if (next === undefined || dueAt(next) > now) break;
      this.count(dueAt(next));
      if (next.state === 'copies') {
        next.state = 'starts';
        this.hasCopy(next, next.copiedAt);
      } else this.serves(next);
      this.changed();
    }
    this.count(now);
  }

  /** The instance is no longer starting. Its share of the copy rate goes to the others. */
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
    if (this.recoveries.length < MOST_RECOVERIES)
      this.recoveries.push({ from: instance.goneSince, to: instance.readyAt });
    instance.goneSince = Number.NaN;
  }

  private losesCopy(instance: Instance, since: Micros): void {
    const { copy } = instance;
    if (copy === 'lost') return;
    instance.copy = 'lost';
    this.data?.lost.isLost(since);
    if (copy === 'unsure') this.data?.lost.unsureChanged(-1);
  }

  /** Its copy is there, or no longer needed. */
  private hasCopy(instance: Instance, now: Micros): void {
    const { copy } = instance;
    instance.copy = 'whole';
    if (copy === 'lost') this.data?.lost.isRestored(now);
    if (copy === 'unsure') this.data?.lost.unsureChanged(-1);
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
    const state = this.state();
    this.time[state] += lasted;
    if (state !== 'healthy') this.binned?.addDuring(state === 'degraded' ? 0 : 1, 1, now - lasted, now);
    this.data?.advance(lasted);
  }

  /** Number of serving instances that can be reached. */
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
    copy: 'whole',
    isGivenUp: false,
    started: now,
    stopped: Number.NaN,
    goneSince: Number.NaN,
    copiedAt: now,
    thenTakes: 0,
    readyAt: now,
    state: 'serves',
  };
}

/** The time of the instance's next change of state. */
function dueAt(instance: Instance): Micros {
  return instance.state === 'copies' ? instance.copiedAt : instance.readyAt;
}
