import alea from 'seedrandom/lib/alea.js';
import type { StoredSweep } from '../../../src/results/files/read-sweep.js';
import { storedSweep } from './stored-sweeps.js';

/** A sweep of 1,000 combinations of five axes, one of them with 50 values, under two policies and three seeds: 6,000 runs. */
export function largeSweep(): StoredSweep {
  const draw = alea('large');
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}`);
  const metric = (weight: number) => (policy: string, parameters: readonly string[], seed: number) =>
    parameters.reduce((sum, text, i) => sum + Number.parseFloat(text) * (i + weight), 0) *
      (policy === 'drf' ? 0.9 : 1) +
    seed * weight +
    draw() * 5;
  return storedSweep({
    policies: ['drf', 'silos'],
    axes: {
      machines: numbers(5).map((count) => `${count}0x4cpu`),
      'spark.jobsPerHour': numbers(50),
      'kafka.brokers': ['3', '300'],
      'web.instances': ['10'],
      until: ['1h', '2h'],
    },
    seeds: 3,
    metrics: Object.fromEntries(
      [
        'wait.p95',
        'utilization.cpus.used.mean',
        'cost.perMonth',
        'byFramework.web.unavailability',
        'queue.mean',
        'makespan',
        ...Array.from({ length: 24 }, (_, i) => `byFramework.f${i}.wait.mean`),
      ].map((key, i) => [key, metric(i + 1)]),
    ),
  });
}
