import { FOREVER, type Micros, type TaskShape } from '../../model/index.js';
import type { Handovers } from './handovers.js';
import type { InstanceActions } from './instance-actions.js';
import { type Instance, type Instances, serves } from './instances.js';
import type { Rollout } from './operation.js';

/** Dependencies of a rollout. */
export interface RolloutParts {
  readonly instances: Instances;
  readonly actions: InstanceActions;
  readonly handovers: Handovers;
}

/** Result of a rollout. Times are simulation times in Micros. */
export interface RolloutReport {
  readonly rollout: Rollout;
  readonly begun: Micros;
  /** NaN while the rollout runs. */
  readonly ended: Micros;
  readonly outcome: 'done' | 'rolled-back' | 'unfinished';
  /** Number of instances at the beginning. */
  readonly instances: number;
  /** Minimum number of instances that served at the same time. */
  readonly leastServing: number;
  /** Number of changes of an instance to the new version, or back to the old one. */
  readonly changes: number;
  /** Crashes and failed health checks of the new version. */
  readonly failures: number;
}

/**
 * canary: the first few instances change. observing: they are observed. rolling: the others change. back: all return to
 * the old version.
 */
type Phase = 'canary' | 'observing' | 'rolling' | 'back' | 'over';

/**
 * One current rollout. It checks again whenever an instance of its service changes. It stops no instance while
 * `maxUnavailable` of them do not serve, whether because of the rollout or of a machine failure.
 */
export class RolloutRun {
  private phase: Phase = 'canary';
  private readonly rollout: Rollout;
  private readonly parts: RolloutParts;
  private readonly versionBefore: number;
  private readonly versionAfter: number;
  private observedUntil: Micros = FOREVER;
  private shapeBefore: TaskShape | undefined;
  private given = 0;
  private report: { -readonly [key in keyof RolloutReport]: RolloutReport[key] };

  constructor(rollout: Rollout, parts: RolloutParts, version: number, now: Micros) {
    this.rollout = rollout;
    this.parts = parts;
    this.versionBefore = parts.instances.versionOf(rollout.framework);
    this.versionAfter = version;
    const places = this.places();
    this.shapeBefore = places.length === 0 ? undefined : parts.actions.shapeOf(places[0]);
    this.report = {
      rollout,
      begun: now,
      ended: Number.NaN,
      outcome: 'unfinished',
      instances: places.length,
      leastServing: places.filter((one) => serves(one, now)).length,
      changes: 0,
      failures: 0,
    };
    parts.instances.setVersion(rollout.framework, version);
  }

  get isOver(): boolean {
    return this.phase === 'over';
  }

  result(): RolloutReport {
    return this.report;
  }

  /** Checks the new version and starts a rollback if it fails. This runs before any handover completes. */
  check(now: Micros): void {
    this.crash(now);
    if (this.phase !== 'back' && this.report.failures > 0) this.turnBack();
  }

  /** Does all due steps. Returns the latest time of the next check. */
  step(now: Micros): Micros {
    this.watchCanary(now);
    if (this.phase === 'canary' || this.phase === 'rolling' || this.phase === 'back') this.change(now);
    const serving = this.places().filter((one) => serves(one, now)).length;
    this.report.leastServing = Math.min(this.report.leastServing, serving);
    this.finishIfDone(now);
    return this.isOver ? FOREVER : this.nextLook(now);
  }

  /** One instance per place: the wanted ones and those that are being replaced. */
  private places(): readonly Instance[] {
    return this.all().filter((one) => one.role !== 'replaces');
  }

  private all(): readonly Instance[] {
    return this.parts.instances.of(this.rollout.framework);
  }

  private get target(): number {
    return this.phase === 'back' ? this.versionBefore : this.versionAfter;
  }

  // Health of the new version

  private crash(now: Micros): void {
    const { actions } = this.parts;
    const { healthyWithin } = this.rollout.terms;
    for (const one of this.all()) {
      if (one.version !== this.versionAfter || one.state !== 'running') continue;
      const crashes = this.crashTime(one) <= now;
      const isLate = one.readyAt > one.started + healthyWithin && one.started + healthyWithin <= now;
      if (!crashes && !isLate) continue;
      this.report.failures++;
      if (crashes) actions.restart(one, 'in-place', 'failed');
    }
  }

  /** A bad instance crashes repeatedly until it has another version. */
  private crashTime(one: Instance): Micros {
    if (!one.isBad) return FOREVER;
    const { after } = this.rollout.terms.defects;
    return after === undefined ? one.readyAt : one.started + after;
  }

  private turnBack(): void {
    const { instances, handovers } = this.parts;
    this.phase = 'back';
    instances.setVersion(this.rollout.framework, this.versionBefore);
    for (const one of this.all()) if (one.role === 'leaving') handovers.callOff(one);
  }

