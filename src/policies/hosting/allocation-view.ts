import { FOREVER, NONE } from '../../model/index.js';
import type {
  AllocationView,
  Allocator,
  Dimension,
  FrameworkFacts,
  FrameworkId,
  MachineId,
  Micros,
  OfferSink,
  OfferVerdict,
  Portion,
  Random,
  Space,
  Verdict,
} from '../contract.js';
import type { FullAllocationView, ParcelView, TraitView } from '../contract-offers.js';
import { CallGate } from './call-gate.js';
import { PolicyMemory } from './policy-memory.js';

/** The ledger behind the view of an allocator. */
export interface AllocatorLedger {
  readonly space: Space;
  readonly parcels: ParcelView | undefined;
  readonly traits: TraitView | undefined;
  /** Has the framework tasks to place, as far as the host knows, and a connection? */
  wants(framework: FrameworkId): boolean;
  /** Free on machines that count in the total and take no tasks now. */
  closedFree(dimension: number): number;
  /** They are not replaced during a call. */
  columns(): AllocationColumns;
}

/** Columns are by machine or framework, then by dimension. */
export interface AllocationColumns {
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
}

/** The framework for which a machine is gathered; NONE for none. */
export type Gatherer = (machine: MachineId) => FrameworkId;

const NOBODY_GATHERS: Gatherer = () => NONE;

interface CallState {
  readonly memory: PolicyMemory;
  now: Micros;
  columns: AllocationColumns;
}

/** The view of an allocator. */
class LedgerView implements FullAllocationView {
  readonly random: Random;
  readonly space: Space;
  readonly parcels: ParcelView | undefined;
  readonly traits: TraitView | undefined;
  readonly #ledger: AllocatorLedger;
  readonly #wants: AllocationView['wants'];
  readonly #call: CallState;
  readonly #dims: number;
  readonly #gatherer: Gatherer;

  constructor({ ledger, random, wants, gatherer = NOBODY_GATHERS }: HostedAllocatorParts, call: CallState) {
    this.#gatherer = gatherer;
    this.random = Object.freeze(() => random());
    this.space = ledger.space;
    this.parcels = ledger.parcels;
    this.traits = ledger.traits;
    this.#ledger = ledger;
    this.#wants = wants;
    this.#call = call;
    this.#dims = ledger.space.dimensions.length;
    Object.freeze(this);
  }

  get now(): Micros {
    return this.#call.now;
  }

  get frameworks(): readonly FrameworkFacts[] {
    return this.#call.columns.frameworks;
  }

  get candidateCount(): number {
    return this.#call.columns.candidateCount;
  }

  candidate(index: number): MachineId {
    return this.#call.columns.candidates[index];
  }

  free(machine: MachineId, dimension: Dimension): number {
    return this.#call.columns.free[machine * this.#dims + dimension];
  }

  total(dimension: Dimension): number {
    return this.#call.columns.total[dimension];
  }

  closedFree(dimension: Dimension): number {
    return this.#ledger.closedFree(dimension);
  }

  allocated(framework: FrameworkId, dimension: Dimension): number {
    return this.#call.columns.allocated[framework * this.#dims + dimension];
  }

  offered(framework: FrameworkId, dimension: Dimension): number {
    const { offered } = this.#call.columns;
    return offered === undefined ? 0 : offered[framework * this.#dims + dimension];
  }

  offersMade(framework: FrameworkId): number {
    return this.#call.columns.offersMade[framework];
  }

  gathering(machine: MachineId): FrameworkId {
    return this.#gatherer(machine);
  }

  wants(framework: FrameworkId): boolean {
    return this.#wants(framework);
  }

  recall(key: string): string | undefined {
    return this.#call.memory.get(key);
  }
}

Object.freeze(LedgerView.prototype);

/** Dependencies of a hosted allocator. */
export interface HostedAllocatorParts {
  readonly allocator: Allocator;
  readonly ledger: AllocatorLedger;
  readonly random: Random;
  readonly wants: AllocationView['wants'];
  /** Left out on a host that does not gather. */
  readonly gatherer?: Gatherer;
  /** What the allocator remembers; empty by default. */
  readonly memory?: PolicyMemory;
  readonly offer: (
    framework: FrameworkId,
    machine: MachineId,
    portion: Portion | undefined,
    until: Micros,
  ) => OfferVerdict;
  readonly rescind: OfferSink['rescind'];
  readonly wakeAt: OfferSink['wakeAt'];
}

/** An allocator in its host: the view that it gets, and its calls. */
export class HostedAllocator {
  readonly #allocator: Allocator;
  readonly #ledger: AllocatorLedger;
  readonly #call: CallState;
  readonly #view: AllocationView;
  readonly #offers: OfferSink;
  readonly #gate: CallGate;
  #hasBegun = false;

  constructor(parts: HostedAllocatorParts) {
    const { allocator, ledger, offer, rescind, wakeAt, memory = new PolicyMemory() } = parts;
    const gate = new CallGate(allocator.name);
    this.#allocator = allocator;
    this.#ledger = ledger;
    this.#gate = gate;
    this.#call = { memory, now: 0, columns: ledger.columns() };
    this.#view = new LedgerView(parts, this.#call);
    this.#offers = Object.freeze({
      offer: (framework: FrameworkId, machine: MachineId, portion?: Portion, until = FOREVER) => {
        gate.check();
        return offer(framework, machine, portion, until);
      },
      rescind: (framework: FrameworkId, machine: MachineId) => {
        gate.check();
        return rescind(framework, machine);
      },
      wakeAt: (time: Micros) => {
        gate.check();
        return wakeAt(time);
      },
      remember: (key: string, text: string | undefined): Verdict => {
        gate.check();
        return memory.set(String(key), text === undefined ? undefined : String(text)) ? 'done' : 'too-large';
      },
    });
  }

  allocate(now: Micros): void {
    this.#call.now = now;
    this.#call.columns = this.#ledger.columns();
    if (!this.#hasBegun) this.#allocator.begin?.(this.#view);
    this.#hasBegun = true;
    this.#gate.during(() => this.#allocator.allocate(this.#view, this.#offers));
  }
}
