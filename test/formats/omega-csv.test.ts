import { describe, expect, it } from 'vitest';
import { fileOf, readTrace } from './read-trace.js';

const HEADER = 'workload,submitted,tasks,duration,cpus,mem\n';

describe('a job list of the Omega study', () => {
  it('is told by its columns and sorted by the time of submission, jobs of one instant in the order of the file', async () => {
    const { format, resources, rows } = await readTrace(
      fileOf('list.csv', `${HEADER}Batch,9.5,2,3,1.0,2.0\nBatch,20,1,1,0.5,1\nService,9.5,7,0.25,4,16\n`),
    );
    expect(format).toBe('omega');
    expect(resources).toEqual(['cpus', 'mem']);
    expect(
      rows.map(({ job, framework, submit, tasks, demand, duration }) => [
        job,
        framework,
        submit,
        tasks,
        demand,
        duration,
      ]),
    ).toEqual([
      [1, 'Batch', 9.5, 2, [1000, 2048], 3],
      [3, 'Service', 9.5, 7, [4000, 16_384], 0.25],
      [2, 'Batch', 20, 1, [500, 1024], 1],
    ]);
  });

  it.each([
    ['no name', ',1,1,1,1,1', 'workload: found nothing'],
    ['no tasks', 'a,1,0,1,1,1', 'tasks: found "0"'],
    ['a negative time', 'a,-1,1,1,1,1', 'submitted: found "-1"'],
    ['no time', 'a,1,1,,1,1', 'duration: found nothing'],
  ])('with a line that has %s is refused at that line', async (_what, line, problem) => {
    const path = fileOf('bad.csv', `${HEADER}a,1,1,1,1,1\n${line}\n`);
    await expect(readTrace(path)).rejects.toThrow(`${path}:3: ${problem}`);
  });

  it('without a job is refused', async () => {
    await expect(readTrace(fileOf('empty.csv', HEADER))).rejects.toThrow('contains no job');
  });
});
