import { describe, expect, test } from 'vitest';
import { hostedScheduler } from '../../src/live/framework/hosted-scheduler.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import type { Feature, Scheduler } from '../../src/policies/contract.js';
import type { PolicyParts } from '../../src/policies/policy.js';
import { CPUS_MEM_GPUS, machinesOf, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

const needing = (...needs: Feature[]): Scheduler => ({ name: 'picky', needs, schedule: () => undefined });
const monolithic = (...needs: Feature[]): PolicyParts => ({
  architecture: 'monolithic',
  scheduler: needing(...needs),
});
const twoLevel = (...needs: Feature[]): PolicyParts => ({
  architecture: 'two-level',
  allocator: drfAllocator(),
  scheduler: () => needing(...needs),
  terms: { interval: 0, hold: 0, refuse: 5_000_000, timeout: Number.POSITIVE_INFINITY },
});

function run(parts: PolicyParts) {
  return simulate({
    space: CPUS_MEM_GPUS,
    machines: machinesOf(CPUS_MEM_GPUS, [{ cpus: 1 }]),
    trace: traceOf(CPUS_MEM_GPUS, rowsOf(CPUS_MEM_GPUS, [{ needs: { cpus: 1 }, runs: 1 }])),
    parts,
    until: 2,
  });
}

describe('a policy that needs what its host does not have', () => {
  test('is refused at the start, with the name of the missing feature', async () => {
    await expect(run(monolithic('gang', 'offers'))).rejects.toThrow(
      'picky needs the feature offers, which the architecture monolithic of the simulator does not have',
    );
    await expect(
      run({ ...twoLevel(), allocator: { ...drfAllocator(), needs: ['offers'] } } as PolicyParts),
    ).rejects.toThrow('drf needs the feature offers');
    expect(() => hostedScheduler('picky', monolithic('devices'), { memory: false })).toThrow(
      'picky needs the feature devices, which a framework of a master does not have; it has gang, kill, preempt, drain, offers',
    );
    expect(() => hostedScheduler('picky', twoLevel('memory'), { memory: false })).toThrow(
      'needs the feature memory, which a framework of a master without --state does not have',
    );
    for (const feature of ['power', 'usage'] as const)
      expect(() => hostedScheduler('picky', monolithic(feature), { memory: false })).toThrow(
        `needs the feature ${feature}, which a framework of a master does not have`,
      );
  });

  test('is hosted where the host has all of it', async () => {
    await run(monolithic('gang', 'devices', 'kill', 'drain', 'usage', 'power', 'memory'));
    await run(twoLevel('offers', 'gang'));
    const kept = { memory: true };
    expect(hostedScheduler('picky', monolithic('gang', 'kill', 'memory'), kept).name).toBe('picky');
  });
});
