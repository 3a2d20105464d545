import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarize } from '../../src/metrics/catalogue/catalogue.js';
import {
  type Cluster,
  type Micros,
  NONE,
  type Observer,
  TaskState,
  toSeconds,
} from '../../src/model/index.js';
import { CPUS, CPUS_MEM, listParts, machinesOf, type SimulationSketch, simulate } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

const FRAMEWORKS = [{ name: 'a' }, { name: 'b' }, { name: 'c', weight: 3 }];

/** Seconds in which each framework was next by share and unplaceable. */
async function secondsOf(
  sketch: Partial<SimulationSketch> & Pick<SimulationSketch, 'trace'>,
): Promise<number[]> {
  const { recorder } = await simulate({
    space: CPUS,
    machines: machinesOf(CPUS, [{ cpus: 4 }, { cpus: 4 }]),
    parts: listParts('any', 'worst-fit'),
    ...sketch,
  });
  return FRAMEWORKS.map((_, framework) => toSeconds(recorder.fragmentationBlocked.timeOf(framework)));
}

function cpus(rows: readonly RowSketch[]) {
  return traceOf(CPUS, rowsOf(CPUS, rows), { frameworks: FRAMEWORKS });
}

/** Two tasks of b, one on each machine, that leave 2 cores free on both. */
const HALVES: RowSketch = { framework: 1, tasks: 2, needs: { cpus: 2 }, runs: 100 };

describe('share-fair but unplaceable', () => {
  it('is a framework next by share whose task fits on no machine, though enough is free in all', async () => {
    const trace = cpus([HALVES, { framework: 0, at: 10, needs: { cpus: 3 }, runs: 5 }]);
    expect(await secondsOf({ trace })).toEqual([90, 0, 0]);
  });

  it('is nobody whose task would not even fit what is free in all', async () => {
    const trace = cpus([
      { ...HALVES, needs: { cpus: 3 } },
      { framework: 0, at: 10, needs: { cpus: 3 }, runs: 5 },
    ]);
    expect(await secondsOf({ trace })).toEqual([0, 0, 0]);
  });

  it('is nobody while another of its tasks waits that would fit', async () => {
    // Nobody passes the head of the queue, so the small task waits beside free cores.
    const trace = cpus([
      HALVES,
      { framework: 0, at: 10, needs: { cpus: 3 }, runs: 5 },
      { framework: 0, at: 20, needs: { cpus: 1 }, runs: 5 },
    ]);
    expect(await secondsOf({ trace, parts: listParts('none', 'worst-fit') })).toEqual([10, 0, 0]);
  });

  it('is nobody who waits behind another that is next by share', async () => {
    // b has 4 of 8 cores, so a, which has none, is next; it would fit, but stands behind b in a queue that nobody may pass.
    const trace = cpus([
      HALVES,
      { framework: 1, at: 10, needs: { cpus: 3 }, runs: 5 },
      { framework: 0, at: 20, needs: { cpus: 1 }, runs: 5 },
    ]);
    expect(await secondsOf({ trace, parts: listParts('none', 'worst-fit') })).toEqual([0, 10, 0]);
  });

  it('goes by weighted shares', async () => {
    // c has twice of what b has, but thrice its weight: it is next.
    const trace = cpus([
      { framework: 1, tasks: 1, needs: { cpus: 1 }, runs: 100 },
      { framework: 2, tasks: 1, needs: { cpus: 2 }, runs: 100 },
      { framework: 1, at: 10, needs: { cpus: 4 }, runs: 5 },
      { framework: 2, at: 10, needs: { cpus: 4 }, runs: 5 },
    ]);
    expect(await secondsOf({ trace })).toEqual([0, 0, 90]);
  });

  it('counts only machines that the task may use', async () => {
    const constraints = [[], [{ attribute: 'rack', operator: 'equal' as const, values: ['r0'] }]];
    const machines = machinesOf(CPUS, [{ cpus: 4 }, { cpus: 4 }], [{ rack: 'r0' }, { rack: 'r1' }]);
    const rows = rowsOf(CPUS, [HALVES, { framework: 0, at: 10, needs: { cpus: 3 }, constraint: 1, runs: 5 }]);
    const trace = traceOf(CPUS, rows, { frameworks: FRAMEWORKS, constraints });
    expect(await secondsOf({ trace, machines })).toEqual([0, 0, 0]);
  });

  it('stands in the summary as a share of the run, in all and by framework', async () => {
    const { recorder } = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 4 }, { cpus: 4 }]),
      trace: cpus([HALVES, { framework: 0, at: 10, needs: { cpus: 3 }, runs: 20 }]),
      parts: listParts('any', 'worst-fit'),
    });
    const { fairness, byFramework } = summarize({
      recorder,
      run: { policy: { name: 'list', parameters: {} } } as never,
    });
    expect(fairness.unplaceable).toBeCloseTo(90 / 120, 12);
    expect(Object.entries(byFramework).map(([name, { unplaceable }]) => [name, unplaceable])).toEqual([
      ['a', 0.75],
      ['b', 0],
    ]);
  });

  it('is what a full count after each pass says, whatever runs', async () => {
    const row = fc.record({
      framework: fc.nat(2),
      at: fc.nat(30),
      tasks: fc.integer({ min: 1, max: 3 }),
      needs: fc.record({ cpus: fc.integer({ min: 1, max: 4 }), mem: fc.integer({ min: 1, max: 4 }) }),
      runs: fc.integer({ min: 1, max: 20 }),
    });
    const scenario = fc.array(row, { minLength: 4, maxLength: 12 });
    let seconds = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async (rows) => {
        const inOrder = [...rows].sort((a, b) => a.at - b.at);
        const trace = traceOf(CPUS_MEM, rowsOf(CPUS_MEM, inOrder), { frameworks: FRAMEWORKS });
        let twin: FullCount | undefined;
        const { recorder } = await simulate({
          space: CPUS_MEM,
          machines: machinesOf(CPUS_MEM, [
            { cpus: 4, mem: 5 },
            { cpus: 5, mem: 4 },
            { cpus: 4, mem: 4 },
          ]),
          trace,
          parts: listParts('any', 'worst-fit'),
          observers: (cluster) => {
            twin = new FullCount(cluster);
            return [twin];
          },
        });
        const counted = FRAMEWORKS.map((_, framework) => recorder.fragmentationBlocked.timeOf(framework));
        expect(counted).toEqual(twin?.time);
        seconds += toSeconds(counted.reduce((sum, time) => sum + time));
      }),
      { numRuns: 200 },
    );
    expect(seconds).toBeGreaterThan(100);
  });
});

