import { FOREVER, type MachineId, type Micros } from '../../model/index.js';
import type { ControlVerdict, RentableFacts, RentalOfferId } from '../../policies/contract-control.js';
import type { ControlPart, Wake } from './control-part.js';
import type { RunActions } from './run-actions.js';
import { StartableTasks } from './startable-tasks.js';

/** Terms of the cloud. */
export interface CloudTerms {
  readonly startup: Micros;
  readonly notice: Micros;
  /** Draws the time until the cloud interrupts a machine that became ready; FOREVER on demand. */
  readonly lifetime: (machine: MachineId) => Micros;
}

const NO_CLOUD: CloudTerms = { startup: FOREVER, notice: 0, lifetime: () => FOREVER };

/** The subject of an event is 3 x rental + kind. */
const [READY, NOTICE, TAKEN_BACK] = [0, 1, 2];
const KINDS = 3;

/** A machine of the cloud. An event with a time other than the planned one is stale. */
interface Rental {
  readonly machine: MachineId;
  readonly offer: RentalOfferId;
  phase: 'off' | 'starting' | 'on' | 'noticed';
  readyAt: Micros;
  noticeAt: Micros;
}

/**
 * A cloud. Ordered machines accept tasks after a startup time. Spot machines may be interrupted after a notice. The
 * rented rows of the ledger are its machines; they are down while they are not rented.
 */
export class CloudProvider implements ControlPart {
  private readonly terms: CloudTerms;
  private readonly actions: RunActions;
  private readonly wake: Wake;
  private readonly rentals: readonly Rental[];
  /** First machine of each offer. */
  private readonly samples: readonly MachineId[];
  private rented: readonly MachineId[] = Object.freeze([]);

  /** Without terms there is no cloud. */
  constructor(terms: CloudTerms | undefined, actions: RunActions, wake: Wake) {
    this.terms = terms ?? NO_CLOUD;
    this.actions = actions;
    this.wake = wake;
    const samples: MachineId[] = [];
    this.rentals = (terms === undefined ? [] : rentedRows(actions)).map((machine) => {
      if (!isAlike(machine, samples.at(-1), actions)) samples.push(machine);
      const offer = samples.length - 1;
      return { machine, offer, phase: 'off', readyAt: Number.NaN, noticeAt: Number.NaN };
    });
    this.samples = samples;
  }

  begin(_now: Micros): void {
    for (const { machine } of this.rentals) this.actions.setMachineState(machine, 'down');
  }

  due(subject: number, now: Micros): void {
    const kind = subject % KINDS;
    const rental = this.rentals[(subject - kind) / KINDS];
    if (kind === READY && rental.readyAt === now) this.becomesReady(rental, now);
    if (kind === NOTICE && rental.noticeAt === now) this.isNoticed(rental, now);
    if (kind === TAKEN_BACK && rental.phase === 'noticed' && rental.noticeAt + this.terms.notice === now)
      this.end(rental, now);
  }

  rent(offer: RentalOfferId, machines: number, now: Micros): ControlVerdict {
    if (this.samples[offer] === undefined) return 'unknown-offer';
    if (!(Number.isInteger(machines) && machines >= 0)) return 'wrong-amount';
    const free = this.rentals.filter((rental) => rental.offer === offer && rental.phase === 'off');
    if (free.length < machines) return 'sold-out';
    for (const rental of free.slice(0, machines)) this.order(rental, now);
    return 'done';
  }

  giveBack(machine: MachineId, now: Micros): ControlVerdict {
    const rental = this.rentals.find((one) => one.machine === machine);
    if (rental?.phase !== 'on') return 'not-rented';
    const { claims, machines } = this.actions.cluster;
    if (machines.tasks[machine] > 0 || claims.areOn(machine)) return 'machine-in-use';
    this.end(rental, now);
    return 'done';
  }

