import { expect, test } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { HOUR } from '../../src/model/index.js';

/** Two database nodes with two copies of each piece of data. Each of the two machines has room for both. Machine 0 fails for good. */
async function cassandra(set: Readonly<Record<string, string>>) {
  const { summary } = await run({
    workload: { kind: 'generated', name: 'services', services: ['cassandra'] },
    policy: 'bin-packing',
    machines: '2x16cpu/64GiB/4TiBdisk',
    seed: '1',
    until: 5 * HOUR,
    set: { 'cassandra.nodes': '2', 'cassandra.replicas': '2', ...set },
    failures: { faults: ['at 1h: kill machine machine-0'] },
  });
  return summary;
}

test('copies are on distinct machines by default, so that one machine takes no data with it', async () => {
  const { byFramework, recovery } = await cassandra({});
  expect(byFramework.cassandra.data?.mostMissing).toBe(1);
  // One of two copies of each piece is lost.
  expect(byFramework.cassandra.data?.lossProbability).toBe(0);
  // Its node has no other machine: the second has a node already.
  expect(recovery.timeToRecover?.count).toBe(0);
});

test('copies share a machine where the parameter says so, and are lost together', async () => {
  const { byFramework, recovery } = await cassandra({ 'cassandra.perMachine': '0' });
  expect(byFramework.cassandra.data?.mostMissing).toBe(2);
  // Two of two: 1 - (1 - C(2,2)/C(2,2))^1000.
  expect(byFramework.cassandra.data?.lossProbability).toBe(1);
  expect(recovery.timeToRecover?.count).toBe(2);
});