/** The definition of docs/method.md, from the ledger's rows and nothing else. */
class FullCount implements Partial<Observer> {
  readonly time = FRAMEWORKS.map(() => 0);
  private readonly cluster: Cluster;
  private current = NONE;
  private since: Micros = 0;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  passEnded(now: Micros): void {
    this.runEnded(now);
    this.current = this.unplaceable();
  }

  runEnded(now: Micros): void {
    if (this.current !== NONE) this.time[this.current] += now - this.since;
    this.since = now;
  }

  private unplaceable(): number {
    const { tasks, classes, machines, free, frameworks, total } = this.cluster;
    const waiting = Array.from({ length: tasks.bound }, (_, task) => task).filter(
      (task) => tasks.state[task] === TaskState.pending,
    );
    const demandOf = (task: number) => [0, 1].map((d) => classes.demand[tasks.taskClass[task] * 2 + d]);
    const shareOf = (framework: number) =>
      Math.max(...[0, 1].map((d) => this.cluster.frameworkAllocated[framework * 2 + d] / total[d])) /
      frameworks[framework].weight;
    const [next] = [...new Set(waiting.map((task) => tasks.framework[task]))].sort(
      (a, b) => shareOf(a) - shareOf(b) || frameworks[a].name.localeCompare(frameworks[b].name),
    );
    if (next === undefined) return NONE;
    const rows = Array.from({ length: machines.count }, (_, m) => [0, 1].map((d) => free.free[m * 2 + d]));
    const sum = [0, 1].map((d) => rows.reduce((all, row) => all + row[d], 0));
    const holds = (row: number[], task: number) => demandOf(task).every((amount, d) => amount <= row[d]);
    const theirs = waiting.filter((task) => tasks.framework[task] === next);
    const isPlaceable = theirs.some((task) => rows.some((row) => holds(row, task)));
    return !isPlaceable && theirs.some((task) => holds(sum, task)) ? next : NONE;
  }
}
