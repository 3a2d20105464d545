import { describe, expect, test } from 'vitest';
import { fromSeconds } from '../../src/model/index.js';
import { monolithic } from '../../src/policies/presets/monolithic.js';
import { omega } from '../../src/policies/presets/omega.js';
import { sparrow } from '../../src/policies/presets/sparrow.js';
import { stayOfChoices, waitMG1 } from '../../src/studies/queueing/formulas.js';
import {
  DETERMINISTIC,
  EXPONENTIAL,
  meanStay,
  meanWait,
  type QueueSpec,
  replications,
} from '../../src/studies/queueing/queue-run.js';
import { partsOf } from '../../src/studies/simulate-rows.js';
import { expectTheory } from './expect-theory.js';

describe('a scheduler that takes a second per job', () => {
  test.each([
    ['monolithic', monolithic, 0.5, 0.12],
    ['monolithic', monolithic, 0.8, 0.2],
    ['over shared state', omega, 0.8, 0.2],
  ])(
    '%s is the server of an M/D/1 queue: jobs wait in line as theory says',
    async (_name, policy, load, within) => {
      const servers = 50;
      const spec: QueueSpec = {
        servers,
        load: load / servers,
        service: DETERMINISTIC,
        customers: 21_000,
        warmUp: 1000,
        parts: partsOf(policy),
        decisionTimes: { perJob: fromSeconds(1), perTask: 0 },
      };
      const runs = await replications(spec, 10);
      // From submission to start: the line, and the second of thought.
      expectTheory(
        runs.map((run) => meanWait(run) - 1),
        waitMG1(load, 0),
        within,
      );
    },
  );
});

describe('the power of two choices', () => {
  test('has the times of the table', () => {
    expect(stayOfChoices(2, 0.5)).toBeCloseTo(1.2657, 4);
    expect(stayOfChoices(2, 0.9)).toBeCloseTo(2.6141, 4);
    expect(stayOfChoices(3, 0.9)).toBeCloseTo(2.0279, 4);
  });

  test.each([
    [2, 0.5, 0.02],
    [2, 0.8, 0.05],
    [3, 0.8, 0.05],
  ])(
    'with %d probes per task at load %d gives the time in system of theory',
    async (probes, load, within) => {
      const spec: QueueSpec = {
        servers: 400,
        load,
        service: EXPONENTIAL,
        customers: 70_000,
        warmUp: 10_000,
        parts: partsOf(sparrow, { sampling: 'per-task', probes, delay: 0 }),
      };
      const runs = await replications(spec, 8);
      expectTheory(
        runs.map((run) => meanStay(run)),
        stayOfChoices(probes, load),
        within,
      );
    },
  );
});
