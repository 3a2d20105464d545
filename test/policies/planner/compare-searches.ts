import type { MachineId, TaskId, WhatIf } from '../../../src/policies/contract.js';
import { GangSearch } from '../../../src/policies/planner/search.js';
import { standsSomewhere } from './exhaustive-search.js';
import { type Draw, type GangCase, type Kind, randomGang } from './random-gangs.js';

/** What a comparison found. */
export interface Comparison {
  readonly isFeasible: boolean;
  readonly nodes: number;
  /** How the search differs from the exhaustive one; undefined when both agree. */
  readonly difference: string | undefined;
}

/** Compares the search with the exhaustive one on a random gang, in a room that is changed at random. */
export function compareSearches(kind: Kind, draw: Draw): Comparison {
  const gang = randomGang(kind, draw);
  const { view, job, members } = gang;
  const { whatIf } = view;
  whatIf.reset('now');
  if (kind === 'busy') changeAtRandom(gang, draw);
  const barred = draw() < 0.3 ? Math.floor(draw() * whatIf.machines.count) : -1;
  const where = barred < 0 ? undefined : (machine: MachineId) => machine !== barred;
  const before = roomText(whatIf);
  const search = new GangSearch(view);
  const answer = search.place(job, members, where);
  const difference = () => {
    if (roomText(whatIf) !== before) return 'the room is not as it was';
    const isFeasible = standsSomewhere(view, members, where);
    if (answer.answer === 'unknown') return 'unknown';
    if (answer.answer === 'no') return isFeasible ? `no, but it stands: ${answer.reason.kind}` : undefined;
    if (!isFeasible) return 'yes, but it cannot stand';
    return whyInvalid(gang, answer.placing, where);
  };
  return { isFeasible: answer.answer === 'yes', nodes: search.nodesSpent, difference: difference() };
}

function changeAtRandom({ view, running }: GangCase, draw: Draw): void {
  const { whatIf } = view;
  for (const task of running) if (draw() < 0.3) whatIf.remove(task);
  const machine = Math.floor(draw() * whatIf.machines.count);
  const [cpus] = view.space.dimensions;
  if (draw() < 0.3) whatIf.block(machine, cpus, Math.floor(draw() * 4));
  if (draw() < 0.3 && whatIf.machines.devices(machine) > 0)
    whatIf.blockDevice(machine, 0, Math.floor(draw() * 1000));
  if (draw() < 0.3) whatIf.open(machine);
}

/** Why the host would refuse a part of the placing; undefined when all of it stands. */
function whyInvalid(
  { view, members }: GangCase,
  placing: {
    readonly tasks: readonly TaskId[];
    readonly machines: readonly MachineId[];
    readonly devices?: readonly number[];
  },
  where: ((machine: MachineId) => boolean) | undefined,
): string | undefined {
  const { tasks, machines, devices } = placing;
  if (new Set(tasks).size !== members.length || !members.every((task) => tasks.includes(task)))
    return 'the placing has other tasks';
  const mark = view.whatIf.mark();
  const verdicts = tasks.map((task, i) =>
    where?.(machines[i]) === false ? 'barred' : view.whatIf.put(task, machines[i], devices?.[i]),
  );
  view.whatIf.undo(mark);
  const refused = verdicts.find((verdict) => verdict !== 'done');
  return refused === undefined ? undefined : `invalid: ${refused}`;
}

function roomText({ machines }: WhatIf): string {
  const rows = Array.from({ length: machines.count }, (_, machine) => [
    ...machines.space.dimensions.map((d) => machines.free(machine, d)),
    ...Array.from({ length: machines.devices(machine) }, (_, device) => machines.deviceFree(machine, device)),
    machines.taskCount(machine),
  ]);
  return rows.join(';');
}
