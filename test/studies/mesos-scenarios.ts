import { expect } from 'vitest';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { type Difference, runScenario } from '../../src/studies/mesos/run-scenario.js';
import { parseScenario } from '../../src/studies/mesos/scenario-file.js';

/** A step in the format of a scenario file. */
export type WrittenStep = Readonly<Record<string, unknown>>;

/** The differences between a scenario with these steps and its expectations. */
export function differences(
  steps: readonly WrittenStep[],
  flags?: Readonly<Record<string, unknown>>,
  seed = '1',
): readonly Difference[] {
  const written = { id: 'T1', ...(flags !== undefined && { flags }), steps };
  return runScenario(
    parseScenario('test.json', written, 0),
    'test.json',
    new RandomStreams(seed).stream('t'),
  );
}

/** Expects no differences for the steps, for several random orders of the agents. */
export function holds(steps: readonly WrittenStep[], flags?: Readonly<Record<string, unknown>>): void {
  for (const seed of ['1', '2', '3', '4', '5']) expect(differences(steps, flags, seed)).toEqual([]);
}

type Offer = readonly [framework: string, role: string, agent: string, resources: string];

/** Short forms of steps; the expected offers are the last argument. */
export const addAgent = (a: string, total: string, ...expected: readonly Offer[]): WrittenStep => ({
  do: 'addAgent',
  a,
  total,
  expect: expected,
});
export const addFramework = (f: string, role: string, ...expected: readonly Offer[]): WrittenStep => ({
  do: 'addFramework',
  f,
  roles: [role],
  expect: expected,
});
export const advance = (seconds: number, ...expected: readonly Offer[]): WrittenStep => ({
  do: 'advance',
  seconds,
  expect: expected,
});
export const recover = ([f, role, a, res]: Offer, refuseSeconds?: number): WrittenStep => ({
  do: 'recover',
  f,
  role,
  a,
  res,
  ...(refuseSeconds !== undefined && { refuse_seconds: refuseSeconds }),
  expect: [],
});
export const setQuota = (role: string, guarantee: string, limit: string): WrittenStep => ({
  do: 'setQuota',
  role,
  guarantee,
  limit,
  expect: [],
});
