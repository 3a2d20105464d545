import { describe, expect, test } from 'vitest';
import { FOREVER, ParameterValues, ResourceSpace } from '../../src/model/index.js';
import { fairgroundCsv } from '../../src/workloads/formats/fairground-csv.js';
import { csvText } from '../../src/workloads/formats/fairground-csv-text.js';
import type { Format } from '../../src/workloads/formats/format.js';
import { swf } from '../../src/workloads/formats/swf.js';
import { rowAt, type TaskRow } from '../../src/workloads/trace.js';
import { fileOf } from './read-trace.js';

const SPACE = new ResourceSpace(['cpus']);
let files = 0;

async function rowsOf(
  path: string,
  format: Format = fairgroundCsv,
  settings: Readonly<Record<string, string>> = {},
): Promise<TaskRow[]> {
  const rows: TaskRow[] = [];
  const values = new ParameterValues(format.parameters, settings);
  for await (const batch of format.open(path, SPACE, values).batches())
    for (let row = 0; row < batch.length; row++) rows.push(rowAt(batch, row));
  return rows;
}

/** A file with these columns after job, submit time, run time and cores, from lines `a,0;…`. */
function csv(columns: string, ...lines: readonly string[]): string {
  const body = lines.map((line) => line.replace(';', ',10,1,')).join('\n');
  return fileOf(`jobs-${files++}.csv`, `job_id,submit,duration,cpus,${columns}\n${body}\n`);
}

function failure(rows: Promise<unknown>): Promise<string> {
  return rows.then(
    () => 'no error',
    (error: Error) => error.message.replace(/^.*\/jobs-\d+/, 'jobs'),
  );
}

describe('a line of the CSV format', () => {
  test('says who submitted the job, to which queue, with labels and a deadline', async () => {
    const [row] = await rowsOf(
      csv('user,group,queue,labels,deadline,priority', 'a,5;ann,dev,short,team=ads;tier=2,60,7'),
    );
    expect(row).toMatchObject({ user: 'ann', group: 'dev', queue: 'short', priority: 7, deadline: 60e6 });
    expect(row.labels).toEqual({ team: 'ads', tier: '2' });
  });

  test('leaves unknown facts out', async () => {
    const [row] = await rowsOf(csv('user,labels,deadline', 'a,0;,,'));
    expect(row).toMatchObject({ user: undefined, labels: undefined, deadline: FOREVER });
  });

  test('names its tasks and their parents, and the job that it follows', async () => {
    const rows = await rowsOf(
      csv('task,after,follows,think_time', 'a,0;map,,,', 'a,0;,map|sort,,', 'a,0;sort,map,,', 'b,1;,,a,2.5'),
    );
    expect(rows.map(({ dependencies }) => dependencies)).toEqual([
      { task: 'map' },
      { after: ['map', 'sort'] },
      { task: 'sort', after: ['map'] },
      { follows: 'a', thinkTime: 2.5e6 },
    ]);
  });

  test.each([
    ['estimate', '20', 20e6, 20e6],
    ['time_limit', '20', FOREVER, 20e6],
    ['runtime_estimate', '20', 20e6, FOREVER],
    ['time_limit,runtime_estimate', '20,15', 15e6, 20e6],
    ['estimate,time_limit', '20,20', 20e6, 20e6],
    ['estimate,time_limit', ',30', FOREVER, 30e6],
    ['estimate,time_limit', '20,', 20e6, 20e6],
  ])('with %s of %s has this estimate and this limit', async (columns, values, estimate, timeLimit) => {
    const [row] = await rowsOf(csv(columns, `a,0;${values}`));
    expect(row).toMatchObject({ estimate, timeLimit });
  });

  test.each([
    [
      'an estimate that contradicts the limit',
      csv('estimate,time_limit', 'a,0;20,30'),
      'jobs.csv:2: time_limit: found "30", expected 20, the value of estimate, which sets both the limit and the estimate; or an empty estimate',
    ],
    [
      'a cycle',
      csv('task,after', 'z,0;,', 'a,1;x,z', 'a,1;y,x', 'a,1;z,y', 'b,2;,'),
      'jobs.csv:3: after: found "x after z after y after x", expected tasks without a cyclic dependency',
    ],
    [
      'a task that depends on itself',
      csv('task,after', 'a,1;x,x'),
      'jobs.csv:2: after: found "x", expected another task than its own',
    ],
    [
      'a parent that its job does not have',
      csv('task,after', 'a,1;x,', 'b,1;y,x'),
      'jobs.csv:3: after: found "x", expected the name of a task of the same job',
    ],
    [
      'a parent in a gang',
      csv('task,after,gang', 'a,1;x,,1', 'a,1;y,x,1'),
      'jobs.csv:3: after: found "x", expected nothing in a gang, because its tasks start at one instant',
    ],
    [
      'no name between two separators',
      csv('task,after', 'a,1;x,', 'a,1;y,x||x'),
      'jobs.csv:3: after: found "x||x", expected names of tasks, separated by "|"',
    ],
    [
      'a preceding job below it',
      csv('follows', 'a,1;b', 'b,1;'),
      'jobs.csv:2: follows: found "b", expected a job of a line above',
    ],
    [
      'itself as preceding job',
      csv('follows', 'a,1;a'),
      'jobs.csv:2: follows: found "a", expected a job of a line above',
    ],
    [
      'a think time without a preceding job',
      csv('follows,think_time', 'a,1;,5'),
      'jobs.csv:2: think_time: found "5", expected a job in "follows"',
    ],
    [
      'another user than the first line of its job',
      csv('user', 'a,1;ann', 'a,1;bob'),
      'jobs.csv:3: user: found "bob", expected the value of line 2, because it holds for the whole job "a"',
    ],
    [
      'a label without a key',
      csv('labels', 'a,1;ads'),
      'jobs.csv:2: labels: found "ads", expected key=value, several separated by ";"',
    ],
    [
      'a deadline before its submission',
      csv('deadline', 'a,5;4'),
      'jobs.csv:2: deadline: found "4", expected a time not before submit',
    ],
  ])('is an error with %s', async (_, path, message) => {
    expect(await failure(rowsOf(path))).toBe(message);
  });

  test('is written as it was read', async () => {
    const path = csv(
      'task,after,follows,think_time,user,group,queue,labels,deadline,time_limit,runtime_estimate',
      'a,0;map,,,,ann,dev,short,team=ads,60,20,',
      'a,0;,map,,,ann,dev,short,team=ads,60,,15',
      'b,1;,,a,2.5,,,,,,,',
      'c,1;,,a,,,,,,,20,20',
    );
    const values = new ParameterValues(fairgroundCsv.parameters);
    let text = '';
    for await (const piece of csvText(() => fairgroundCsv.open(path, SPACE, values))) text += piece;
    const again = fileOf(`jobs-${files++}.csv`, text);
    expect(await rowsOf(again)).toEqual(await rowsOf(path));
  });
});

