import {
  FOREVER,
  type MachineId,
  type Micros,
  type SchedulingView,
  type TaskId,
  type Verdict,
} from '../contract.js';

/** When a machine can take tasks, according to what was announced. */
export interface Presence {
  /** The first time at which it takes tasks; it may be in the past. FOREVER when none is announced. */
  readonly from: Micros;
  /** From then on it is away; FOREVER when no absence is announced. */
  readonly until: Micros;
}

const THERE: Presence = { from: 0, until: FOREVER };
const AWAY: Presence = { from: FOREVER, until: FOREVER };

/**
 * The presence of a machine. A machine that is not up returns at its announced time, or when it has started. If that time has
 * passed, or none was announced, its return is unknown.
 */
export function presenceOf({ machines, now }: SchedulingView, machine: MachineId): Presence {
  const away = machines.awayFrom(machine);
  if (machines.state(machine) === 'up') return away === FOREVER ? THERE : { from: 0, until: away };
  const from = machines.upAt(machine);
  if (!(from > now && from < FOREVER)) return AWAY;
  // An absence that began before the return is the present one.
  return { from, until: away > from ? away : FOREVER };
}

/** Is the machine there, now or at an announced time, with the attributes that the task requires? May reset `view.whatIf`. */
export function mayUse(view: SchedulingView, { from }: Presence, machine: MachineId, task: TaskId): boolean {
  if (!Number.isFinite(from)) return false;
  if (from <= view.now) return isMeant(view.machines.whyNot(task, machine));
  const { whatIf } = view;
  whatIf.reset('now');
  whatIf.open(machine);
  return isMeant(whatIf.machines.whyNot(task, machine));
}

function isMeant(why: Verdict): boolean {
  return why !== 'machine-not-up' && why !== 'not-offered' && why !== 'constraint';
}
