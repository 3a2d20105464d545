import type { MachineId, MaintenanceWindow, Unavailability } from '../../wire/operator-call.js';
import type { AgentRecord, MasterState } from '../state.js';

/** Where an agent is, as the schedule of maintenance names machines. */
export interface Place {
  readonly hostname: string;
  readonly ip: string;
}

/** Both must be the same, the name in any case (mesos.proto, MachineID). */
export function isSameMachine(a: MachineId, b: MachineId): boolean {
  return a.hostname?.toLowerCase() === b.hostname?.toLowerCase() && a.ip === b.ip;
}

/** Where an agent is. */
export function placeOf({ hostname, address }: AgentRecord): Place {
  return { hostname, ip: address.ip };
}

/** Has the operator taken this machine down? Its agents may not join. */
export function isDown({ maintenance }: MasterState, place: MachineId): boolean {
  return maintenance.down.some((machine) => isSameMachine(machine, place));
}

/** When a machine is scheduled to be away, or undefined. */
export function unavailabilityOf(
  windows: readonly MaintenanceWindow[],
  place: MachineId,
): Unavailability | undefined {
  return windows.find(({ machine_ids }) => machine_ids.some((machine) => isSameMachine(machine, place)))
    ?.unavailability;
}
