import { describe, expect, it } from 'vitest';
import { taskMixOf } from '../../src/lab/workload/task-mix.js';
import { fromSeconds, ResourceSpace } from '../../src/model/index.js';
import { PLAIN_ROW, type TaskRow } from '../../src/workloads/trace.js';
import { traceOf } from '../traces-in-memory.js';

const SPACE = new ResourceSpace(['cpus', 'gpus']);
const T4 = [{ attribute: 'gpu_model', operator: 'equal' as const, values: ['T4'] }];

const row = (second: number, cpuMilli: number, more: Partial<TaskRow> = {}): TaskRow => ({
  ...PLAIN_ROW,
  job: `${second}`,
  framework: 0,
  submit: fromSeconds(second),
  demand: [cpuMilli, 0],
  duration: fromSeconds(1),
  ...more,
});

const gpu = { demand: [1000, 500], gpuCount: 1, gpuMilliEach: 500 };

describe('the task mix', () => {
  it('counts tasks by what they ask for: resources, devices and constraint', async () => {
    const rows = [
      row(0, 1000, { tasks: 3 }),
      row(1, 1000, gpu),
      row(2, 1000),
      row(3, 1000, { ...gpu, constraint: 1 }),
    ];
    const mix = await taskMixOf(traceOf(SPACE, rows, { constraints: [[], T4] }), Number.POSITIVE_INFINITY);
    expect(mix.map(({ demand, ...shape }) => ({ ...shape, demand: [...(demand as Int32Array)] }))).toEqual([
      { demand: [1000, 0], gpuCount: 0, gpuMilliEach: 0, constraint: [], tasks: 4 },
      { ...gpu, constraint: [], tasks: 1 },
      { ...gpu, constraint: T4, tasks: 1 },
    ]);
  });

  it('ends with the horizon, which begins with the first submission', async () => {
    const rows = [row(100, 1000), row(160, 2000), row(161, 3000)];
    const mix = await taskMixOf(traceOf(SPACE, rows), fromSeconds(60));
    expect(mix.map(({ demand }) => demand[0])).toEqual([1000, 2000]);
  });

  it('is that of the history where the trace has one', async () => {
    const trace = traceOf(SPACE, [row(0, 1000)]);
    const history = traceOf(SPACE, [row(0, 2000), row(0, 2000)]);
    const mix = await taskMixOf({ ...trace, history: () => history.batches() }, fromSeconds(60));
    expect(mix).toMatchObject([{ tasks: 2 }]);
    expect(mix[0].demand[0]).toBe(2000);
  });
});
