import { FOREVER, fromSeconds, type Micros, type TaskId } from '../../model/index.js';
import type { Cancel, Clock } from '../clock.js';
import { isSameVersion, type ServiceTerms } from './submission.js';
import type { WorkListener } from './work.js';

/** Delay before a failed instance restarts, so that an instance that fails at start does not restart in a tight loop. A proposal. */
const BACKOFF: Micros = fromSeconds(1);

/** Callbacks of a keeper to its framework. */
export interface KeeperHost {
  readonly clock: Clock;
  /** Submits a new instance. */
  submit(terms: ServiceTerms, retries: number, backoff: Micros): TaskId;
  stop(task: TaskId): void;
  say(message: string): void;
}

interface Instance {
  readonly task: TaskId;
  readonly terms: ServiceTerms;
  isReady: boolean;
  isRunning: boolean;
  cancelReady: Cancel;
}

/** A rolling upgrade: new instances start one by one; each ready one replaces an old one. */
interface Upgrade {
  readonly from: ServiceTerms;
  readonly to: ServiceTerms;
  /** The new instance that is not ready yet. */
  candidate: TaskId | undefined;
  cancelDeadline: Cancel;
}

/**
 * Maintains the instances of a service. Failed or lost instances are restarted, if necessary on another agent. A new version is
 * rolled out instance by instance, and rolled back when a new instance fails or does not become ready.
 */
export class ServiceKeeper implements WorkListener {
  private readonly host: KeeperHost;
  private readonly instances = new Map<TaskId, Instance>();
  private terms: ServiceTerms;
  private upgrade: Upgrade | undefined;
  private next: ServiceTerms | undefined;
  /** The number of instances that a control loop set during an upgrade. */
  private scaled: number | undefined;

  constructor(host: KeeperHost, terms: ServiceTerms) {
    this.host = host;
    this.terms = terms;
    this.fill();
  }

  /** Ready instances of the wanted version. */
  get ready(): number {
    return [...this.instances.values()].filter(({ isReady }) => isReady).length;
  }

  /** The ready instances, in the order of their submission. */
  get readyTasks(): readonly TaskId[] {
    return [...this.instances.values()].filter(({ isReady }) => isReady).map(({ task }) => task);
  }

  /** Requested number of instances. */
  get wanted(): number {
    return this.scaled ?? (this.next ?? this.terms).instances;
  }

  /** Changes the number of instances. During an upgrade, the change waits for its end. */
  scale(instances: number): void {
    if (instances === this.wanted) return;
    this.scaled = instances;
    if (this.upgrade === undefined) this.applyScale();
  }

  private applyScale(): void {
    if (this.scaled === undefined) return;
    this.terms = { ...this.terms, instances: this.scaled };
    this.scaled = undefined;
    this.fill();
  }

  /** The terms outside of an upgrade. */
  get current(): ServiceTerms {
    return this.terms;
  }

  owns(task: TaskId): boolean {
    return this.instances.has(task);
  }

  /** Changes the terms; during an upgrade the change waits for its end. */
  change(terms: ServiceTerms): void {
    if (this.upgrade !== undefined) {
      this.next = terms;
      return;
    }
    const before = this.terms;
    this.terms = { ...before, instances: terms.instances };
    this.fill();
    if (isSameVersion(before, terms)) return;
    this.host.say(`${terms.name}: upgrade of ${terms.instances} instances started`);
    this.upgrade = { from: this.terms, to: terms, candidate: undefined, cancelDeadline: () => undefined };
    this.rollOn(this.upgrade);
  }

  /** Ends all instances. */
  end(): void {
    this.upgrade?.cancelDeadline();
    this.upgrade = undefined;
    this.next = undefined;
    this.terms = { ...this.terms, instances: 0 };
    this.fill();
  }

  running(task: TaskId, isHealthy: boolean | undefined): void {
    const instance = this.instances.get(task);
    if (instance === undefined) return;
    const isWell = isHealthy ?? instance.terms.healthCheck === undefined;
    if (!isWell) {
      this.notReady(instance);
      return;
    }
    if (instance.isRunning) return;
    instance.isRunning = true;
    instance.cancelReady = this.host.clock.after(instance.terms.readyAfter, () =>
      this.becomesReady(instance),
    );
  }