  private watchCanary(now: Micros): void {
    const { canary, observe, minReady } = this.rollout.terms;
    if (this.phase === 'observing' && now >= this.observedUntil) this.phase = 'rolling';
    if (this.phase !== 'canary') return;
    const wanted = this.canarySize();
    if (canary === 0 || this.isWhole()) {
      this.phase = 'rolling';
      return;
    }
    const changed = this.places().filter((one) => one.version === this.versionAfter);
    if (changed.length < wanted || !changed.every((one) => serves(one, now, minReady))) return;
    this.phase = 'observing';
    this.observedUntil = now + observe;
    if (observe === 0) this.phase = 'rolling';
  }

  private canarySize(): number {
    return Math.ceil(this.rollout.terms.canary * this.places().length);
  }

  // Changes of single instances

  private change(now: Micros): void {
    const { maxUnavailable, maxSurge, minReady } = this.rollout.terms;
    const places = this.places();
    if (this.isWhole()) {
      this.changeWhole(places);
      return;
    }
    let left = this.phase === 'canary' ? this.canarySize() - this.changed(places) : places.length;
    let away = places.filter((one) => !serves(one, now, minReady)).length;
    let surging = places.filter((one) => one.role === 'leaving').length;
    // Instances that do not serve come first, because their change costs no availability.
    const due = places.filter((one) => one.version !== this.target && one.role === 'wanted');
    const free = due.filter((one) => !serves(one, now) && one.state !== 'silent');
    for (const one of free.slice(0, Math.max(0, left))) {
      this.changeOne(one);
      left--;
    }
    for (const one of due.filter((other) => serves(other, now, minReady))) {
      if (left <= 0) return;
      if (away < maxUnavailable) {
        away++;
        this.changeOne(one);
      } else if (surging < maxSurge) {
        surging++;
        this.surge(one);
      } else return;
      left--;
    }
  }

  /** A place in a handover counts as changed, because its change has begun. */
  private changed(places: readonly Instance[]): number {
    return places.filter((one) => one.version === this.target || one.role === 'leaving').length;
  }

  /** Whether the service is a gang that restarts from its checkpoint as a whole. */
  private isWhole(): boolean {
    return this.parts.instances.termsOf(this.rollout.framework)?.scope === 'job';
  }

  private changeWhole(places: readonly Instance[]): void {
    if (places.every((one) => one.version === this.target) || places.some((one) => one.state === 'silent'))
      return;
    for (const one of places) this.changeOne(one);
  }

  private changeOne(one: Instance): void {
    const { actions, instances } = this.parts;
    const shape = this.shapeFor(one);
    if (shape !== undefined) {
      this.assign(actions.replace(one, shape));
      return;
    }
    this.assign(one);
    if (one.state !== 'running') return;
    const isPinned =
      this.rollout.kind === 'reconfigure' || instances.termsOf(one.framework)?.restart === 'in-place';
    actions.restart(one, isPinned && !this.isWhole() ? 'in-place' : 'anywhere');
  }

  private shapeFor(one: Instance): TaskShape | undefined {
    const { reshaped } = this.rollout;
    if (reshaped === undefined) return undefined;
    return this.phase === 'back' ? this.shapeBefore : reshaped(this.parts.actions.shapeOf(one));
  }

  private surge(one: Instance): void {
    const { terms } = this.rollout;
    const fresh = this.parts.handovers.begin(one, terms.minReady, () => {});
    this.assign(fresh);
  }

  private assign(one: Instance): void {
    one.version = this.target;
    this.report.changes++;
    one.isBad = this.phase !== 'back' && this.rollout.terms.defects.isBad(++this.given);
  }

  // End of the rollout

  private finishIfDone(now: Micros): void {
    if (this.phase !== 'rolling' && this.phase !== 'back') return;
    const isDone = this.all().every(
      (one) =>
        one.version === this.target &&
        one.role === 'wanted' &&
        serves(one, now, this.rollout.terms.minReady) &&
        !one.isBad,
    );
    if (!isDone) return;
    this.report.outcome = this.phase === 'back' ? 'rolled-back' : 'done';
    this.report.ended = now;
    this.phase = 'over';
  }

  private nextLook(now: Micros): Micros {
    const { minReady, healthyWithin } = this.rollout.terms;
    let next = this.phase === 'observing' ? this.observedUntil : FOREVER;
    const consider = (time: Micros) => {
      if (time > now && time < next) next = time;
    };
    for (const one of this.all()) {
      if (one.state !== 'running') continue;
      consider(one.readyAt);
      consider(one.readyAt + minReady);
      consider(this.crashTime(one));
      consider(one.started + healthyWithin);
    }
    return next;
  }
}
