import type {
  AllocationView,
  Allocator,
  Dimension,
  FrameworkFacts,
  FrameworkId,
  MachineId,
  Micros,
  OfferSink,
  Random,
  Space,
} from '../contract.js';
import type { ParcelView, TraitView } from '../contract-offers.js';

/** The ledger of a host, as its allocator reads it. Columns are by machine or framework, then by dimension. */
export interface AllocationLedger {
  readonly space: Space;
  readonly random: Random;
  /** Frozen, and replaced when it changes. */
  readonly frameworks: readonly FrameworkFacts[];
  readonly candidates: ArrayLike<MachineId>;
  readonly candidateCount: number;
  readonly free: ArrayLike<number>;
  readonly total: ArrayLike<number>;
  readonly allocated: ArrayLike<number>;
  /** Undefined where offered amounts count as allocated. */
  readonly offered: ArrayLike<number> | undefined;
  readonly offersMade: ArrayLike<number>;
  readonly parcels: ParcelView | undefined;
  readonly traits: TraitView | undefined;
  wants(framework: FrameworkId): boolean;
}

/** The view of an allocator. The host moves `now`. */
class LedgerView implements AllocationView {
  readonly random: Random;
  readonly space: Space;
  readonly #ledger: AllocationLedger;
  readonly #call: { now: Micros };
  readonly #dims: number;

  constructor(ledger: AllocationLedger, call: { now: Micros }) {
    const { random } = ledger;
    this.random = Object.freeze(() => random());
    this.space = ledger.space;
    this.#ledger = ledger;
    this.#call = call;
    this.#dims = ledger.space.dimensions.length;
    Object.freeze(this);
  }

  get now(): Micros {
    return this.#call.now;
  }

  get frameworks(): readonly FrameworkFacts[] {
    return this.#ledger.frameworks;
  }

  get candidateCount(): number {
    return this.#ledger.candidateCount;
  }

  candidate(index: number): MachineId {
    return this.#ledger.candidates[index];
  }

  free(machine: MachineId, dimension: Dimension): number {
    return this.#ledger.free[machine * this.#dims + dimension];
  }

  total(dimension: Dimension): number {
    return this.#ledger.total[dimension];
  }

  allocated(framework: FrameworkId, dimension: Dimension): number {
    return this.#ledger.allocated[framework * this.#dims + dimension];
  }

  offered(framework: FrameworkId, dimension: Dimension): number {
    const { offered } = this.#ledger;
    return offered === undefined ? 0 : offered[framework * this.#dims + dimension];
  }

  offersMade(framework: FrameworkId): number {
    return this.#ledger.offersMade[framework];
  }

  wants(framework: FrameworkId): boolean {
    return this.#ledger.wants(framework);
  }

  get parcels(): ParcelView | undefined {
    return this.#ledger.parcels;
  }

  get traits(): TraitView | undefined {
    return this.#ledger.traits;
  }
}

Object.freeze(LedgerView.prototype);

/** An allocator in its host: the view that it gets, and its calls. */
export class HostedAllocator {
  readonly #allocator: Allocator;
  readonly #call = { now: 0 };
  readonly #view: AllocationView;
  readonly #offers: OfferSink;
  #hasBegun = false;

  constructor(allocator: Allocator, ledger: AllocationLedger, offer: OfferSink['offer']) {
    this.#allocator = allocator;
    this.#view = new LedgerView(ledger, this.#call);
    this.#offers = Object.freeze({ offer });
  }

  allocate(now: Micros): void {
    this.#call.now = now;
    if (!this.#hasBegun) this.#allocator.begin?.(this.#view);
    this.#hasBegun = true;
    this.#allocator.allocate(this.#view, this.#offers);
  }
}
