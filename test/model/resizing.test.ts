import { describe, expect, test } from 'vitest';
import { Cluster, FOREVER, ResourceSpace } from '../../src/model/index.js';

/** A machine of 10 cores, of which a running task has 4. */
function ledger() {
  const cluster = new Cluster(new ResourceSpace(['cpus']));
  const machine = cluster.addMachine({ name: 'm0', capacity: [10_000] });
  const framework = cluster.addFramework({ name: 'a' });
  const job = cluster.addJob({ name: 'j', framework, submitted: 0 });
  const taskClass = cluster.classes.acquire({ demand: [4_000] });
  const task = cluster.submit({ job, taskClass, estimate: FOREVER, priority: 0, submitted: 0 });
  cluster.start(task, machine, 0);
  return { cluster, machine, task };
}

describe('a running task', () => {
  test('may ask for more or less where it runs, and the ledger follows', () => {
    const { cluster, task } = ledger();
    expect(cluster.tryResize(task, cluster.classes.acquire({ demand: [9_000] }))).toBeUndefined();
    expect([cluster.free.free[0], cluster.allocated[0], cluster.frameworkAllocated[0]]).toEqual([
      1000, 9000, 9000,
    ]);
    expect(cluster.tryResize(task, cluster.classes.acquire({ demand: [500] }))).toBeUndefined();
    expect([cluster.free.free[0], cluster.allocated[0]]).toEqual([9500, 500]);
    cluster.finish(task);
    expect([cluster.free.free[0], cluster.allocated[0]]).toEqual([10_000, 0]);
  });

  test('gets no more than is free, and nothing on a machine that is not up', () => {
    const { cluster, machine, task } = ledger();
    expect(cluster.tryResize(task, cluster.classes.acquire({ demand: [10_001] }))).toBe('does-not-fit');
    expect([cluster.free.free[0], cluster.allocated[0]]).toEqual([6000, 4000]);
    cluster.setMachineState(machine, 'draining');
    expect(cluster.tryResize(task, cluster.classes.acquire({ demand: [1000] }))).toBe('machine-not-up');
  });
});

describe('a machine', () => {
  test('may have another capacity, down to what is taken of it', () => {
    const { cluster, machine } = ledger();
    cluster.setCapacity(machine, [20_000]);
    expect([cluster.free.free[0], cluster.total[0]]).toEqual([16_000, 20_000]);
    cluster.setCapacity(machine, [4_000]);
    expect([cluster.free.free[0], cluster.total[0]]).toEqual([0, 4_000]);
    expect(() => cluster.setCapacity(machine, [3_999])).toThrow(/more taken of resource 0 than 3999/);
    expect([cluster.free.free[0], cluster.total[0], cluster.machines.capacity[0]]).toEqual([0, 4_000, 4_000]);
  });

  test('keeps its capacity while it is offered', () => {
    const { cluster, machine } = ledger();
    cluster.offer(0, machine);
    expect(() => cluster.setCapacity(machine, [20_000])).toThrow(
      /cannot be resized: it is offered to framework 0/,
    );
  });

  test('that is revocable does not count in the total', () => {
    const { cluster } = ledger();
    const row = cluster.addMachine({ name: 'm0/revocable', capacity: [0], supply: 'revocable', host: 0 });
    cluster.setCapacity(row, [3_000]);
    expect([cluster.free.free[1], cluster.total[0]]).toEqual([3_000, 10_000]);
  });
});
