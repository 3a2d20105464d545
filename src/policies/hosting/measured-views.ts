import type {
  Dimension,
  FrameworkId,
  Micros,
  ServiceFacts,
  ServiceId,
  TaskId,
  UsageFacts,
} from '../contract.js';

/** What a host measures. Policies get views of these objects, and no other part of them. */
export interface Measurements {
  readonly usage: UsageFacts;
  /** A number that changes when a new sample may have changed the usage of a task that still runs. */
  usageVersion(): number;
  readonly services: ServiceFacts;
}

const unknown = () => Number.NaN;

/** No services. */
export const NO_SERVICES: ServiceFacts = Object.freeze({
  count: 0,
  framework: unknown,
  wanted: unknown,
  ready: unknown,
  least: unknown,
  most: unknown,
  utilization: unknown,
});

/** A host that measures nothing. */
export const UNMEASURED: Measurements = Object.freeze({
  usage: Object.freeze({ last: unknown, mean: unknown, peak: unknown, sampled: unknown, window: 0 }),
  usageVersion: () => 0,
  services: NO_SERVICES,
});

/** Usage as the host measured it. */
export class UsageView implements UsageFacts {
  readonly #facts: UsageFacts;

  constructor(facts: UsageFacts) {
    this.#facts = facts;
    Object.freeze(this);
  }

  get window(): Micros {
    return this.#facts.window;
  }

  last(task: TaskId, dimension: Dimension): number {
    return this.#facts.last(task, dimension);
  }

  mean(task: TaskId, dimension: Dimension): number {
    return this.#facts.mean(task, dimension);
  }

  peak(task: TaskId, dimension: Dimension): number {
    return this.#facts.peak(task, dimension);
  }

  sampled(task: TaskId): Micros {
    return this.#facts.sampled(task);
  }
}

/** The services of the host. */
export class ServicesView implements ServiceFacts {
  readonly #facts: ServiceFacts;

  constructor(facts: ServiceFacts) {
    this.#facts = facts;
    Object.freeze(this);
  }

  get count(): number {
    return this.#facts.count;
  }

  framework(service: ServiceId): FrameworkId {
    return this.#facts.framework(service);
  }

  wanted(service: ServiceId): number {
    return this.#facts.wanted(service);
  }

  ready(service: ServiceId): number {
    return this.#facts.ready(service);
  }

  least(service: ServiceId): number {
    return this.#facts.least(service);
  }

  most(service: ServiceId): number {
    return this.#facts.most(service);
  }

  utilization(service: ServiceId): number {
    return this.#facts.utilization(service);
  }
}

// Methods of a view cannot be replaced either: all views of a process share them.
for (const view of [UsageView, ServicesView]) Object.freeze(view.prototype);
