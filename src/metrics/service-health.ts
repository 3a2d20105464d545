import type { MachineId, Micros, TaskId } from '../model/index.js';

/** When a service counts as healthy, degraded and down, and how long an instance takes to serve again. */
export interface HealthTerms {
  /** Down when less than this share of its instances serves. */
  readonly minimum: number;
  /** From a start until it serves; `rebuild` on top of it on another machine than before. */
  readonly startup: Micros;
  readonly rebuild: Micros;
  /** A stream that is read again from its last checkpoint; see Replay in workloads/recovery.ts. */
  readonly replay: { readonly every: Micros; readonly headroom: number } | undefined;
}

/** An instance that has started at least once. */
interface Instance {
  machine: MachineId;
  started: Micros;
  /** When it stopped; NaN while it is started. */
  stopped: Micros;
  /** When it serves, or began to. */
  readyAt: Micros;
  serves: boolean;
}

/**
 * The health of one service over time. Its instances are the tasks that have started at least once and have not ended; first
 * starts serve at once, so that the roll-out is not held against it.
 */
export class ServiceHealth {
  private readonly terms: HealthTerms;
  private readonly instances = new Map<TaskId, Instance>();
  /** Instances that have started again and do not serve yet. */
  private readonly starting = new Set<Instance>();
  private serving = 0;
  private since: Micros = Number.NaN;
  private readonly time = { healthy: 0, degraded: 0, down: 0 };

  constructor(terms: HealthTerms) {
    this.terms = terms;
  }

  taskStarted(task: TaskId, machine: MachineId, now: Micros): void {
    this.advance(now);
    const known = this.instances.get(task);
    if (known === undefined) {
      this.instances.set(task, { machine, started: now, stopped: Number.NaN, readyAt: now, serves: true });
      this.serving++;
      return;
    }
    known.readyAt = now + this.delay(known, machine, now);
    known.machine = machine;
    known.started = now;
    known.stopped = Number.NaN;
    this.starting.add(known);
    this.advance(now);
  }

  /** The instance stopped on the machine, to start again; told once more of one that has stopped, it changes nothing. */
  taskStopped(task: TaskId, machine: MachineId, now: Micros): void {
    this.advance(now);
    const known = this.instances.get(task);
    if (known === undefined || !Number.isNaN(known.stopped)) return;
    known.stopped = now;
    known.machine = machine;
    this.noLongerServes(known);
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
    this.noLongerServes(known);
    this.instances.delete(task);
  }

  /** Shares of the time up to `end`; undefined when it never started. */
  shares(end: Micros): { healthy: number; degraded: number; down: number } | undefined {
    this.advance(end);
    const { healthy, degraded, down } = this.time;
    const all = healthy + degraded + down;
    if (all === 0) return undefined;
    return { healthy: healthy / all, degraded: degraded / all, down: down / all };
  }

  private noLongerServes(instance: Instance): void {
    this.starting.delete(instance);
    if (instance.serves) this.serving--;
    instance.serves = false;
  }

  /**
   * A stream has the time since its last checkpoint and the time that it stood still to work off, beside what comes in meanwhile: lag /
   * headroom.
   */
  private delay(known: Instance, machine: MachineId, now: Micros): Micros {
    const { startup, rebuild, replay } = this.terms;
    const copying = machine === known.machine ? 0 : rebuild;
    if (replay === undefined) return startup + copying;
    const sinceCheckpoint = (known.stopped - known.started) % replay.every;
    const lag = sinceCheckpoint + (now - known.stopped) + startup;
    return startup + copying + Math.round(lag / replay.headroom);
  }

  /** Counts the time up to `now`, in steps at which instances begin to serve. */
  private advance(now: Micros): void {
    while (this.starting.size > 0) {
      let next: Instance | undefined;
      for (const one of this.starting) if (next === undefined || one.readyAt < next.readyAt) next = one;
      if (next === undefined || next.readyAt > now) break;
      this.count(next.readyAt);
      this.starting.delete(next);
      next.serves = true;
      this.serving++;
    }
    this.count(now);
  }

  private count(now: Micros): void {
    const lasted = now - this.since;
    if (!(lasted <= 0)) this.since = now;
    if (!(lasted > 0) || this.instances.size === 0) return;
    this.time[this.state()] += lasted;
  }

  private state(): 'healthy' | 'degraded' | 'down' {
    if (this.serving === this.instances.size) return 'healthy';
    return this.serving >= this.terms.minimum * this.instances.size ? 'degraded' : 'down';
  }
}
