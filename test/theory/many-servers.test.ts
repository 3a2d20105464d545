import { describe, expect, test } from 'vitest';
import { fromSeconds } from '../../src/model/index.js';
import { drf } from '../../src/policies/presets/drf.js';
import { erlangB, erlangC, waitMMc, waitTailMMc } from '../../src/studies/queueing/formulas.js';
import {
  EXPONENTIAL,
  meanWait,
  type QueueSpec,
  queueRun,
  replications,
  shareAbove,
  shareLost,
} from '../../src/studies/queueing/queue-run.js';
import { partsOf } from '../../src/studies/simulate-rows.js';
import { expectTheory } from './expect-theory.js';

const REPLICATIONS = 10;

function manyServers(servers: number, load: number, customers: number): QueueSpec {
  return { servers, load, service: EXPONENTIAL, customers: customers + 1000, warmUp: 1000 };
}

describe('M/M/c', () => {
  test.each([
    [2, 0.5, 15_000, 0.15],
    [2, 0.8, 30_000, 0.2],
    [5, 0.8, 30_000, 0.25],
    [10, 0.8, 30_000, 0.3],
    [10, 0.9, 60_000, 0.3],
  ])(
    'with %d servers at load %d has the mean wait and the waiting probability of Erlang',
    async (servers, load, customers, within) => {
      const runs = await replications(manyServers(servers, load, customers), REPLICATIONS);
      expectTheory(runs.map(meanWait), waitMMc(servers, load), within);
      expectTheory(
        runs.map((run) => shareAbove(run.waits, 0)),
        erlangC(servers, load),
        within / 2,
      );
    },
  );

  test('has an exponential tail of waits', async () => {
    const [servers, load, limit] = [5, 0.8, 1];
    const runs = await replications(manyServers(servers, load, 30_000), REPLICATIONS);
    expectTheory(
      runs.map((run) => shareAbove(run.waits, limit)),
      waitTailMMc(servers, load, limit),
      0.2,
    );
  });
});

describe('M/M/c without a queue', () => {
  test.each([
    [2, 0.8],
    [5, 0.8],
  ])(
    'with %d servers at load %d turns away as many as Erlang B says, when nobody has any patience',
    async (servers, load) => {
      const spec = { ...manyServers(servers, load, 15_000), patience: 0 };
      const runs = await replications(spec, REPLICATIONS);
      expectTheory(runs.map(shareLost), erlangB(servers, servers * load), 0.05);
    },
  );
});

describe('one framework under offers', () => {
  test('that are made at every change is the same queue as under one scheduler, customer by customer', async () => {
    const offers = partsOf(drf, { interval: 0, refuse: fromSeconds(1) });
    const spec = manyServers(3, 0.8, 5_000);
    const [one, other] = [await queueRun(spec, '1'), await queueRun({ ...spec, parts: offers }, '1')];
    expect(meanWait(one)).toBeGreaterThan(0.1);
    expect(other.waits).toEqual(one.waits);
  });
});
