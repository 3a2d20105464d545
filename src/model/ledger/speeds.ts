import type { MachineId, MachineSpeeds } from './machine.js';

/** Index of an interned speed class of tasks. */
export type SpeedClassId = number;

/** The speed class of tasks whose trace names none. */
export const NO_SPEED_CLASS: SpeedClassId = 0;

/** The parts of a ledger that speeds depend on; see Cluster. */
interface SpeedLedger {
  readonly machines: {
    readonly kind: ArrayLike<number>;
    readonly speedsOfKind: readonly (MachineSpeeds | undefined)[];
  };
  readonly classes: { readonly speedClass: ArrayLike<SpeedClassId> };
}

/**
 * How fast machines run tasks: work of the trace, given on the reference type, takes work / speed. All machines of one kind have equal
 * speeds.
 */
export class Speeds {
  /** Whether policies may know them. */
  areKnown = false;
  private readonly ledger: SpeedLedger;
  private readonly names = [''];
  private readonly idOf = new Map<string, SpeedClassId>([['', NO_SPEED_CLASS]]);

  constructor(ledger: SpeedLedger) {
    this.ledger = ledger;
  }

  /** Whether any machine has a speed. */
  get areInUse(): boolean {
    return this.ledger.machines.speedsOfKind.length > 0;
  }

  intern(name: string): SpeedClassId {
    let id = this.idOf.get(name);
    if (id === undefined) {
      id = this.names.push(name) - 1;
      this.idOf.set(name, id);
    }
    return id;
  }

  /** The speed of machines of a kind at tasks of the class: 1 for the reference type. */
  ofKind(kind: number, taskClass: number): number {
    const speeds = this.ledger.machines.speedsOfKind[kind];
    if (speeds === undefined) return 1;
    const name = this.names[this.ledger.classes.speedClass[taskClass]];
    return (Object.hasOwn(speeds.byClass, name) ? speeds.byClass[name] : undefined) ?? speeds.all;
  }

  /** As `ofKind`, for policies: NaN while speeds are not known to them. */
  seen(kind: number, taskClass: number): number {
    return this.areKnown ? this.ofKind(kind, taskClass) : Number.NaN;
  }

  of(machine: MachineId, taskClass: number): number {
    return this.ofKind(this.ledger.machines.kind[machine], taskClass);
  }
}
