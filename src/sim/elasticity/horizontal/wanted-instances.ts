import { DAY, type Micros } from '../../../model/index.js';
import {
  type ScalingTerms,
  type ScheduledCount,
  wholeInstances,
} from '../../../workloads/scaled-application.js';

/** Instances that the rule of an application asks for, within its bounds. */
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
      // A forecast only adds: what is measured now must be served, too.
      return Math.max(
        targetUtilization(measured, terms),
        wholeInstances(predictedLoad(measured.now, terms.lead, past) / terms.target),
      );
  }
}

/** The load that was measured at about this time; undefined where there is none. */
export type PastLoad = (time: Micros) => number | undefined;

/**
 * The load expected `lead` from now: what it was a day before that, times how much higher the load is now than a day ago (a seasonal naive
 * forecast with a level: Hyndman & Athanasopoulos, "Forecasting: principles and practice", section 5.2). Without a yesterday: the load now.
 */
export function predictedLoad(now: Micros, lead: Micros, past: PastLoad): number {
  const current = past(now) ?? 0;
  const yesterday = past(now - DAY);
  const ahead = past(now - DAY + lead);
  if (yesterday === undefined || ahead === undefined || yesterday === 0) return current;
  return (ahead * current) / yesterday;
}

/**
 * As many instances as bring the utilization to its target: serving x utilization / target, rounded up; within the tolerance no change.
 * Source: the Kubernetes HorizontalPodAutoscaler (Kubernetes documentation, "Horizontal Pod Autoscaling", algorithm details).
 */
export function targetUtilization(
  { wanted, serving, utilization }: Measurement,
  { target, tolerance }: Pick<ScalingTerms, 'target' | 'tolerance'>,
): number {
  if (serving === 0) return wanted;
  const ratio = utilization / target;
  return Math.abs(ratio - 1) <= tolerance ? wanted : wholeInstances(serving * ratio);
}

/** The number asked for, or the one so far while it is too early after the last change to go that way. */
export function afterCoolDown(
  asked: number,
  soFar: number,
  sinceChange: Micros,
  { coolDownOut, coolDownIn }: Pick<ScalingTerms, 'coolDownOut' | 'coolDownIn'>,
): number {
  return sinceChange < (asked > soFar ? coolDownOut : coolDownIn) ? soFar : asked;
}

/** Instances by the time of the day: those of the latest entry, which before the first entry of a day is the last one of the day before. */
export function scheduledInstances(now: Micros, schedule: readonly ScheduledCount[]): number {
  const time = now % DAY;
  const entry = schedule.findLast(({ from }) => from <= time) ?? schedule[schedule.length - 1];
  return entry.instances;
}

/** What a controller measures of its application. */
export interface Measurement {
  readonly now: Micros;
  /** Instances asked for so far. */
  readonly wanted: number;
  /** Instances that take load. */
  readonly serving: number;
  /** Mean utilization of these, 0 to 1: more load than they can take looks like 1, and so does no instance at all. */
  readonly utilization: number;
}

/** What a controller measured, look by look, for two days. */
export class LoadHistory {
  private readonly every: Micros;
  private readonly values: Float64Array;
  /** Number of the latest look; -1 before the first. */
  private latest = -1;

  constructor(every: Micros) {
    this.every = every;
    this.values = new Float64Array(Math.ceil((2 * DAY) / every)).fill(Number.NaN);
  }

  /** The load measured now; looks come every `every`. */
  record(load: number, now: Micros): void {
    this.latest = Math.floor(now / this.every);
    this.values[this.latest % this.values.length] = load;
  }

  /** The load at the look at or before this time; undefined where there was none, or it is forgotten. */
  at(time: Micros): number | undefined {
    const look = Math.floor(time / this.every);
    if (look < 0 || look > this.latest || look <= this.latest - this.values.length) return undefined;
    const value = this.values[look % this.values.length];
    return Number.isNaN(value) ? undefined : value;
  }
}
