import type { Cluster, FrameworkId, Micros, ScalingState } from '../../model/index.js';
import { LogHistogram } from '../kernels/log-histogram.js';

/**
 * How well the applications of one framework that scale followed their load. Over- and under-provisioning are the area between what is
 * needed and what there is, as in Herbst, Kounev & Reussner, "Elasticity in cloud computing", ICAC 2013, section 4.
 */
export class FrameworkScaling {
  /** Changes of the number that a controller asked for. */
  out = 0;
  in = 0;
  /** Micros from the moment in which those that served were too busy until enough others served. */
  readonly lag = new LogHistogram();
  /** Quanta x Micros, per dimension: room beyond what was needed, and what was needed beyond what served. */
  readonly over: Float64Array;
  readonly under: Float64Array;
  /** Busy instances x Micros: all load, and what came beyond what served. */
  load = 0;
  unserved = 0;

  constructor(dims: number) {
    this.over = new Float64Array(dims);
    this.under = new Float64Array(dims);
  }
}

/** An application as it was last told of. */
interface Application {
  readonly of: FrameworkScaling;
  provision: ScalingState;
  since: Micros;
  /** Since when those that serve are too busy; NaN while not. */
  shortSince: Micros;
}

/** Keeps sums of what scaled applications need and have. */
export class ScalingMetrics {
  /** By framework; undefined for one that does not scale. */
  readonly frameworks: (FrameworkScaling | undefined)[] = [];
  private readonly cluster: Cluster;
  private readonly applications: Application[][] = [];

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** From now on the application needs and has this. */
  changed(framework: FrameworkId, application: number, provision: ScalingState, now: Micros): void {
    this.frameworks[framework] ??= new FrameworkScaling(this.cluster.space.size);
    const of = this.frameworks[framework];
    this.applications[framework] ??= [];
    const known = this.applications[framework][application];
    if (known === undefined) {
      const one = { of, provision: { ...provision }, since: now, shortSince: Number.NaN };
      this.applications[framework][application] = one;
      watchShortage(one, now);
      return;
    }
    this.count(known, now);
    if (provision.wanted > known.provision.wanted) of.out++;
    if (provision.wanted < known.provision.wanted) of.in++;
    known.provision = { ...provision };
    watchShortage(known, now);
  }

  /** Counts up to the end of the run; a shortage that lasts to the end has no lag. */
  close(end: Micros): void {
    for (const applications of this.applications)
      for (const application of applications ?? []) this.count(application, end);
  }

  private count(application: Application, now: Micros): void {
    const { of, provision, since } = application;
    const lasted = now - since;
    application.since = now;
    const { load, needed, started, serving, taskClass } = provision;
    const { demand, dims } = this.cluster.classes;
    for (let d = 0; d < dims; d++) {
      const each = demand[taskClass * dims + d] * lasted;
      of.over[d] += Math.max(0, started - needed) * each;
      of.under[d] += Math.max(0, needed - serving) * each;
    }
    of.load += load * lasted;
    of.unserved += Math.max(0, load - serving) * lasted;
  }
}

function watchShortage(application: Application, now: Micros): void {
  const { isShort } = application.provision;
  if (isShort && Number.isNaN(application.shortSince)) application.shortSince = now;
  if (isShort || Number.isNaN(application.shortSince)) return;
  // What is made good at the same instant was never missed.
  if (now > application.shortSince) application.of.lag.record(now - application.shortSince);
  application.shortSince = Number.NaN;
}
