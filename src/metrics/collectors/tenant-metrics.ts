import {
  type Cluster,
  type Column,
  type FrameworkId,
  type JobId,
  type MachineId,
  type MachineRevision,
  type Micros,
  NONE,
  type Observer,
  type TaskId,
} from '../../model/index.js';
import { boundedSlowdown } from '../kernels/bounded-slowdown.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import { TimeWeightedMean } from '../kernels/time-weighted-mean.js';
import { ExistingCapacity } from './existing-capacity.js';
import { JobRunTimes } from './job-run-times.js';

/** The data of a tenant for its metrics. */
export interface MeasuredTenant {
  readonly name: string;
  readonly frameworks: readonly string[];
  /** Its entitled share of the cluster. */
  readonly ownShare: number;
}

/** Shares and waits of one tenant, and the waits of others while it was above its share. */
export interface TenantFigures {
  readonly tenant: MeasuredTenant;
  dominantShare: TimeWeightedMean;
  /** Micros from a task's submission to its first start. */
  wait: LogHistogram;
  /** Micros from a job's submission to its end. */
  response: LogHistogram;
  /** In millionths; see SLOWDOWN_UNIT. */
  boundedSlowdown: LogHistogram;
  /** Micros in which it held more than its entitled share. */
  overShare: Micros;
  /** Task-Micros that tasks of other tenants waited during that time. */
  othersWaited: Micros;
}

/** Collects the metrics of tenants during a run. */
export class TenantMetrics implements Partial<Observer> {
  readonly figures: readonly TenantFigures[];
  private readonly cluster: Cluster;
  /** Tenant of each framework, as an index into `figures`; NONE without a tenant. */
  private readonly tenantOf: number[] = [];
  private readonly pending: Int32Array;
  private pendingOfAll = 0;
  private readonly share: Float64Array;
  private since: Micros = 0;
  /** Jobs and tasks that were submitted earlier have no waits and responses here. */
  private countedFrom: Micros = 0;
  private readonly runTimes: JobRunTimes;
  private capacity!: ExistingCapacity;

  constructor(cluster: Cluster, tenants: readonly MeasuredTenant[]) {
    this.cluster = cluster;
    this.runTimes = new JobRunTimes(cluster);
    this.pending = new Int32Array(tenants.length);
    this.share = new Float64Array(tenants.length);
    this.figures = tenants.map((tenant) => ({
      tenant,
      dominantShare: new TimeWeightedMean(0),
      wait: new LogHistogram(),
      response: new LogHistogram(),
      boundedSlowdown: new LogHistogram(),
      overShare: 0,
      othersWaited: 0,
    }));
  }

  runStarted(now: Micros): void {
    this.since = now;
    this.countedFrom = now;
    this.capacity = new ExistingCapacity(this.cluster, now);
    for (const figures of this.figures) figures.dominantShare = new TimeWeightedMean(now);
  }

  /** Forgets all figures so far: those of the tenants are of the time after the warm-up. */
  warmUpEnded(now: Micros): void {
    this.advance(now);
    this.countedFrom = now;
    for (const [tenant, figures] of this.figures.entries()) {
      figures.dominantShare = new TimeWeightedMean(now);
      figures.dominantShare.set(this.share[tenant], now);
      figures.wait = new LogHistogram();
      figures.response = new LogHistogram();
      figures.boundedSlowdown = new LogHistogram();
      figures.overShare = 0;
      figures.othersWaited = 0;
    }
  }

  runEnded(now: Micros): void {
    this.advance(now);
    for (const { dominantShare } of this.figures) dominantShare.advance(now);
  }

  jobSubmitted(job: JobId): void {
    this.runTimes.jobSubmitted(job);
  }

  taskSubmitted(task: TaskId, now: Micros): void {
    this.waits(task, 1, now);
  }

