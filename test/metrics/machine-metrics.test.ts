import { describe, expect, test } from 'vitest';
import { MachineMetrics } from '../../src/metrics/collectors/machine-metrics.js';
import { TimeBins } from '../../src/metrics/kernels/time-bins.js';
import { Cluster } from '../../src/model/index.js';
import { CPUS_MEM, machinesOf } from '../simulate.js';

function metricsOf(amounts: readonly Record<string, number>[]) {
  const cluster = new Cluster(CPUS_MEM);
  for (const machine of machinesOf(CPUS_MEM, amounts)) cluster.addMachine(machine);
  const classOf = (needs: Record<string, number>) =>
    cluster.classes.acquire({ demand: CPUS_MEM.quanta(needs) });
  const bins = new TimeBins(0, 10);
  const metrics = new MachineMetrics(cluster, 0, bins);
  /** A task of this class runs on the machine. */
  const ran = (machine: number, taskClass: number, from: number, to: number) => {
    metrics.started[machine]++;
    bins.locate(from, to);
    metrics.allocatedFor(machine, cluster.classes.demand, taskClass * cluster.classes.dims, to - from);
  };
  return { metrics, classOf, ran };
}

describe('the metrics of machines', () => {
  test('have the amounts of each resource on the heat map, in each bin', () => {
    const { metrics, classOf, ran } = metricsOf([{ cpus: 4, mem: 8 }]);
    ran(0, classOf({ cpus: 3, mem: 1 }), 0, 20);
    ran(0, classOf({ mem: 6 }), 10, 30);
    const [cpus, mem] = CPUS_MEM.quanta({ cpus: 1, mem: 1 });
    expect([...metrics.heat.means(0, 30)]).toEqual([3 * cpus, 3 * cpus, 0]);
    expect([...metrics.heat.means(1, 30)]).toEqual([1 * mem, 7 * mem, 6 * mem]);
  });

  test('count starts, what was allocated for how long, and how long a machine was down', () => {
    const { metrics, classOf, ran } = metricsOf([
      { cpus: 4, mem: 8 },
      { cpus: 4, mem: 8 },
    ]);
    ran(0, classOf({ cpus: 1 }), 5, 20);
    metrics.actualStateChanged(1, 'off', 4);
    metrics.actualStateChanged(1, 'answering', 9);
    metrics.actualStateChanged(1, 'cut', 12);
    metrics.actualStateChanged(1, 'off', 18);
    metrics.close(20, () => true);
    expect([...metrics.started.subarray(0, 2)]).toEqual([1, 0]);
    // 4 to 9 and 18 to 20; from 12 to 18 it runs, and the master cannot reach it.
    expect([...metrics.downTime.subarray(0, 2)]).toEqual([0, 7]);
    expect([...metrics.cutTime.subarray(0, 2)]).toEqual([0, 6]);
    const [cpu] = CPUS_MEM.quanta({ cpus: 1 });
    expect([...metrics.integral.subarray(0, 2)]).toEqual([15 * cpu, 0]);
  });
});
