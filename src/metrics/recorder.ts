import {
  type ActualState,
  type Attempt,
  type Cluster,
  type Column,
  FOREVER,
  type FrameworkId,
  type JobId,
  type KillCause,
  type LimitReview,
  type MachineId,
  type MachineRevision,
  type MachineState,
  type Micros,
  NONE,
  type Observer,
  type OfferEnd,
  type OfferRounds,
  type Refusal,
  type ScalingState,
  type TaskClassId,
  type TaskId,
  type TaskOutcome,
} from '../model/index.js';
import { AllocationMetrics } from './collectors/allocation-metrics.js';
import { CostMetrics, type EgressPrice } from './collectors/cost-metrics.js';
import { DependencyMetrics } from './collectors/dependency-metrics.js';
import { ExistingCapacity } from './collectors/existing-capacity.js';
import { Fragmentation } from './collectors/fragmentation.js';
import { FragmentationBlocked } from './collectors/fragmentation-blocked.js';
import { FrameworkMetrics } from './collectors/framework-metrics.js';
import { JobRunTimes } from './collectors/job-run-times.js';
import { LimitMetrics } from './collectors/limit-metrics.js';
import { MachineMetrics } from './collectors/machine-metrics.js';
import { NamedJobs } from './collectors/named-jobs.js';
import { OfferMetrics } from './collectors/offer-metrics.js';
import { OverUse } from './collectors/over-use.js';
import { QueueMetrics } from './collectors/queue-metrics.js';
import { RecoveryMetrics } from './collectors/recovery-metrics.js';
import { ScalingMetrics } from './collectors/scaling-metrics.js';
import { SchedulerMetricsTable } from './collectors/scheduler-metrics.js';
import { type HealthTerms, ServiceHealth } from './collectors/service-health.js';
import { JobCounter, TaskCounter } from './collectors/task-counter.js';
import { UnallocatedTable } from './collectors/unallocated-table.js';
import { UsageMetrics } from './collectors/usage-metrics.js';
import { boundedSlowdown } from './kernels/bounded-slowdown.js';
import { LogHistogram } from './kernels/log-histogram.js';
import { FIRST_BIN_WIDTH, TimeBins } from './kernels/time-bins.js';

/** Records the events of a host as sums and histograms. Its memory does not grow with the number of tasks. */
export class Recorder implements Observer {
  readonly jobs = new JobCounter();
  /** The unit of the histograms is Micros, except for the slowdown. */
  readonly jobWait = new LogHistogram();
  readonly boundedSlowdown = new LogHistogram();
  readonly refusals = new Map<Refusal, number>();
  /** Jobs that the policy rejected, with their reasons for the first ones. */
  readonly rejections = new NamedJobs();
  /** Jobs that can never run, with their reasons for the first ones. */
  readonly impossible = new NamedJobs();
  /** Tasks among them that are no members of gangs. */
  impossibleAlone = 0;
  /** Jobs that still wait when nothing can happen any more. */
  readonly stuck = new NamedJobs();
  readonly dependencies: DependencyMetrics;
  /** Number of attempts that the system stopped, by cause. */
  readonly evictions = new Map<KillCause, number>();
  readonly frameworks: FrameworkMetrics[] = [];
  readonly fragmentation: Fragmentation;
  readonly fragmentationBlocked: FragmentationBlocked;
  readonly overUse: OverUse;
  /** Starts of tasks with preferred machines: on one of these, and on other machines. */
  readonly locality = { preferred: 0, elsewhere: 0 };
  readonly recovery: RecoveryMetrics;
  readonly scaling: ScalingMetrics;
  readonly limits: LimitMetrics;
  /** undefined if no machine has a price. */
  readonly cost: CostMetrics | undefined;
  /** By framework; undefined for a framework whose health is not measured. */
  readonly health: readonly (ServiceHealth | undefined)[];
  /** Submitted tasks without a user's estimate. */
  withoutEstimate = 0;
  start: Micros = 0;
  end: Micros = 0;
  firstSubmission: Micros = Number.NaN;
  lastEnd: Micros = Number.NaN;
  /** These exist from the start of the run. */
  capacity!: ExistingCapacity;
  bins!: TimeBins;
  queue!: QueueMetrics;
  machines!: MachineMetrics;
  allocation!: AllocationMetrics;
  usage!: UsageMetrics;
  offers!: OfferMetrics;
  schedulers!: SchedulerMetricsTable;
  private readonly runTimes: JobRunTimes;
  /** `services`: frameworks whose jobs are instances of services. These end when they are stopped, so they have no response. */
  constructor(
    readonly cluster: Cluster,
    healthTerms: readonly (HealthTerms | undefined)[] = [],
    egress: EgressPrice = { megabytesPerSecondPerCore: 0, pricePerGigabyte: 0 },
    private readonly services: ReadonlySet<string> = new Set(),
  ) {
    this.health = healthTerms.map((terms) => terms && new ServiceHealth(terms));
    this.runTimes = new JobRunTimes(cluster);
    this.dependencies = new DependencyMetrics(cluster);
    // One table for both: each of them refreshes it before reading.
    const unallocated = new UnallocatedTable(cluster);
    this.fragmentation = new Fragmentation(cluster, unallocated);
    this.fragmentationBlocked = new FragmentationBlocked(cluster, unallocated);
    this.recovery = new RecoveryMetrics(cluster);
    this.scaling = new ScalingMetrics(cluster);
    this.limits = new LimitMetrics(cluster);
    const hasPrices = cluster.machines.specs.some(({ pricePerHour }) => pricePerHour !== undefined);
    this.cost = hasPrices ? new CostMetrics(cluster, egress) : undefined;
    this.overUse = new OverUse(cluster.space.size);
  }