  /** Has the cloud announced to take the machine back? */
  isLeaving(machine: MachineId): boolean {
    return this.rentals.some((rental) => rental.machine === machine && rental.phase === 'noticed');
  }

  facts(): RentableFacts {
    const { actions, rentals, samples, terms } = this;
    const { machines, space } = actions.cluster;
    const count = (offer: RentalOfferId, phase: Rental['phase']) =>
      rentals.filter((rental) => rental.offer === offer && rental.phase === phase).length;
    const rented = () => this.rented;
    const startable = new StartableTasks(actions.cluster, actions.bounds);
    return {
      offers: samples.length,
      capacity: (offer, d) => machines.capacity[samples[offer] * space.size + d],
      pricePerHour: (offer) => machines.specs[samples[offer]].pricePerHour ?? Number.NaN,
      startUp: () => terms.startup,
      available: (offer) => count(offer, 'off'),
      starting: (offer) => count(offer, 'starting'),
      takes: (offer, taskClass) => actions.cluster.fitsEmpty(samples[offer], taskClass),
      startable: (offer, tasks) =>
        startable.on(
          rentals
            .filter((one) => one.offer === offer && (one.phase === 'off' || one.phase === 'starting'))
            .map(({ machine }) => machine),
          tasks,
        ),
      get rented() {
        return rented();
      },
      upSince: (machine) => {
        const rental = rentals.find((one) => one.machine === machine);
        return rental?.phase === 'on' ? rental.readyAt : Number.NaN;
      },
    };
  }

  private order(rental: Rental, now: Micros): void {
    rental.phase = 'starting';
    rental.readyAt = now + this.terms.startup;
    this.actions.cluster.machines.readyAt[rental.machine] = rental.readyAt;
    this.actions.observer.machineOrdered(rental.machine, now);
    this.wake(rental.readyAt, this.subjectOf(rental, READY));
  }

  private becomesReady(rental: Rental, now: Micros): void {
    this.enter(rental, 'on');
    this.actions.cluster.machines.readyAt[rental.machine] = FOREVER;
    this.actions.cluster.machines.setDrain(rental.machine, 'policy', false);
    this.actions.setMachineState(rental.machine, 'up');
    const lifetime = this.terms.lifetime(rental.machine);
    rental.noticeAt = now + lifetime;
    if (Number.isFinite(lifetime)) this.wake(rental.noticeAt, this.subjectOf(rental, NOTICE));
  }

  private isNoticed(rental: Rental, now: Micros): void {
    this.enter(rental, 'noticed');
    this.actions.setMachineState(rental.machine, 'draining');
    this.wake(now + this.terms.notice, this.subjectOf(rental, TAKEN_BACK));
  }

  /** Tasks that still run on it are interrupted. */
  private end(rental: Rental, now: Micros): void {
    this.enter(rental, 'off');
    rental.readyAt = Number.NaN;
    rental.noticeAt = Number.NaN;
    this.actions.setMachineState(rental.machine, 'down');
    this.actions.observer.machineGivenBack(rental.machine, now);
  }

  private enter(rental: Rental, phase: Rental['phase']): void {
    rental.phase = phase;
    const up = this.rentals.filter((one) => one.phase === 'on');
    this.rented = Object.freeze(up.map(({ machine }) => machine));
  }

  private subjectOf(rental: Rental, kind: number): number {
    return KINDS * this.rentals.indexOf(rental) + kind;
  }
}

function rentedRows({ cluster }: RunActions): readonly MachineId[] {
  const { specs } = cluster.machines;
  return specs.flatMap(({ supply }, machine) => (supply === 'rented' ? [machine] : []));
}

/** Machines of one offer follow each other, and have the same capacity, attributes and price. */
function isAlike(machine: MachineId, other: MachineId | undefined, { cluster }: RunActions): boolean {
  if (other === undefined) return false;
  const { kind, specs } = cluster.machines;
  return kind[machine] === kind[other] && specs[machine].pricePerHour === specs[other].pricePerHour;
}
