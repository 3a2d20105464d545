import { describe, expect, test } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { FOREVER, fromSeconds, MINUTE, ParameterValues } from '../../src/model/index.js';
import { cassandra } from '../../src/workloads/services/cassandra.js';
import { smallSpec, summaryOf } from './small-runs.js';

const MACHINES = '6x16cpu/64GiB/4TiBdisk/1disks/1000Mbit';

/** Four brokers alone on six machines for an hour, so that three of them are degraded and not down. */
async function brokers(set: Readonly<Record<string, string>>, faults: readonly string[] = []) {
  const { summary } = await run({
    workload: { kind: 'generated', name: 'services', services: ['kafka'] },
    policy: 'bin-packing',
    machines: MACHINES,
    seed: '1',
    until: fromSeconds(3600),
    set: { 'kafka.brokers': '4', 'kafka.perMachine': '1', 'kafka.ingressMBps': '1', ...set },
    ...(faults.length > 0 && { failures: { faults } }),
  });
  return summary;
}

describe('volumes', () => {
  test('that are external move: the broker starts elsewhere at once, and serves when its volume is detached and attached', async () => {
    const { byFramework, recovery } = await brokers({ 'kafka.storage': 'external' }, [
      'at 5m: kill machine machine-0',
    ]);
    const gone = recovery.timeToRecover?.max ?? 0;
    // It is missed after 75 to 90 s; then 60 s of startup, 6 min until detached, 30 s until attached.
    expect(gone).toBeGreaterThanOrEqual(75);
    expect(gone).toBeLessThanOrEqual(90);
    expect((byFramework.kafka.health?.degraded ?? 0) * 3600).toBeCloseTo(gone + 60 + 360 + 30, 3);
  });

  test('that are local pin it: it waits for its machine to the end of its patience', async () => {
    const { byFramework, recovery } = await brokers({ 'kafka.storage': 'local' }, [
      'at 5m: kill machine machine-0',
    ]);
    expect(recovery.timeToRecover?.count).toBe(0);
    expect((byFramework.kafka.health?.degraded ?? 0) * 3600).toBeCloseTo(3600 - 300, 3);
  });

  test('that are exclusive take a disk of their machine each, and no room of the shared ones', async () => {
    const { utilization } = await brokers({ 'kafka.storage': 'exclusive' });
    expect(utilization.disks.allocated.mean).toBeCloseTo(4 / 6, 9);
    expect(utilization.disk.allocated.mean).toBe(0);
    const crowded = await brokers({
      'kafka.storage': 'exclusive',
      'kafka.brokers': '8',
      'kafka.perMachine': '0',
    });
    expect(crowded.tasks).toMatchObject({ running: 6, pending: 2 });
  });

  test('that are external take bandwidth of their machine', async () => {
    const { utilization, tasks } = await brokers({
      'kafka.storage': 'external',
      'kafka.volumeMbit': '600',
      'kafka.brokers': '8',
      'kafka.perMachine': '0',
    });
    // One of 600 Mbit/s to a machine of 1000.
    expect(tasks).toMatchObject({ running: 6, pending: 2 });
    expect(utilization.network.allocated.mean).toBeCloseTo(0.6, 9);
  });

  test('that are exclusive need machines with disks', async () => {
    const spec = smallSpec({ set: { 'kafka.storage': 'exclusive' } });
    await expect(summaryOf(spec)).rejects.toThrow(/storage: exclusive disks need machines with disks/);
  });
});

test('the terms of an external volume are those of its detaching and attaching, whatever its size', () => {
  const { recovery, parameters } = cassandra;
  const terms = (storage: string) =>
    recovery?.terms(new ParameterValues([...parameters, ...recovery.parameters], { storage, diskGiB: 1024 }));
  expect(terms('external')).toMatchObject({
    wait: 0,
    restart: 'anywhere',
    rebuild: 6 * MINUTE + fromSeconds(30),
  });
  // 1 TiB from three senders of 25 MB/s: 1,099,511,627,776 / 75,000,000 s.
  expect(terms('local')).toMatchObject({ restart: 'in-place', rebuild: fromSeconds(14_660.155037) });
  expect(terms('local')?.wait).toBeLessThan(FOREVER);
});