  runStarted(now: Micros): void {
    const { cluster, frameworks } = this;
    this.start = now;
    this.bins = new TimeBins(now, FIRST_BIN_WIDTH);
    this.capacity = new ExistingCapacity(cluster, now);
    this.capacity.record(this.bins);
    this.queue = new QueueMetrics(cluster, this.bins);
    this.machines = new MachineMetrics(cluster, now, this.bins);
    const parts = { queue: this.queue, machines: this.machines, frameworks };
    this.allocation = new AllocationMetrics(cluster, this.capacity, this.bins, parts, now);
    this.usage = new UsageMetrics(this.capacity, frameworks, now);
    this.offers = new OfferMetrics(cluster, this.capacity, this.bins, now);
    this.schedulers = new SchedulerMetricsTable(this.bins);
    this.fragmentation.record(this.bins);
    for (const service of this.health) service?.record(this.bins);
    this.cost?.record(this.bins, now);
  }

  runEnded(now: Micros): void {
    this.end = now;
    this.capacity.advance(now);
    this.bins.cover(now);
    this.queue.close(now);
    this.allocation.close(now);
    this.usage.advance(now);
    this.offers.advance(now);
    for (const framework of this.frameworks) framework.advanceUsage(now);
    this.machines.close(now, (machine) => this.capacity.isThere(machine));
    this.fragmentation.close(now);
    this.fragmentationBlocked.advance(now);
    this.recovery.close(now);
    this.overUse.close(now);
    this.scaling.close(now);
    this.limits.close(now);
    for (const service of this.health) service?.close(now);
    this.cost?.close(now);
  }

  /** Tasks of all frameworks. */
  get tasks(): TaskCounter {
    return TaskCounter.sum(this.frameworks.map(({ tasks }) => tasks));
  }

  /** Waits of the tasks of all frameworks, and responses of their jobs, over an ended run. */
  get taskWait(): LogHistogram {
    return LogHistogram.sum(this.frameworks.map(({ wait }) => wait));
  }

  get jobResponse(): LogHistogram {
    return LogHistogram.sum(this.frameworks.map(({ response }) => response));
  }

  jobSubmitted(job: JobId, now: Micros): void {
    this.jobs.submitted++;
    this.runTimes.jobSubmitted(job);
    if (Number.isNaN(this.firstSubmission)) this.firstSubmission = now;
  }

  taskSubmitted(task: TaskId): void {
    const { tasks } = this.cluster;
    if (tasks.estimate[task] === FOREVER) this.withoutEstimate++;
    this.framework(tasks.framework[task]).tasks.submitted++;
    this.fragmentation.submitted(tasks.taskClass[task]);
    this.fragmentationBlocked.count(tasks.framework[task], tasks.taskClass[task], 1);
    this.queue.taskSubmitted();
  }

