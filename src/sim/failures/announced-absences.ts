import { FOREVER, type MachineId, type MachineTable, type Micros } from '../../model/index.js';
import type { Outage } from './outage.js';

/**
 * What operators have announced: when machines will be away, and when they return. Unplanned outages are not
 * announced, so the return of such machines is unknown.
 */
export class AnnouncedAbsences {
  private readonly machines: MachineTable;
  /** Announced outages that are not over, by machine. */
  private readonly current = new Map<MachineId, readonly Outage[]>();
  /** Start of the run, to which the times of outages are relative. */
  private start: Micros = 0;

  constructor(machines: MachineTable) {
    this.machines = machines;
  }

  begin(start: Micros): void {
    this.start = start;
  }

  /** A planned outage is announced, or a drain begins. */
  add(outage: Outage): void {
    for (const machine of outage.machines) this.update(machine, [...this.of(machine), outage]);
  }

  remove(outage: Outage): void {
    for (const machine of outage.machines)
      this.update(
        machine,
        this.of(machine).filter((other) => other !== outage),
      );
  }

  private of(machine: MachineId): readonly Outage[] {
    return this.current.get(machine) ?? [];
  }

  private update(machine: MachineId, outages: readonly Outage[]): void {
    this.current.set(machine, outages);
    // Tasks may keep running on a machine that is only drained.
    const away = outages.filter(({ kind }) => kind === 'planned');
    const none = outages.length === 0;
    this.machines.awayFrom[machine] = Math.min(FOREVER, ...away.map(({ start }) => this.start + start));
    this.machines.returnsAt[machine] = none
      ? FOREVER
      : Math.max(...outages.map(({ end }) => this.start + end));
  }
}
