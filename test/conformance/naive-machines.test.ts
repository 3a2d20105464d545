import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Scenario, scenarios } from '../../src/conformance/scenario.js';
import { simulatedHost } from '../../src/conformance/simulated-host.js';
import type { Settings, Subject } from '../../src/conformance/subject.js';
import { contextOf } from '../../src/conformance/violations.js';
import { EventLog } from '../../src/metrics/files/event-log.js';
import { type MachineScore, NONE, VisibleMachines } from '../../src/model/index.js';
import { POLICIES } from '../../src/policies/registry.js';
import { policySubject } from './policy-subjects.js';

const CLUSTERS = 200;

/** The same questions, answered by a look at every machine. */
function naiveFirstFit(this: VisibleMachines, taskClass: number, from = 0): number {
  for (let machine = from; machine < this.table.count; machine++) {
    if (this.table.fits(machine, taskClass)) return machine;
  }
  return NONE;
}

function naiveBest(
  this: VisibleMachines,
  taskClass: number,
  score: MachineScore,
  random?: () => number,
): number {
  return naiveBestOfAll.call(this, taskClass, NONE, score, random);
}

function naiveBestAmong(
  this: VisibleMachines,
  taskClass: number,
  score: MachineScore,
  allows: (machine: number) => boolean,
): number {
  return naiveBestOfAll.call(this, taskClass, NONE, score, undefined, allows);
}

function naiveBestOfAll(
  this: VisibleMachines,
  taskClass: number,
  task: number,
  score: MachineScore,
  random?: () => number,
  allows?: (machine: number) => boolean,
): number {
  const scored = Array.from({ length: this.table.count }, (_, machine) => machine)
    .filter((machine) => this.table.fits(machine, taskClass) && allows?.(machine) !== false)
    .map((machine) => ({ machine, value: scoreOf(score, machine, taskClass, task) }));
  const highest = Math.max(...scored.map(({ value }) => value));
  const winners = scored.filter(({ value }) => value === highest);
  if (winners.length === 0) return NONE;
  const drawn = random === undefined || winners.length === 1 ? 0 : Math.floor(random() * winners.length);
  return winners[drawn].machine;
}

function scoreOf(score: MachineScore, machine: number, taskClass: number, task: number): number {
  const value = score.value(machine, taskClass, task);
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}

async function logOf(subject: Subject, settings: Settings, scenario: Scenario): Promise<string> {
  const lines: string[] = [];
  const parts = subject.build(settings, await contextOf(scenario));
  await simulatedHost.run(scenario, parts, (cluster) => [new EventLog(cluster, (line) => lines.push(line))]);
  return lines.join('');
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('every policy decides with indexes as it does with a look at every machine, in 200 random small clusters', () => {
  test.each(POLICIES.map((policy) => [policy.name, policySubject(policy)] as const))(
    '%s',
    async (_name, subject) => {
      const drawn = fc.sample(fc.tuple(scenarios, fc.nat()), { numRuns: CLUSTERS, seed: 7 });
      const settingsOf = (draw: number) => subject.settings[draw % subject.settings.length];
      const indexed: string[] = [];
      for (const [scenario, draw] of drawn) indexed.push(await logOf(subject, settingsOf(draw), scenario));
      vi.spyOn(VisibleMachines.prototype, 'firstFit').mockImplementation(naiveFirstFit);
      vi.spyOn(VisibleMachines.prototype, 'best').mockImplementation(naiveBest);
      vi.spyOn(VisibleMachines.prototype, 'bestAmong').mockImplementation(naiveBestAmong);
      vi.spyOn(VisibleMachines.prototype, 'bestOfAll').mockImplementation(naiveBestOfAll);
      for (const [i, [scenario, draw]] of drawn.entries())
        expect(await logOf(subject, settingsOf(draw), scenario)).toBe(indexed[i]);
    },
  );
});
