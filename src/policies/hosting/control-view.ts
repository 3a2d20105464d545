import { type Cluster, NONE } from '../../model/index.js';
import type {
  Dimension,
  FrameworkId,
  JobFacts,
  MachineId,
  Machines,
  Micros,
  Random,
  ServiceFacts,
  Space,
  TaskClassId,
  TaskId,
  UsageFacts,
} from '../contract.js';
import type {
  ControlView,
  CurrentTasks,
  RentableFacts,
  RentalOfferId,
  RevocableFacts,
} from '../contract-control.js';
import { JobsView } from './jobs-view.js';
import { MachinesView } from './machines-view.js';
import { type Measurements, ServicesView, UsageView } from './measured-views.js';
import type { PolicyMemory } from './policy-memory.js';
import { scoreReads } from './score-reads.js';
import { SpaceView } from './space-view.js';
import { TasksView } from './task-views.js';

/** What a host knows beside its ledger. Control loops get these facts and no other part of the objects that know them. */
export interface MeasuredFacts extends Measurements {
  readonly rentable: RentableFacts;
  mayResize(framework: FrameworkId): boolean;
}

/** Time of the call, and what the loop remembers. The host of the loop holds it; the view reads it. */
export interface ControlCall {
  now: Micros;
  readonly memory: PolicyMemory;
}

/** The view of a control loop. */
export class LedgerControlView implements ControlView {
  readonly random: Random;
  readonly space: Space;
  readonly machines: Machines;
  readonly tasks: CurrentTasks;
  readonly jobs: JobFacts;
  readonly usage: UsageFacts;
  readonly services: ServiceFacts;
  readonly rentable: RentableFacts;
  readonly revocable: RevocableFacts;
  readonly #facts: MeasuredFacts;
  readonly #call: ControlCall;

  constructor(cluster: Cluster, facts: MeasuredFacts, random: Random, call: ControlCall, loop: string) {
    this.random = Object.freeze(() => random());
    this.space = new SpaceView(cluster);
    this.tasks = new TasksView(cluster);
    this.jobs = new JobsView(cluster, call);
    this.machines = new MachinesView({
      cluster,
      table: cluster.free,
      space: this.space,
      reads: scoreReads(cluster, call, facts),
      random: this.random,
      policy: loop,
      usageVersion: facts.usageVersion,
    });
    this.usage = new UsageView(facts.usage);
    this.services = new ServicesView(facts.services);
    this.rentable = new RentableView(facts.rentable);
    this.revocable = new RevocableView(cluster);
    this.#facts = facts;
    this.#call = call;
    Object.freeze(this);
  }

  get now(): Micros {
    return this.#call.now;
  }

  recall(key: string): string | undefined {
    return this.#call.memory.get(key);
  }

  mayResize(framework: FrameworkId): boolean {
    return this.#facts.mayResize(framework);
  }
}

/** The clouds of the host. */
class RentableView implements RentableFacts {
  readonly #facts: RentableFacts;

  constructor(facts: RentableFacts) {
    this.#facts = facts;
    Object.freeze(this);
  }

  get offers(): number {
    return this.#facts.offers;
  }

  get rented(): readonly MachineId[] {
    return this.#facts.rented;
  }

  capacity(offer: RentalOfferId, dimension: Dimension): number {
    return this.#facts.capacity(offer, dimension);
  }

  pricePerHour(offer: RentalOfferId): number {
    return this.#facts.pricePerHour(offer);
  }

  startUp(offer: RentalOfferId): Micros {
    return this.#facts.startUp(offer);
  }

  available(offer: RentalOfferId): number {
    return this.#facts.available(offer);
  }

  starting(offer: RentalOfferId): number {
    return this.#facts.starting(offer);
  }

  takes(offer: RentalOfferId, taskClass: TaskClassId): boolean {
    return this.#facts.takes(offer, taskClass);
  }

  startable(offer: RentalOfferId, tasks: readonly TaskId[]): readonly TaskId[] {
    return this.#facts.startable(offer, tasks);
  }

  upSince(machine: MachineId): Micros {
    return this.#facts.upSince(machine);
  }
}

/** The revocable rows of the ledger. */
class RevocableView implements RevocableFacts {
  readonly #machines: Cluster['machines'];

  constructor({ machines }: Cluster) {
    this.#machines = machines;
    Object.freeze(this);
  }

  hostOf(row: MachineId): MachineId {
    const spec = this.#machines.specs[row];
    return spec?.supply === 'revocable' ? (spec.host ?? NONE) : NONE;
  }
}

// Methods of a view cannot be replaced either: all views of a process share them.
for (const view of [
  LedgerControlView,
  RentableView,
  RevocableView,
  MachinesView,
  TasksView,
  JobsView,
  SpaceView,
])
  Object.freeze(view.prototype);
