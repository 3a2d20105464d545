import { z } from 'zod';
import { keptEntries } from '../../store.js';
import { HttpError } from '../../wire/http-error.js';
import {
  type MachineId,
  type MaintenanceWindow,
  machineIdSchema,
  windowSchema,
} from '../../wire/operator-call.js';
import { dismissAgent } from '../agents/agent-removal.js';
import { answersFor, rescindInverseOffers, sendInverseOffers } from '../offers/inverse-offers.js';
import { offersOf, rescind, withAllocation } from '../offers/offers.js';
import { isDown, isSameMachine, placeOf, unavailabilityOf } from '../offers/unavailability.js';
import type { MasterState } from '../state.js';
import type { Maintenance } from './operator-state.js';

type Kept = Pick<Maintenance, 'windows' | 'down'>;

const keptSchema = z.object({ windows: z.array(windowSchema), down: z.array(machineIdSchema) });

const KEY = 'maintenance';

/** Recovers the maintenance schedule from the store. */
export async function recoverMaintenance(state: MasterState): Promise<void> {
  for (const [, kept] of await keptEntries(state.store, KEY, keptSchema))
    Object.assign(state.maintenance, kept);
}

/**
 * UPDATE_MAINTENANCE_SCHEDULE: replaces the schedule. Its machines enter DRAINING mode: offers include the unavailability, and
 * frameworks get inverse offers.
 * @throws HttpError 400
 */
export async function updateSchedule(
  state: MasterState,
  windows: readonly MaintenanceWindow[],
): Promise<void> {
  checkSchedule(state, windows);
  const before = state.maintenance.windows;
  await keep(state, { windows, down: state.maintenance.down });
  for (const agent of state.agents.values()) {
    const was = unavailabilityOf(before, placeOf(agent));
    const is = unavailabilityOf(windows, placeOf(agent));
    if (JSON.stringify(was) === JSON.stringify(is)) continue;
    rescindInverseOffers(state, { agentId: agent.id });
    withAllocation(state, () => {
      for (const offer of offersOf(state, { agentId: agent.id })) rescind(state, offer);
      if (agent.stream !== undefined) state.host.allocateAgent(agent.id);
    });
  }
  sendInverseOffers(state);
}

/** START_MAINTENANCE: takes scheduled machines down. Their agents are removed and their tasks are lost. @throws HttpError 400 */
export async function startMaintenance(state: MasterState, machines: readonly MachineId[]): Promise<void> {
  checkMachines(machines);
  for (const machine of machines) {
    if (unavailabilityOf(state.maintenance.windows, machine) === undefined)
      throw new HttpError(400, `Machine ${textOf(machine)} is not part of a maintenance schedule`);
    if (isDown(state, machine))
      throw new HttpError(400, `Machine ${textOf(machine)} is not in DRAINING mode`);
  }
  const { windows, down } = state.maintenance;
  await keep(state, { windows, down: [...down, ...machines] });
  for (const agent of [...state.agents.values()]) {
    if (!isDown(state, placeOf(agent))) continue;
    await state.store.remove(`agent/${agent.id}`);
    dismissAgent(state, agent, {
      state: 'TASK_GONE',
      reason: 'REASON_AGENT_REMOVED',
      message: "Operator initiated 'Machine DOWN'",
    });
  }
}

/** STOP_MAINTENANCE: brings machines up again and removes them from the schedule. @throws HttpError 400 */
export async function stopMaintenance(state: MasterState, machines: readonly MachineId[]): Promise<void> {
  checkMachines(machines);
  for (const machine of machines)
    if (!isDown(state, machine)) throw new HttpError(400, `Machine ${textOf(machine)} is not in DOWN mode`);
  const isNamed = (machine: MachineId) => machines.some((named) => isSameMachine(named, machine));
  const { windows, down } = state.maintenance;
  await keep(state, {
    windows: windows
      .map((window) => ({
        ...window,
        machine_ids: window.machine_ids.filter((machine) => !isNamed(machine)),
      }))
      .filter(({ machine_ids }) => machine_ids.length > 0),
    down: down.filter((machine) => !isNamed(machine)),
  });
}

/** The answer to GET_MAINTENANCE_SCHEDULE. */
export function scheduleAnswer({ maintenance }: MasterState): object {
  return { schedule: { windows: maintenance.windows } };
}

/** The answer to GET_MAINTENANCE_STATUS: draining machines with the answers of frameworks, and machines that are down. */
export function maintenanceStatusAnswer(state: MasterState): object {
  const { windows, down } = state.maintenance;
  const draining = windows
    .flatMap(({ machine_ids }) => machine_ids)
    .filter((machine) => !isDown(state, machine));
  const statusesOf = (machine: MachineId) =>
    [...state.agents.values()]
      .filter((agent) => isSameMachine(machine, placeOf(agent)))
      .flatMap(({ id }) => answersFor(state, id));
  return {
    status: {
      draining_machines: draining.map((id) => ({ id, statuses: statusesOf(id) })),
      down_machines: down,
    },
  };
}

async function keep(state: MasterState, { windows, down }: Kept): Promise<void> {
  await state.store.put(KEY, { windows, down });
  state.maintenance.windows = windows;
  state.maintenance.down = down;
}

function checkSchedule(state: MasterState, windows: readonly MaintenanceWindow[]): void {
  for (const { machine_ids, unavailability } of windows) {
    if (machine_ids.length === 0)
      throw new HttpError(400, 'List of machines in the maintenance window is empty');
    if ((unavailability.duration?.nanoseconds ?? 0) < 0)
      throw new HttpError(400, 'Unavailability duration must be non-negative');
  }
  const named = windows.flatMap(({ machine_ids }) => machine_ids);
  checkMachines(named);
  const missing = state.maintenance.down.find(
    (machine) => !named.some((other) => isSameMachine(machine, other)),
  );
  if (missing !== undefined)
    throw new HttpError(
      400,
      `Machine ${textOf(missing)} is deactivated and cannot be removed from the schedule`,
    );
}

function checkMachines(machines: readonly MachineId[]): void {
  machines.forEach((machine, i) => {
    if (!machine.hostname && !machine.ip)
      throw new HttpError(400, "Both 'hostname' and 'ip' for a machine are empty");
    if (machines.slice(0, i).some((other) => isSameMachine(machine, other)))
      throw new HttpError(400, `Machine ${textOf(machine)} is listed more than once`);
  });
}

function textOf({ hostname = '', ip = '' }: MachineId): string {
  return `'${hostname} (${ip})'`.slice(0, 300);
}
