import {
  allocatedShare,
  type Cluster,
  type FrameworkId,
  type FreeTable,
  grown,
  type Micros,
  NONE,
  type OfferRounds,
  type TaskClassId,
} from '../../model/index.js';
import type { UnallocatedTable } from './unallocated-table.js';

/** Checks of machines allowed per scheduling pass, so that this metric never dominates a run. A look costs one check per visited machine. */
const CHECKS_PER_PASS = 32;

/** Number of classes whose visit costs about as much as a check of one machine. */
const CLASSES_PER_CHECK = 16;

/**
 * Measures how long fragmentation blocks the framework with the lowest dominant share. Dominant shares refer to the
 * pooled capacity, so the fair choice may be a framework whose tasks fit on no single machine (Ghodsi et
 * al., "Dominant Resource Fairness", NSDI 2011, on fragmentation; Wang, Li & Liang, "DRFH", INFOCOM 2014).
 *
 * The next framework by share has waiting tasks and the lowest dominant share of allocated resources, divided by its weight. Ties
 * go to the first name in alphabetical order. The framework is unplaceable when none of its waiting tasks fits into the
 * unallocated resources of any machine, although the total over the machines that one of these tasks may use would be enough.
 *
 * The state is evaluated after scheduling passes, and is kept until the next evaluation. It is evaluated after each pass if that
 * is cheap, otherwise less often.
 */
export class FragmentationBlocked {
  private readonly cluster: Cluster;
  private readonly unallocated: UnallocatedTable;
  /** `waiting[framework][class]`: number of waiting tasks. */
  private readonly waiting: Int32Array[] = [];
  private readonly waitingTasks: number[] = [];
  private allWaiting = 0;
  /** Upper bound of the classes of waiting tasks so far. */
  private classBound = 0;
  private readonly time: number[] = [];
  private readonly sum: Float64Array;
  private credit = 0;
  private cost = 0;
  private since: Micros = 0;
  /** The framework that is next by share, if it is unplaceable; otherwise NONE. */
  private current: FrameworkId = NONE;

  constructor(cluster: Cluster, unallocated: UnallocatedTable) {
    this.cluster = cluster;
    this.unallocated = unallocated;
    this.sum = new Float64Array(cluster.space.size);
  }

  /** The waiting tasks and the latest evaluation are those at the end of another part of the run. */
  continueFrom(before: FragmentationBlocked, now: Micros): void {
    for (const [framework, classes] of before.waiting.entries()) {
      this.waiting.push(classes.slice());
      this.waitingTasks.push(before.waitingTasks[framework]);
      this.time.push(0);
    }
    this.allWaiting = before.allWaiting;
    this.classBound = before.classBound;
    this.credit = before.credit;
    this.cost = before.cost;
    this.current = before.current;
    this.since = now;
  }

  /** Adds (1) or removes (-1) a waiting task of this class of the framework. */
  count(framework: FrameworkId, taskClass: TaskClassId, change: 1 | -1): void {
    while (this.waiting.length <= framework) {
      this.waiting.push(new Int32Array(64));
      this.waitingTasks.push(0);
      this.time.push(0);
    }
    if (taskClass >= this.waiting[framework].length)
      this.waiting[framework] = grown(this.waiting[framework], taskClass + 1);
    if (taskClass >= this.classBound) this.classBound = taskClass + 1;
    this.waiting[framework][taskClass] += change;
    this.waitingTasks[framework] += change;
    this.allWaiting += change;
  }

  /** A scheduling pass has ended. Evaluates the state if the passes since the last evaluation allow it. */
  passEnded(now: Micros): void {
    this.credit += CHECKS_PER_PASS;
    if (this.credit < this.cost) return;
    this.credit = 0;
    this.advance(now);
    this.current = this.look();
  }

  /** All of these passes ended, and nothing changed between them. */
  passesRepeated({ from, period, periods, passes }: OfferRounds): void {
    const all = periods * passes.length;
    const first = this.passesToLook();
    if (first > all) {
      this.credit += all * CHECKS_PER_PASS;
      return;
    }
    const at = first - 1;
    this.advance(from + Math.floor(at / passes.length) * period + passes[at % passes.length]);
    this.credit = 0;
    this.current = this.look();
    // Further evaluations find the same state, and times add up.
    this.credit = ((all - first) % this.passesToLook()) * CHECKS_PER_PASS;
  }

  /** Number of passes until the next evaluation. */
  private passesToLook(): number {
    return Math.max(1, Math.ceil((this.cost - this.credit) / CHECKS_PER_PASS));
  }

  /** Counts the time up to `now`. */
  advance(now: Micros): void {
    if (this.current !== NONE) this.time[this.current] += now - this.since;
    this.since = now;
  }

  /** Micros for which this framework was next by share and unplaceable. */
  timeOf(framework: FrameworkId): Micros {
    return this.time[framework] ?? 0;
  }

  private look(): FrameworkId {
    this.cost = this.waiting.length;
    const framework = this.nextByShare();
    return framework !== NONE && this.isFragmented(framework) ? framework : NONE;
  }

  private nextByShare(): FrameworkId {
    if (this.allWaiting === 0) return NONE;
    const { frameworks } = this.cluster;
    let next = NONE;
    let lowest = Number.POSITIVE_INFINITY;
    for (let framework = 0; framework < this.waiting.length; framework++) {
      if (this.waitingTasks[framework] === 0) continue;
      const { name, weight } = frameworks[framework];
      const share = allocatedShare(this.cluster, framework) / weight;
      if (share > lowest || (share === lowest && name > frameworks[next].name)) continue;
      next = framework;
      lowest = share;
    }
    return next;
  }

  private isFragmented(framework: FrameworkId): boolean {
    const classes = this.waiting[framework];
    this.cost += classes.length / CLASSES_PER_CHECK;
    let isHeldTogether = false;
    let table: FreeTable | undefined;
    const bound = Math.min(classes.length, this.classBound);
    for (let taskClass = 0; taskClass < bound; taskClass++) {
      if (classes[taskClass] === 0 || !this.isHeldByCluster(taskClass)) continue;
      table ??= this.unallocated.gather();
      if (this.fitsSomewhere(table, taskClass)) return false;
      isHeldTogether ||= this.isHeldByItsMachines(table, taskClass);
    }
    return isHeldTogether;
  }

  /** Is the total unallocated amount enough for a task of this class? If not, no machine needs to be visited. */
  private isHeldByCluster(taskClass: TaskClassId): boolean {
    const { classes, total, allocated } = this.cluster;
    const dims = this.sum.length;
    for (let d = 0; d < dims; d++)
      if (total[d] - allocated[d] < classes.demand[taskClass * dims + d]) return false;
    return true;
  }

  private fitsSomewhere(table: FreeTable, taskClass: TaskClassId): boolean {
    this.cost += table.count;
    for (let machine = 0; machine < table.count; machine++) if (table.fits(machine, taskClass)) return true;
    return false;
  }

  /** Does the total unallocated amount of the machines that this task class may use cover the demand? */
  private isHeldByItsMachines(table: FreeTable, taskClass: TaskClassId): boolean {
    const { classes, constraints } = this.cluster;
    const dims = this.sum.length;
    this.sum.fill(0);
    for (let machine = 0; machine < table.count; machine++) {
      if (table.open[machine] === 0 || !constraints.allows(classes.constraint[taskClass], machine)) continue;
      for (let d = 0; d < dims; d++) this.sum[d] += table.free[machine * dims + d];
    }
    for (let d = 0; d < dims; d++) if (this.sum[d] < classes.demand[taskClass * dims + d]) return false;
    return true;
  }
}
