import { assertConformance } from 'fairground/conformance';
import { test } from 'vitest';
import policy from './spare-cores.js';

test('spare-cores keeps every rule of the contract, in random small clusters', async () => {
  await assertConformance(policy, { promises: { noRefusals: true } });
});
