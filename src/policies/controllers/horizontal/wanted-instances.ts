import {
  DAY,
  type Micros,
  type ScalingTerms,
  type ScheduledCount,
  wholeInstances,
} from '../../../model/index.js';

/** Number of instances that the rule of an application requires, within its bounds. */
export function wantedInstances(measured: Measurement, past: PastLoad, terms: ScalingTerms): number {
  return Math.min(terms.most, Math.max(terms.least, byRule(measured, past, terms)));
}

function byRule(measured: Measurement, past: PastLoad, terms: ScalingTerms): number {
  switch (terms.rule) {
    case 'target':
      return targetUtilization(measured, terms);
    case 'scheduled':
      return scheduledInstances(measured.now, terms.schedule);
    case 'predictive':
      // A forecast can only add instances, because the measured load must be served too.
      return Math.max(
        targetUtilization(measured, terms),
        wholeInstances(predictedLoad(measured.now, terms.lead, past) / terms.target),
      );
  }
}

/** The load measured at about this time; undefined if there is none. */
export type PastLoad = (time: Micros) => number | undefined;

/**
 * The load expected `lead` from now: the load one day before that time, multiplied by the ratio of the current load to
 * the load a day ago. This is a seasonal naive forecast with a level (Hyndman & Athanasopoulos, "Forecasting:
 * principles and practice", section 5.2). Without data of the day before, it is the current load.
 */
export function predictedLoad(now: Micros, lead: Micros, past: PastLoad): number {
  const current = past(now) ?? 0;
  const yesterday = past(now - DAY);
  const ahead = past(now - DAY + lead);
  if (yesterday === undefined || ahead === undefined || yesterday === 0) return current;
  return (ahead * current) / yesterday;
}

/**
 * Number of instances that brings the utilization to its target: serving x utilization / target, rounded up. Within the
 * tolerance there is no change. Source: the Kubernetes HorizontalPodAutoscaler (Kubernetes documentation, "Horizontal
 * Pod Autoscaling", algorithm details).
 */
export function targetUtilization(
  { wanted, serving, utilization }: Measurement,
  { target, tolerance }: Pick<ScalingTerms, 'target' | 'tolerance'>,
): number {
  if (serving === 0) return wanted;
  const ratio = utilization / target;
  return Math.abs(ratio - 1) <= tolerance ? wanted : wholeInstances(serving * ratio);
}

/** Returns the requested number, or `soFar` during the cool-down in that direction. */
export function afterCoolDown(
  asked: number,
  soFar: number,
  sinceChange: Micros,
  { coolDownOut, coolDownIn }: Pick<ScalingTerms, 'coolDownOut' | 'coolDownIn'>,
): number {
  return sinceChange < (asked > soFar ? coolDownOut : coolDownIn) ? soFar : asked;
}

/**
 * Instances by time of day: those of the latest entry. Before the first entry of a day, the last entry of the schedule
 * applies.
 */
export function scheduledInstances(now: Micros, schedule: readonly ScheduledCount[]): number {
  const time = now % DAY;
  const entry = schedule.findLast(({ from }) => from <= time) ?? schedule[schedule.length - 1];
  return entry.instances;
}

/** Measurements of a controller. */
export interface Measurement {
  readonly now: Micros;
  /** Current requested number of instances. */
  readonly wanted: number;
  /** Number of instances that take load. */
  readonly serving: number;
  /** Mean utilization of the serving instances, 0 to 1. It is 1 when they are overloaded or when there are none. */
  readonly utilization: number;
}

/** Checks in one text of the memory. It is written again at each of them, so it is short. */
const STORED_TOGETHER = 64;

/** Loads that a controller measured at its checks in the last two days. */
export class LoadHistory {
  private readonly every: Micros;
  private readonly values: Float64Array;
  /** Number of the latest check; -1 before the first. */
  private latest = -1;

  constructor(every: Micros) {
    this.every = every;
    this.values = new Float64Array(Math.ceil((2 * DAY) / every)).fill(Number.NaN);
  }

  /** Records the load measured now. Checks are `every` apart. */
  record(load: number, now: Micros): void {
    this.latest = Math.floor(now / this.every);
    this.values[this.latest % this.values.length] = load;
  }

  /** The key and the text that keep the latest loads over a restart. */
  stored(): [key: string, text: string] {
    const first = this.latest - (this.latest % STORED_TOGETHER);
    const loads: number[] = [first];
    for (let look = first; look <= this.latest; look++) loads.push(this.values[look % this.values.length]);
    return [keyOf(Math.floor(first / STORED_TOGETHER) % this.texts), loads.join(' ')];
  }

  /** Takes the loads back from the texts of `stored`. */
  restore(recall: (key: string) => string | undefined): void {
    const known = Array.from({ length: this.texts }, (_, i) => recall(keyOf(i)))
      .filter((text) => text !== undefined)
      .map((text) => text.split(' ').map(Number))
      .sort((a, b) => a[0] - b[0]);
    for (const [first, ...loads] of known) {
      for (const [i, load] of loads.entries()) this.values[(first + i) % this.values.length] = load;
      this.latest = first + loads.length - 1;
    }
  }

  /** Number of texts for all loads. */
  private get texts(): number {
    return Math.ceil(this.values.length / STORED_TOGETHER) + 1;
  }

  /** The load at the check at or before this time; undefined if there was none or it is too old. */
  at(time: Micros): number | undefined {
    const look = Math.floor(time / this.every);
    if (look < 0 || look > this.latest || look <= this.latest - this.values.length) return undefined;
    const value = this.values[look % this.values.length];
    return Number.isNaN(value) ? undefined : value;
  }
}

function keyOf(text: number): string {
  return `loads ${text}`;
}
