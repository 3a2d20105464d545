import { test } from 'node:test';
import { assertConformance } from 'fairground/conformance';

test('spare-cores keeps every rule of the contract, in random small clusters', async () => {
  await assertConformance(new URL('./spare-cores.ts', import.meta.url), { promises: { noRefusals: true } });
});