/** A log of jobs of 10 s on one processor: number, submit time, and further fields by their place. */
function log(...jobs: readonly (readonly [number, number, Readonly<Record<number, number>>])[]): string {
  const lines = jobs.map(([job, submit, more]) => {
    const fields: number[] = new Array(18).fill(-1);
    Object.assign(fields, { 0: job, 1: submit, 3: 10, 4: 1, ...more });
    return fields.join(' ');
  });
  return fileOf(`jobs-${files++}.swf`, `; MaxProcs: 4\n${lines.join('\n')}\n`);
}

describe('a job of an SWF log', () => {
  test('has user, group, queue, and its partition as a label', async () => {
    const rows = await rowsOf(log([1, 0, { 11: 3, 12: 4, 14: 5, 15: 6 }], [2, 0, {}]), swf);
    expect(rows[0]).toMatchObject({ user: '3', group: '4', queue: '5', labels: { partition: '6' } });
    expect(rows[1]).toMatchObject({ user: undefined, group: undefined, queue: undefined, labels: undefined });
  });

  test('follows its preceding job after the think time', async () => {
    const rows = await rowsOf(log([1, 0, {}], [2, 5, { 16: 1, 17: 30 }], [3, 6, { 16: 1 }]), swf);
    expect(rows.map(({ dependencies }) => dependencies)).toEqual([
      undefined,
      { follows: 1, thinkTime: 30e6 },
      { follows: 1, thinkTime: 0 },
    ]);
  });

  test('follows a job that stands below it in a log out of order, if that is submitted first', async () => {
    const rows = await rowsOf(
      log([2, 5, { 16: 1, 17: 30 }], [3, 6, { 16: 4 }], [1, 0, {}], [4, 6, { 3: 0 }]),
      swf,
    );
    expect(rows.map(({ job, dependencies }) => [job, dependencies])).toEqual([
      [1, undefined],
      [2, { follows: 1, thinkTime: 30e6 }],
      // Job 4 has no run time, so it is left out.
      [3, undefined],
    ]);
    const later = log([2, 5, { 16: 3 }], [3, 6, {}], [1, 0, {}]);
    expect(await failure(rowsOf(later, swf))).toMatch(
      /:2: preceding job: found "3", expected a job that is submitted before it \(--set swf\.preceding=ignore/,
    );
    // Jobs of one instant keep their order.
    const same = log([2, 5, { 16: 3 }], [3, 5, {}], [1, 0, {}]);
    expect(await failure(rowsOf(same, swf))).toMatch(/:2: preceding job: found "3"/);
  });

  test('is submitted at its own time if its preceding job is left out, or all preceding jobs are ignored', async () => {
    const dropped = log([1, 0, { 3: 0 }], [2, 5, { 16: 1, 17: 30 }]);
    expect((await rowsOf(dropped, swf)).map(({ dependencies }) => dependencies)).toEqual([undefined]);
    const missing = log([2, 5, { 16: 1, 17: 30 }]);
    expect(await rowsOf(missing, swf, { preceding: 'ignore' })).toMatchObject([{ dependencies: undefined }]);
  });

  test('is submitted at its own time if all jobs, even the first, have the same preceding job', async () => {
    const rows = await rowsOf(log([1, 0, { 16: 1 }], [2, 5, { 16: 1 }]), swf);
    expect(rows.map(({ dependencies }) => dependencies)).toEqual([undefined, undefined]);
  });

  test.each([
    ['missing', 9],
    ['the job itself', 2],
  ])('is an error if its preceding job is %s', async (_, preceding) => {
    const path = log([1, 0, {}], [2, 5, { 16: preceding }]);
    expect(await failure(rowsOf(path, swf))).toBe(
      `jobs.swf:3: preceding job: found "${preceding}", expected a job of a line above (--set swf.preceding=ignore reads the log without this field)`,
    );
  });
});
