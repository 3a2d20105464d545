import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { composeServices } from '../../src/lab/scenario/service-choice.js';
import { fromSeconds } from '../../src/model/index.js';
import { type OrderedService, submitTimes } from '../../src/workloads/composition.js';

const STARTUP: Readonly<Record<string, number>> = { log: 60, store: 30, front: 25 };

function times(services: Readonly<Record<string, readonly string[]>>) {
  const ordered = Object.entries(services).map(([name, after]): OrderedService => ({ name, after }));
  return Object.fromEntries(submitTimes(ordered, (name) => STARTUP[name] ?? 0));
}

describe('services that come after others', () => {
  test('are submitted when the last of these has had its startup', () => {
    expect(times({ front: ['store', 'log'], store: ['log'], log: [] })).toEqual({
      log: 0,
      store: 60,
      front: 90,
    });
    expect(times({ log: [], store: [], front: [] })).toEqual({ log: 0, store: 0, front: 0 });
  });

  test.each([
    [{ log: ['log'] }, /services\.log\.after: cyclic dependency between services: log after log/],
    [{ log: ['front'], store: ['log'], front: ['store'] }, /log after front after store after log/],
    [
      { log: ['nobody'], store: [] },
      /services\.log\.after: found "nobody", expected one of the services log, store/,
    ],
  ])('are refused: %o', (services, message) => {
    expect(() => times(services)).toThrow(message);
  });

  test('are never submitted before those that they come after', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    // Each may come after those that stand before it: that is any order without a circle, by some naming.
    const orders = fc.tuple(...names.map((_, i) => fc.subarray(names.slice(0, i))));
    fc.assert(
      fc.property(orders, fc.array(fc.nat(100), { minLength: 5, maxLength: 5 }), (afters, startups) => {
        const startupOf = (name: string) => startups[names.indexOf(name)];
        const at = submitTimes(
          names.map((name, i) => ({ name, after: afters[i] })),
          startupOf,
        );
        names.forEach((name, i) => {
          const earliest = Math.max(
            0,
            ...afters[i].map((one) => (at.get(one) ?? Number.NaN) + startupOf(one)),
          );
          expect(at.get(name)).toBe(earliest);
        });
      }),
    );
  });

  test('come so in a run', async () => {
    const { services, after, set } = composeServices(
      {
        akka: { instances: '2', after: 'log' },
        log: { service: 'kafka', brokers: '2', ingressMBps: '1' },
      },
      [],
    );
    expect(after).toEqual({ akka: ['log'] });
    const starts: Record<string, number> = {};
    const { summary } = await run(
      {
        policy: 'bin-packing',
        workload: { kind: 'generated', name: 'services', services, ...(after !== undefined && { after }) },
        machines: '4x16cpu/64GiB/4TiBdisk',
        seed: '1',
        until: fromSeconds(600),
        set: { ...set, 'log.startup': '90s' },
      },
      {
        observers: (cluster) => [
          {
            taskStarted: (task, now) => {
              starts[cluster.frameworks[cluster.tasks.framework[task]].name] = now;
            },
          },
        ],
      },
    );
    expect(starts).toEqual({ log: 0, akka: fromSeconds(90) });
    expect(summary.run.workload.after).toEqual({ akka: ['log'] });
  });
});