  taskStarted(task: TaskId, now: Micros): void {
    const { tasks } = this.cluster;
    const tenant = this.waits(task, -1, now);
    if (tenant === NONE) return;
    const submitted = tasks.submitted[task];
    if (tasks.attempts[task] === 1 && submitted >= this.countedFrom)
      this.figures[tenant].wait.record(now - submitted);
    this.shareChanged(tenant, now);
  }

  taskKilled(task: TaskId, _machine: MachineId, _cause: string, now: Micros): void {
    const tenant = this.waits(task, 1, now);
    if (tenant !== NONE) this.shareChanged(tenant, now);
  }

  taskEnded(task: TaskId, machine: MachineId, _outcome: string, now: Micros): void {
    if (machine === NONE) {
      this.waits(task, -1, now);
      return;
    }
    this.runTimes.taskEnded(task);
    const tenant = this.tenantFor(this.cluster.tasks.framework[task]);
    this.advance(now);
    if (tenant !== NONE) this.shareChanged(tenant, now);
  }

  jobEnded(job: JobId, now: Micros): void {
    const { jobs } = this.cluster;
    const tenant = this.tenantFor(jobs.framework[job]);
    if (tenant === NONE || Number.isNaN(jobs.started[job])) return;
    if (jobs.submitted[job] < this.countedFrom) return;
    const response = now - jobs.submitted[job];
    this.figures[tenant].response.record(response);
    this.figures[tenant].boundedSlowdown.record(boundedSlowdown(response, this.runTimes.of(job, now)));
  }

  machineRevised(machine: MachineId, revision: MachineRevision, before: Column, now: Micros): void {
    this.capacity.machineRevised(machine, revision, before, now);
    this.capacityChanged(now);
  }

  machineOrdered(machine: MachineId, now: Micros): void {
    this.capacity.machineOrdered(machine, now);
    this.capacityChanged(now);
  }

  machineGivenBack(machine: MachineId, now: Micros): void {
    this.capacity.machineGivenBack(machine, now);
    this.capacityChanged(now);
  }

  private capacityChanged(now: Micros): void {
    this.advance(now);
    for (let tenant = 0; tenant < this.figures.length; tenant++) this.shareChanged(tenant, now);
  }

  /** A task starts (1) or stops (-1) waiting. Returns its tenant. */
  private waits(task: TaskId, sign: 1 | -1, now: Micros): number {
    const tenant = this.tenantFor(this.cluster.tasks.framework[task]);
    this.advance(now);
    if (tenant === NONE) return NONE;
    this.pending[tenant] += sign;
    this.pendingOfAll += sign;
    return tenant;
  }

  private advance(now: Micros): void {
    const lasted = now - this.since;
    this.since = now;
    if (lasted <= 0) return;
    for (let tenant = 0; tenant < this.figures.length; tenant++) {
      const figures = this.figures[tenant];
      if (this.share[tenant] <= figures.tenant.ownShare) continue;
      figures.overShare += lasted;
      figures.othersWaited += lasted * (this.pendingOfAll - this.pending[tenant]);
    }
  }

  private shareChanged(tenant: number, now: Micros): void {
    const { frameworkAllocated, space, frameworks } = this.cluster;
    const total = this.capacity.now;
    let share = 0;
    for (let d = 0; d < space.size; d++) {
      let has = 0;
      for (let framework = 0; framework < frameworks.length; framework++)
        if (this.tenantFor(framework) === tenant) has += frameworkAllocated[framework * space.size + d];
      if (has > share * total[d]) share = has / total[d];
    }
    this.share[tenant] = share;
    this.figures[tenant].dominantShare.set(share, now);
  }

  private tenantFor(framework: FrameworkId): number {
    const known = this.tenantOf[framework];
    if (known !== undefined) return known;
    const { name } = this.cluster.frameworks[framework];
    const found = this.figures.findIndex(({ tenant }) => tenant.frameworks.includes(name));
    this.tenantOf[framework] = found;
    return found;
  }
}
