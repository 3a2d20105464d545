import { describe, expect, test } from 'vitest';
import { MachineMetrics } from '../../src/metrics/collectors/machine-metrics.js';
import { Cluster } from '../../src/model/index.js';
import { CPUS_MEM, machinesOf } from '../simulate.js';

function metricsOf(amounts: readonly Record<string, number>[]) {
  const cluster = new Cluster(CPUS_MEM);
  for (const machine of machinesOf(CPUS_MEM, amounts)) cluster.addMachine(machine);
  const classOf = (needs: Record<string, number>) =>
    cluster.classes.acquire({ demand: CPUS_MEM.quanta(needs) });
  return { metrics: new MachineMetrics(cluster, 0, 10), classOf };
}

describe('the metrics of machines', () => {
  test('show on the heat map the largest share of any resource, whichever stands last', () => {
    const { metrics, classOf } = metricsOf([{ cpus: 4, mem: 8 }]);
    metrics.change(0, classOf({ cpus: 3, mem: 1 }), 1, 0);
    metrics.change(0, classOf({ mem: 6 }), 1, 10);
    metrics.change(0, classOf({ cpus: 3, mem: 1 }), -1, 20);
    expect([...metrics.heat.means(0, 30)]).toEqual([0.75, 0.875, 0.75]);
  });

  test('count starts, what was allocated for how long, and how long a machine was down', () => {
    const { metrics, classOf } = metricsOf([
      { cpus: 4, mem: 8 },
      { cpus: 4, mem: 8 },
    ]);
    const [small, large] = [classOf({ cpus: 1 }), classOf({ cpus: 2 })];
    metrics.change(0, small, 1, 5);
    metrics.resized(0, small, large, 10);
    metrics.change(0, large, -1, 15);
    metrics.actualStateChanged(1, 'off', 4);
    metrics.actualStateChanged(1, 'answering', 9);
    metrics.actualStateChanged(1, 'cut', 12);
    metrics.actualStateChanged(1, 'off', 18);
    metrics.close(20);
    expect([...metrics.started.subarray(0, 2)]).toEqual([1, 0]);
    // 4 to 9 and 18 to 20; from 12 to 18 it runs, and the master cannot reach it.
    expect([...metrics.downTime.subarray(0, 2)]).toEqual([0, 7]);
    expect([...metrics.cutTime.subarray(0, 2)]).toEqual([0, 6]);
    const [cpu] = CPUS_MEM.quanta({ cpus: 1 });
    expect([...metrics.integral.subarray(0, 2)]).toEqual([15 * cpu, 0]);
  });
});
