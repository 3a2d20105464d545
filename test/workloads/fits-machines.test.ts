import { describe, expect, test } from 'vitest';
import { FOREVER } from '../../src/model/index.js';
import { servicesFit } from '../../src/workloads/fits-machines.js';
import { lookThrough } from '../../src/workloads/look-through.js';
import { CPUS, machinesOf } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

/** A service of one instance of so many cores. */
const serviceOf = (cpus: number) =>
  traceOf(CPUS, rowsOf(CPUS, [{ needs: { cpus }, runs: FOREVER }]), { frameworks: [{ name: 'kafka' }] });

describe('services of a composed workload', () => {
  test('are compared with the largest of 200,000 machines', async () => {
    const machines = machinesOf(CPUS, [
      ...Array.from({ length: 199_999 }, () => ({ cpus: 16 })),
      { cpus: 32 },
    ]);
    const check = (trace: ReturnType<typeof serviceOf>) =>
      lookThrough(trace.batches(), [servicesFit(trace, machines)]);
    await expect(check(serviceOf(32))).resolves.toBeUndefined();
    await expect(check(serviceOf(33))).rejects.toThrow(
      'services.kafka: an instance needs 33 cores of cpus, and the largest machine has 32 cores',
    );
  });
});
