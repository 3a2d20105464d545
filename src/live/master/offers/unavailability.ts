import type { MachineId, MaintenanceWindow, Unavailability } from '../../wire/operator-call.js';
import type { AgentRecord, MasterState } from '../state.js';

/** Host name and address of an agent, as in a maintenance schedule. */
export interface Place {
  readonly hostname: string;
  readonly ip: string;
}

/** Host name (case-insensitive) and ip must both match (mesos.proto, MachineID). */
export function isSameMachine(a: MachineId, b: MachineId): boolean {
  return a.hostname?.toLowerCase() === b.hostname?.toLowerCase() && a.ip === b.ip;
}

/** The machine of an agent. */
export function placeOf({ hostname, address }: AgentRecord): Place {
  return { hostname, ip: address.ip };
}

/** Whether the machine is down for maintenance. Its agents may not register. */
export function isDown({ maintenance }: MasterState, place: MachineId): boolean {
  return maintenance.down.some((machine) => isSameMachine(machine, place));
}

/** The scheduled unavailability of a machine, or undefined. */
export function unavailabilityOf(
  windows: readonly MaintenanceWindow[],
  place: MachineId,
): Unavailability | undefined {
  return windows.find(({ machine_ids }) => machine_ids.some((machine) => isSameMachine(machine, place)))
    ?.unavailability;
}
