import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cluster, FOREVER, LedgerError, ResourceSpace, TaskState } from '../../src/model/index.js';
import { LedgerPair, STEPS, type Step } from './ledger-pair.js';

const number = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...STEPS),
  a: number,
  b: number,
  c: number,
});

/** A few machines, frameworks and jobs, so that the operations that follow mean something from the start. */
const opening: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    what: fc.constantFrom('addMachine', 'addFramework', 'addJob', 'submit'),
    a: number,
    b: number,
    c: number,
  }),
  { minLength: 10, maxLength: 20 },
);

const steps = fc.array(step, { maxLength: 150, size: 'max' });

describe('the ledger', () => {
  test('does what its naive twin does, whatever the operations, and refuses what is impossible without a trace', () => {
    fc.assert(
      fc.property(opening, steps, (first, then) => {
        const pair = new LedgerPair();
        for (const one of [...first, ...then]) {
          pair.do(one);
          pair.check();
        }
      }),
      { numRuns: 150 },
    );
  });

  test('is led by the random operations into every kind of state', () => {
    const reached = new Set<string>();
    for (const [first, then] of fc.sample(fc.tuple(opening, steps), { numRuns: 60 })) {
      const pair = new LedgerPair();
      for (const one of [...first, ...then]) pair.do(one);
      for (const sight of sights(pair)) reached.add(sight);
    }
    expect([...reached].sort()).toEqual([
      'down',
      'ended',
      'from an offer',
      'held',
      'offered to two',
      'pending',
      'running',
      'second attempt',
      'several devices',
    ]);
  });

  test('keeps the row of a job until the last of its tasks is forgotten', () => {
    const { cluster, submit } = smallLedger();
    const [a, b] = [submit(), submit()];
    for (const task of [a, b]) {
      cluster.start(task, 0, 0);
      cluster.finish(task);
    }
    expect(cluster.forget(a)).toBe(false);
    expect(cluster.jobs.live).toBe(1);
    expect(cluster.forget(b)).toBe(true);
    expect(cluster.jobs.live).toBe(0);
    const jobs = [0, 1].map((name) => cluster.addJob({ name, framework: 0, submitted: 0 }));
    expect(new Set(jobs).size).toBe(2);
  });

  test('a task that was killed is pending, keeps its count of starts, and starts again elsewhere', () => {
    const { cluster, submit } = smallLedger();
    const task = submit();
    cluster.start(task, 0, 5);
    cluster.kill(task);
    expect(cluster.tasks.state[task]).toBe(TaskState.pending);
    expect(cluster.free.free[0]).toBe(4000);
    cluster.start(task, 1, 9);
    expect(cluster.tasks.attempts[task]).toBe(2);
    expect(cluster.tasks.started[task]).toBe(9);
    expect(cluster.jobs.started[0]).toBe(5);
    expect(cluster.jobs.everStarted[0]).toBe(1);
  });

  test('names the machine and the reason when a machine cannot change its state', () => {
    const { cluster, submit } = smallLedger();
    cluster.start(submit(), 0, 0);
    expect(() => cluster.setMachineState(0, 'down')).toThrow(
      new LedgerError('machine 0 cannot be down: task 0 is on it'),
    );
    cluster.setMachineState(0, 'draining');
    cluster.offer(0, 1);
    expect(() => cluster.setMachineState(1, 'draining')).toThrow(
      new LedgerError('machine 1 cannot be draining: it is offered to framework 0'),
    );
    expect(cluster.machines.stateOf(1)).toBe('up');
  });

  test('counts the capacity of machines that are not down', () => {
    const { cluster } = smallLedger();
    const epoch = cluster.machineEpoch;
    expect(cluster.total[0]).toBe(8000);
    cluster.setMachineState(1, 'draining');
    cluster.setMachineState(1, 'unreachable');
    expect(cluster.total[0]).toBe(8000);
    cluster.setMachineState(1, 'down');
    expect(cluster.total[0]).toBe(4000);
    cluster.setMachineState(1, 'up');
    expect(cluster.total[0]).toBe(8000);
    expect(cluster.machineEpoch).toBe(epoch + 4);
  });

  test('a task that fits an empty machine is told from one that never will', () => {
    const cluster = new Cluster(new ResourceSpace(['cpus', 'gpus']));
    cluster.addMachine({ name: 'm0', capacity: [4000, 1000], attributes: { rack: 'r1' } });
    const classOf = (cpus: number, gpuCount: number, rack: string) =>
      cluster.classes.acquire({
        demand: [cpus, gpuCount * 500],
        gpuCount,
        gpuMilliEach: 500,
        constraint: cluster.constraints.intern([{ attribute: 'rack', operator: 'equal', values: [rack] }]),
      });
    expect(cluster.fitsEmpty(0, classOf(4000, 1, 'r1'))).toBe(true);
    expect(cluster.fitsEmpty(0, classOf(4001, 1, 'r1'))).toBe(false);
    expect(cluster.fitsEmpty(0, classOf(4000, 2, 'r1'))).toBe(false);
    expect(cluster.fitsEmpty(0, classOf(4000, 1, 'r2'))).toBe(false);
  });

  test('refuses a machine with part of a GPU, or with more devices than a mask can name', () => {
    const cluster = new Cluster(new ResourceSpace(['gpus']));
    expect(() => cluster.addMachine({ name: 'half', capacity: [1500] })).toThrow(/"half" has 1.5 GPUs/);
    expect(() => cluster.addMachine({ name: 'big', capacity: [32_000] })).toThrow(/"big" has 32 GPU devices/);
    expect(cluster.machines.count).toBe(0);
    expect(cluster.addMachine({ name: 'full', capacity: [31_000] })).toBe(0);
  });

  test('sums stay exact where they exceed 32 bits', () => {
    const cluster = new Cluster(new ResourceSpace(['mem']));
    for (let i = 0; i < 5; i++) cluster.addMachine({ name: `m${i}`, capacity: [2 ** 31 - 1] });
    expect(cluster.total[0]).toBe(5 * (2 ** 31 - 1));
  });
});

/** What makes a state of the ledger worth having been in. */
function* sights({ twin }: LedgerPair): Iterable<string> {
  for (const task of twin.tasks.values()) {
    yield task.state;
    if (task.devices.length > 1) yield 'several devices';
    if (task.attempts > 1) yield 'second attempt';
    if (task.origin !== 'free') yield 'from an offer';
  }
  for (const machine of twin.machines) {
    if (machine.offered.size > 1) yield 'offered to two';
    if (machine.state === 'down') yield 'down';
  }
}

/** Two machines of 4 cores, one framework, one job, tasks of one core. */
function smallLedger() {
  const cluster = new Cluster(new ResourceSpace(['cpus']));
  for (const name of ['m0', 'm1']) cluster.addMachine({ name, capacity: [4000] });
  cluster.addFramework({ name: 'f' });
  const job = cluster.addJob({ name: 'j', framework: 0, submitted: 0 });
  const submit = () =>
    cluster.submit({
      job,
      taskClass: cluster.classes.acquire({ demand: [1000] }),
      estimate: FOREVER,
      priority: 0,
      submitted: 0,
    });
  return { cluster, submit };
}
