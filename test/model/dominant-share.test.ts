import { describe, expect, test } from 'vitest';
import { allocatedShare, Cluster } from '../../src/model/index.js';
import { CPUS_MEM, machinesOf } from '../simulate.js';

describe('the dominant share of a framework', () => {
  test('is its largest share of any resource of the cluster, whichever stands last', () => {
    const cluster = new Cluster(CPUS_MEM);
    for (const machine of machinesOf(CPUS_MEM, [{ cpus: 8, mem: 8 }, { cpus: 8 }]))
      cluster.addMachine(machine);
    const framework = cluster.addFramework({ name: 'a' });
    const start = (needs: Record<string, number>, machine: number) => {
      const job = cluster.addJob({ name: 'j', framework, submitted: 0, gang: false });
      const taskClass = cluster.classes.acquire({ demand: CPUS_MEM.quanta(needs) });
      const task = cluster.submit({
        job,
        taskClass,
        estimate: Number.POSITIVE_INFINITY,
        priority: 0,
        submitted: 0,
      });
      expect(cluster.tryStart(task, machine, 0, cluster.free, 0)).toBeUndefined();
    };
    expect(allocatedShare(cluster, framework)).toBe(0);
    start({ cpus: 4, mem: 1 }, 0);
    expect(allocatedShare(cluster, framework)).toBe(0.25);
    start({ cpus: 1, mem: 3 }, 0);
    expect(allocatedShare(cluster, framework)).toBe(0.5);
    start({ cpus: 7 }, 1);
    expect(allocatedShare(cluster, framework)).toBe(0.75);
  });
});
