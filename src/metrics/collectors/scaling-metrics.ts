import type { Cluster, FrameworkId, Micros, ScalingState } from '../../model/index.js';
import { LogHistogram } from '../kernels/log-histogram.js';

/**
 * How well the autoscaled applications of one framework followed their load. Over- and under-provisioning are the area between
 * demand and supply, as in Herbst, Kounev & Reussner, "Elasticity in cloud computing", ICAC 2013, section 4.
 */
export class FrameworkScaling {
  /** Number of increases and decreases that a controller requested. */
  out = 0;
  in = 0;
  /** Micros from the time that the serving instances were overloaded until enough instances served. */
  readonly lag = new LogHistogram();
  /** Quanta x Micros, per dimension: started capacity above the need, and need above the serving capacity. */
  readonly over: Float64Array;
  readonly under: Float64Array;
  /** In busy instances x Micros: the whole load, and the load above the serving capacity. */
  load = 0;
  unserved = 0;

  constructor(dims: number) {
    this.over = new Float64Array(dims);
    this.under = new Float64Array(dims);
  }
}

/** The latest known state of an application. */
interface Application {
  readonly of: FrameworkScaling;
  provision: ScalingState;
  since: Micros;
  /** The time since which the serving instances are overloaded; NaN if they are not. */
  shortSince: Micros;
}

/** Sums of the needs and the instances of autoscaled applications. */
export class ScalingMetrics {
  /** By framework; undefined for a framework without autoscaling. */
  readonly frameworks: (FrameworkScaling | undefined)[] = [];
  private readonly cluster: Cluster;
  private readonly applications: Application[][] = [];

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** The needs and instances of the application from now on. */
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

  /** Counts the time up to the end of the run. A shortage that lasts to the end has no lag. */
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
  // A shortage that ends at the instant of its start does not count.
  if (now > application.shortSince) application.of.lag.record(now - application.shortSince);
  application.shortSince = Number.NaN;
}
