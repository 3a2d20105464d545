import { FilterCopy, type FrameworkId, type Micros, NONE, type Observer } from '../../model/index.js';
import type { Allocator } from '../../policies/contract.js';
import type { AllocationHost } from '../../policies/hosting/allocation-host.js';
import type { OfferTerms } from '../../policies/policy.js';
import type { DecisionTimes } from '../decision-time.js';
import type { Execution } from '../execution.js';
import type { Outlook } from './architecture.js';
import type { OfferHolder } from './offer-holder.js';

/** What decides whether rounds of a run may be left out. */
export interface RepeatTerms {
  readonly allocator: Allocator;
  readonly terms: OfferTerms;
  readonly decisionTimes: DecisionTimes;
}

/**
 * Can rounds be left out in this run? Every offer must be declined at the instant at which it is made, the allocator must repeat its
 * offers, and no observer may need each of them.
 */
export function mayRepeat(
  { allocator, terms, decisionTimes }: RepeatTerms,
  { observer }: { readonly observer: Observer },
): boolean {
  const { interval, hold, refuse, timeout } = terms;
  const models = [decisionTimes, ...(decisionTimes.byFramework?.values() ?? [])];
  return (
    allocator.isSteady === true &&
    observer.roundsRepeated !== undefined &&
    models.every(({ perJob, perTask }) => perJob === 0 && perTask === 0) &&
    interval > 0 &&
    hold === 0 &&
    Number.isFinite(refuse) &&
    timeout === Number.POSITIVE_INFINITY
  );
}

/**
 * Leaves out rounds of offers that repeat. While tasks wait and nothing else happens, a framework declines the same machines at each
 * end of its filters. A log of months has millions of such rounds.
 *
 * A period is the time from a refusal to the next offer. If the state at a batch equals the state a period before it, relative to the
 * time, then each later period is the same up to the next event: the state and the answers do not depend on the time. Then the clock
 * moves on by whole periods, and the offers of these are counted. The last round before the event happens as usual.
 *
 * Only for a single framework that wants offers. With several, the number of offers that each has had decides ties of shares, and it
 * is never the same again.
 */
export class RepeatedRounds {
  private readonly execution: Execution;
  private readonly outlook: Outlook;
  private readonly host: AllocationHost;
  private readonly period: Micros;
  /** Number of batches that are in the event queue, and of those that came. */
  private scheduled = 0;
  private reached = 0;
  /** The state at the batch with which later ones are compared. The framework is NONE if there is none. */
  private framework: FrameworkId = NONE;
  private markedAt: Micros = 0;
  private readonly filters = new FilterCopy();
  private otherEvents = 0;
  private actions = 0;
  private made = 0;
  /** The ends of passes since then, as times after it. */
  private readonly passes: Micros[] = [];
  /** The offers of each of these passes. */
  private readonly offersByPass: number[] = [];
  private madeBefore = 0;

  constructor(execution: Execution, outlook: Outlook, host: AllocationHost, terms: OfferTerms) {
    const { interval, refuse } = terms;
    this.execution = execution;
    this.outlook = outlook;
    this.host = host;
    this.period = Math.ceil(Math.max(refuse, interval) / interval) * interval;
  }

  batchScheduled(): void {
    this.scheduled++;
  }

  batchReached(): void {
    this.scheduled--;
    this.reached++;
  }

  passEnded(): void {
    if (this.framework === NONE) return;
    const made = this.execution.cluster.offered.made[this.framework];
    this.passes.push(this.execution.now - this.markedAt);
    this.offersByPass.push(made - this.madeBefore);
    this.madeBefore = made;
  }

  /**
   * An allocation is about to begin, and only this framework wants offers. If its round repeats, the clock moves on to the last
   * repetition before the next event.
   */
  leaveOut(holder: OfferHolder): void {
    const isMarked = this.framework === holder.framework && this.isUnchanged(holder);
    if (isMarked && this.execution.now < this.markedAt + this.period) return;
    if (isMarked && this.isRepeated(holder)) this.moveOn(holder);
    this.framework = NONE;
    if (this.mayMark(holder)) this.mark(holder);
  }

  /** Was there no event but batches, and no action of the scheduler? */
  private isUnchanged(holder: OfferHolder): boolean {
    return this.otherEvents === this.countOthers() && this.actions === holder.actionCount;
  }

  private countOthers(): number {
    return this.outlook.eventCount - this.reached;
  }

  private isRepeated({ framework }: OfferHolder): boolean {
    const { execution, filters, host, markedAt, period, scheduled } = this;
    if (execution.now !== markedAt + period || scheduled > 0) return false;
    return host.hasFilters(filters, framework);
  }

  private moveOn({ framework }: OfferHolder): void {
    const { execution, host, outlook, passes, offersByPass, period } = this;
    const { cluster, now, observer } = execution;
    const periods = Math.ceil((outlook.quietUntil - now) / period) - 1;
    if (!(periods > 0 && Number.isFinite(periods))) return;
    const offers = cluster.offered.made[framework] - this.made;
    observer.roundsRepeated?.({ from: now, period, periods, offers, passes, offersByPass });
    cluster.offered.made[framework] += offers * periods;
    host.postponeFilters(framework, periods * period);
    execution.now = now + periods * period;
  }

  /** A mark is useless if an event comes before a round could be left out. */
  private mayMark({ isSteady, queue }: OfferHolder): boolean {
    const { execution, outlook, period, scheduled } = this;
    const { claims, rules } = execution.cluster;
    if (!isSteady || scheduled > 0 || outlook.quietUntil <= execution.now + 2 * period) return false;
    // Gathering for gangs takes turns by time.
    return queue.gangTasks === 0 && claims.size === 0 && rules.kept === undefined;
  }

  private mark(holder: OfferHolder): void {
    const { execution, host } = this;
    const { framework } = holder;
    if (!host.copyFilters(this.filters, framework)) return;
    this.framework = framework;
    this.markedAt = execution.now;
    this.otherEvents = this.countOthers();
    this.actions = holder.actionCount;
    this.made = execution.cluster.offered.made[framework];
    this.madeBefore = this.made;
    this.passes.length = 0;
    this.offersByPass.length = 0;
  }
}