  lost(task: TaskId, state: string): void {
    const instance = this.instances.get(task);
    if (instance === undefined) return;
    this.notReady(instance);
    this.host.say(`${instance.terms.name}: instance lost (${state}); starting a replacement`);
  }

  failed(task: TaskId, message: string): void {
    const instance = this.instances.get(task);
    if (instance === undefined) return;
    this.notReady(instance);
    this.host.say(`${instance.terms.name}: instance failed: ${message}`);
    if (this.upgrade?.candidate === task) this.rollBack(this.upgrade);
  }

  ended(task: TaskId): void {
    const instance = this.instances.get(task);
    if (instance === undefined) return;
    this.notReady(instance);
    this.instances.delete(task);
    // An instance that ended by itself or can never run is replaced; a stopped one is not.
    this.host.clock.after(BACKOFF, () => this.fill());
  }

  private becomesReady(instance: Instance): void {
    instance.isReady = true;
    const { upgrade } = this;
    if (upgrade?.candidate === instance.task) {
      upgrade.cancelDeadline();
      upgrade.candidate = undefined;
      this.stopOne((old) => old.terms !== upgrade.to);
      this.rollOn(upgrade);
    }
  }

  private notReady(instance: Instance): void {
    instance.cancelReady();
    instance.isRunning = false;
    instance.isReady = false;
  }

  /** The next instance of the new version, or the end of the upgrade. */
  private rollOn(upgrade: Upgrade): void {
    const of = (terms: ServiceTerms) =>
      [...this.instances.values()].filter((other) => other.terms === terms).length;
    if (of(upgrade.to) >= upgrade.to.instances) {
      this.upgrade = undefined;
      this.terms = upgrade.to;
      this.fill();
      this.settled(`${this.terms.name}: upgrade complete`);
      return;
    }
    upgrade.candidate = this.add(upgrade.to);
    upgrade.cancelDeadline = this.host.clock.after(upgrade.to.readyWithin, () => {
      this.host.say(`${upgrade.to.name}: new instance not ready in time`);
      this.rollBack(upgrade);
    });
  }

  /** Rollback: old instances start before new ones stop, as far as resources allow. */
  private rollBack(upgrade: Upgrade): void {
    upgrade.cancelDeadline();
    this.upgrade = undefined;
    this.terms = upgrade.from;
    this.settled(`${this.terms.name}: upgrade is rolled back`);
    for (const instance of [...this.instances.values()])
      if (instance.terms === upgrade.to) this.stop(instance);
    this.fill();
  }

  private settled(message: string): void {
    this.host.say(message);
    const { next } = this;
    this.next = undefined;
    this.applyScale();
    if (next !== undefined) this.host.clock.after(0, () => this.change(next));
  }

  /** Scales to the wanted number of instances; an upgrade counts its own. */
  private fill(): void {
    if (this.upgrade !== undefined) return;
    while (this.instances.size < this.terms.instances) this.add(this.terms);
    while (this.instances.size > this.terms.instances) this.stopOne(() => true);
  }

  private add(terms: ServiceTerms): TaskId {
    const task = this.host.submit(terms, FOREVER, BACKOFF);
    this.instances.set(task, {
      task,
      terms,
      isReady: false,
      isRunning: false,
      cancelReady: () => undefined,
    });
    return task;
  }

  /** Selects a victim; instances that are not ready go first. */
  private stopOne(passes: (instance: Instance) => boolean): void {
    const candidates = [...this.instances.values()].filter(passes);
    const instance = candidates.find(({ isReady }) => !isReady) ?? candidates.at(-1);
    if (instance !== undefined) this.stop(instance);
  }

  private stop(instance: Instance): void {
    this.notReady(instance);
    this.instances.delete(instance.task);
    this.host.stop(instance.task);
  }
}