  taskStarted(task: TaskId, now: Micros): void {
    const { tasks, jobs } = this.cluster;
    const framework = this.framework(tasks.framework[task]);
    const since = this.queue.taskStarted(task, now);
    this.recovery.taskStarted(task, now);
    this.cost?.taskStarted(task, now);
    this.health[tasks.framework[task]]?.taskStarted(task, tasks.machine[task], now);
    framework.tasks.running++;
    if (tasks.attempts[task] === 1) {
      framework.tasks.started++;
      const job = tasks.job[task];
      if (jobs.everStarted[job] === 1) {
        this.jobs.started++;
        this.jobWait.record(now - jobs.submitted[job]);
      }
    }
    this.fragmentationBlocked.count(tasks.framework[task], tasks.taskClass[task], -1);
    if (this.cluster.rules.hasPreference(task)) {
      const isPreferred = this.cluster.rules.prefers(task, tasks.machine[task]);
      this.locality[isPreferred ? 'preferred' : 'elsewhere']++;
    }
    this.allocation.taskStarted(task, since, now);
    this.fragmentation.changed(now);
    if (this.offers.counts.made > 0) this.offers.changed(now);
  }

  taskStopping(): void {}

  taskKilled(task: TaskId, machine: MachineId, cause: KillCause, now: Micros): void {
    const { tasks } = this.cluster;
    const framework = this.framework(tasks.framework[task]);
    if (cause !== 'failed') this.evictions.set(cause, (this.evictions.get(cause) ?? 0) + 1);
    framework.tasks.requeued(cause);
    this.cost?.taskStopped(task, machine, now);
    this.recovery.taskKilled(task, machine, cause, now);
    this.health[tasks.framework[task]]?.taskKilled(task, machine, cause, now);
    this.fragmentationBlocked.count(tasks.framework[task], tasks.taskClass[task], 1);
    this.queue.taskRequeued(task, now);
    this.taskStopped(task, machine, now);
  }

  taskResized(task: TaskId, before: TaskClassId, now: Micros): void {
    const { tasks } = this.cluster;
    this.limits.resized(tasks.framework[task]);
    this.cost?.charge(task, tasks.machine[task], before, now);
    this.allocation.taskResized(task, before, now);
    this.fragmentation.changed(now);
  }

  limitsReviewed(framework: FrameworkId, limits: LimitReview, now: Micros): void {
    this.limits.reviewed(framework, limits, now);
  }

  taskEnded(task: TaskId, machine: MachineId, outcome: TaskOutcome, now: Micros): void {
    const { tasks } = this.cluster;
    const framework = this.framework(tasks.framework[task]);
    const ran = machine !== NONE;
    framework.tasks.ended(outcome, ran);
    this.recovery.taskEnded(task, ran, now);
    this.health[tasks.framework[task]]?.taskEnded(task, now);
    if (!ran) {
      this.queue.taskLeft(task, now);
      this.fragmentationBlocked.count(tasks.framework[task], tasks.taskClass[task], -1);
      return;
    }
    this.lastEnd = now;
    this.cost?.taskStopped(task, machine, now);
    this.runTimes.taskEnded(task);
    this.taskStopped(task, machine, now);
  }

  taskReplaced(task: TaskId, by: TaskId, now: Micros): void {
    this.health[this.cluster.tasks.framework[task]]?.taskReplaced(task, by, now);
  }

  jobRejected(job: JobId, reason: string): void {
    this.rejections.add(this.cluster.jobs.name[job], this.cluster.jobs.pending[job], reason);
  }

  jobImpossible(job: JobId, tasks: number, reason: string): void {
    const { jobs } = this.cluster;
    this.impossible.add(jobs.name[job], tasks, reason);
    if (jobs.gang[job] === 0) this.impossibleAlone += tasks;
  }

  jobStuck(job: JobId, tasks: number, reason: string): void {
    this.stuck.add(this.cluster.jobs.name[job], tasks, reason);
  }

  jobNotRun(job: JobId, tasks: number, reason: string): void {
    this.dependencies.jobNotRun(job, tasks, reason);
  }

  notSubmitted(job: string | number, tasks: number, reason: string): void {
    this.dependencies.notSubmitted.add(job, tasks, reason);
  }

  criticalPathKnown(job: JobId, length: Micros): void {
    this.dependencies.criticalPathKnown(job, length);
  }

  jobEnded(job: JobId, now: Micros): void {
    const { jobs } = this.cluster;
    const isFinished = jobs.unsuccessful[job] === 0;
    const response = now - jobs.submitted[job];
    this.jobs[isFinished ? 'finished' : 'failed']++;
    this.dependencies.jobEnded(job, response, isFinished);
    if (Number.isNaN(jobs.started[job])) return;
    if (this.services.has(this.cluster.frameworks[jobs.framework[job]].name)) return;
    this.frameworks[jobs.framework[job]].response.record(response);
    this.boundedSlowdown.record(boundedSlowdown(response, this.runTimes.of(job, now)));
  }

  machineChanged(machine: MachineId, _state: MachineState, now: Micros): void {
    this.machines.stateChanged(machine, now);
    this.cost?.machineChanged(machine, now);
  }

  machineRevised(machine: MachineId, revision: MachineRevision, before: Column, now: Micros): void {
    this.beforeCapacityChanges(now);
    this.capacity.machineRevised(machine, revision, before, now);
    this.machines.revised(machine, before, now);
    this.cost?.machineRevised(machine, before, now);
    this.allocation.capacityChanged(now);
  }

  machineOrdered(machine: MachineId, now: Micros): void {
    this.beforeCapacityChanges(now);
    this.capacity.machineOrdered(machine, now);
    this.machines.revised(machine, [], now);
    this.allocation.capacityChanged(now);
    this.cost?.machineOrdered(machine, now);
  }

  machineGivenBack(machine: MachineId, now: Micros): void {
    this.beforeCapacityChanges(now);
    this.capacity.machineGivenBack(machine, now);
    this.machines.wasThere(machine, now);
    this.allocation.capacityChanged(now);
    this.cost?.machineGivenBack(machine, now);
  }

  private beforeCapacityChanges(now: Micros): void {
    this.allocation.beforeCapacityChanges(now);
    this.usage.advance(now);
    this.offers.advance(now);
  }

  machineFailed(machine: MachineId, cause: string, now: Micros): void {
    this.recovery.machineFailed(machine, cause, now);
  }

  actualStateChanged(machine: MachineId, state: ActualState, now: Micros): void {
    this.machines.actualStateChanged(machine, state, now);
    this.recovery.faults.actualStateChanged(machine, state, now);
    this.cost?.actualStateChanged(machine, state, now);
  }

  machineNoticed(machine: MachineId, since: Micros, now: Micros): void {
    this.recovery.machineNoticed(machine, since, now);
  }

  workKept(task: TaskId, kept: Micros): void {
    this.recovery.workKept(task, kept);
  }

  volumeLost(task: TaskId, now: Micros): void {
    this.recovery.volumesLost++;
    this.health[this.cluster.tasks.framework[task]]?.volumeLost(task, now);
  }

  machineIsolated(machine: MachineId, isIsolated: boolean, now: Micros): void {
    for (const service of this.health) service?.machineIsolated(machine, isIsolated, now);
  }

  taskSilenced(task: TaskId, now: Micros): void {
    const { tasks } = this.cluster;
    this.recovery.taskSilenced(task, now);
    this.health[tasks.framework[task]]?.taskStopped(task, tasks.machine[task], now);
  }

  usageChanged(framework: FrameworkId, used: Float64Array, now: Micros): void {
    this.framework(framework).usageChanged(used, now);
    this.usage.changed(framework, used, now);
  }

  usageExceeds(machine: MachineId, beyond: Float64Array, now: Micros): void {
    this.overUse.changed(machine, beyond, now);
  }

  provisionChanged(framework: FrameworkId, application: number, provision: ScalingState, now: Micros): void {
    this.scaling.changed(framework, application, provision, now);
  }

  offerMade(_framework: FrameworkId, _machine: MachineId, now: Micros): void {
    this.offers.made(now);
  }

  offerEnded(_framework: FrameworkId, _machine: MachineId, end: OfferEnd, held: Micros, now: Micros): void {
    this.offers.ended(end, held, now);
  }

  decided(framework: FrameworkId, decisionTime: Micros, _now: Micros, ordinal = 0): void {
    this.schedulers.decided(framework, ordinal, decisionTime);
  }

  attempted(attempt: Attempt, now: Micros): void {
    this.schedulers.attempted(attempt, now);
  }

  passEnded(now: Micros): void {
    this.fragmentationBlocked.passEnded(now);
  }

  roundsRepeated(rounds: OfferRounds): void {
    this.offers.declinedAtOnce(rounds);
    this.fragmentationBlocked.passesRepeated(rounds);
  }

  refused(refusal: Refusal): void {
    this.refusals.set(refusal, (this.refusals.get(refusal) ?? 0) + 1);
  }

  private taskStopped(task: TaskId, machine: MachineId, now: Micros): void {
    this.allocation.taskStopped(task, machine, now);
    this.fragmentation.changed(now);
    if (this.offers.counts.made > 0) this.offers.changed(now);
  }

  private framework(id: FrameworkId): FrameworkMetrics {
    const { cluster, frameworks, bins, start } = this;
    while (frameworks.length <= id) frameworks.push(new FrameworkMetrics(cluster.space.size, bins, start));
    return frameworks[id];
  }
}
