import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type MachineSpec, ParameterValues, ResourceSpace } from '../../src/model/index.js';
import { swf } from '../../src/workloads/formats/swf.js';
import { fileOf, readTrace } from './read-trace.js';

/** What a job of a log says; fields that are left out are unknown (-1). */
interface LoggedJob {
  readonly id?: number | string;
  readonly submit?: number | string;
  readonly run?: number | string;
  readonly allocated?: number | string;
  readonly requested?: number | string;
  readonly time?: number | string;
  readonly user?: number;
  readonly group?: number;
  readonly queue?: number;
  readonly partition?: number;
  readonly wait?: number;
  readonly status?: number;
}

let jobs = 0;

/** A line of 18 fields. */
function line(job: LoggedJob): string {
  const fields: (number | string)[] = new Array(18).fill(-1);
  fields[0] = job.id ?? ++jobs;
  fields[1] = job.submit ?? 0;
  fields[2] = job.wait ?? -1;
  fields[3] = job.run ?? 10;
  fields[4] = job.allocated ?? -1;
  fields[7] = job.requested ?? -1;
  fields[8] = job.time ?? -1;
  fields[10] = job.status ?? -1;
  fields[11] = job.user ?? -1;
  fields[12] = job.group ?? -1;
  fields[14] = job.queue ?? -1;
  fields[15] = job.partition ?? -1;
  return fields.join(' ');
}

let logs = 0;

/** Path of a log with these jobs. */
function log(logged: readonly LoggedJob[], header = '; MaxProcs: 64\n', end = '\n'): string {
  return fileOf(`log-${logs++}.swf`, `${header}${logged.map((job) => `${line(job)}${end}`).join('')}`);
}

async function cpusOf(logged: LoggedJob): Promise<number[]> {
  const { rows } = await readTrace(log([logged]));
  return rows.map((row) => row.demand[0] / 1000);
}

async function poolOf(header: string): Promise<unknown> {
  const path = log([{ allocated: 1 }], header);
  const { machines, machinesHint } = await swf.describeCluster(path, new ParameterValues(swf.parameters));
  return machines?.(new ResourceSpace(['cpus'])) ?? machinesHint;
}

describe('reading a log of the Parallel Workloads Archive', () => {
  it.each([
    ['the allocated processors', { allocated: 3, requested: 8 }, [3]],
    ['the requested ones when the allocated are unknown', { allocated: -1, requested: 8 }, [8]],
    ['the requested ones when none were allocated', { allocated: 0, requested: 8 }, [8]],
    ['the allocated ones when the requested are unknown', { allocated: 5, requested: -1 }, [5]],
  ])('a job takes %s', async (_what, logged, cpus) => {
    expect(await cpusOf(logged)).toEqual(cpus);
  });

  it('a job is one task that is known by its number, with its run time and its request as the estimate', async () => {
    const { rows, format, resources } = await readTrace(
      log([{ id: 17, submit: 5, run: 552.21, allocated: 2, time: 600 }]),
    );
    expect([format, resources]).toEqual(['swf', ['cpus']]);
    expect(rows).toEqual([
      {
        job: 17,
        framework: 'batch',
        submit: 5,
        tasks: 1,
        demand: [2000],
        gpuCount: 0,
        gpuMilliEach: 0,
        constraint: [],
        estimate: 600,
        priority: 0,
        gang: false,
        duration: 552.21,
        failAfter: Number.POSITIVE_INFINITY,
        usage: [Number.NaN],
      },
    ]);
  });

  it.each([
    [0, 'failed'],
    [1, undefined],
    [5, 'killed'],
    [-1, undefined],
  ])('a job of status %i ended so in the log: %s', async (status, ended) => {
    const { rows } = await readTrace(log([{ run: 33, allocated: 1, status }]));
    expect(rows[0].ended).toBe(ended);
  });

  it.each([-1, 0])('a requested time of %i is unknown, and the run time stands in for it', async (time) => {
    const { rows } = await readTrace(log([{ run: 33, allocated: 1, time }]));
    expect(rows[0].estimate).toBe(33);
  });

  it('keeps an estimate below the run time: the job will be stopped there', async () => {
    const { rows } = await readTrace(log([{ run: 100, allocated: 1, time: 60 }]));
    expect([rows[0].duration, rows[0].estimate]).toEqual([100, 60]);
  });

  it('drops jobs without processors, then jobs without run time, and counts each once', async () => {
    const { rows, dropped } = await readTrace(
      log([
        { id: 1, allocated: 0, requested: 0 },
        { id: 2, allocated: -1, requested: -1, run: 0 },
        { id: 3, allocated: 1, run: 0 },
        { id: 4, allocated: 1, run: -1 },
        { id: 5, allocated: 1, run: 0.5 },
      ]),
    );
    expect(rows.map((row) => row.job)).toEqual([5]);
    expect(dropped).toEqual({ 'no processors': 2, 'no run time': 2 });
  });

  it('keeps the order of the log among jobs of the same second, also where ids run backwards or start at 0', async () => {
    const { rows } = await readTrace(
      log([
        { id: 7, submit: 3, allocated: 1 },
        { id: 0, submit: 3, allocated: 1 },
        { id: 4, submit: 4, allocated: 1 },
      ]),
    );
    expect(rows.map((row) => [row.job, row.submit])).toEqual([
      [7, 3],
      [0, 3],
      [4, 4],
    ]);
  });

  it.each([
    ['one', ['batch']],
    ['user', ['user-3', 'user-8']],
    ['group', ['group-1', 'group-2']],
    ['queue', ['queue-0', 'queue-5']],
    ['partition', ['partition-9', 'partition-7']],
  ])('with framework=%s a job belongs to its %s', async (framework, expected) => {
    const path = log([
      { user: 3, group: 1, queue: 0, partition: 9, allocated: 1 },
      { user: 8, group: 2, queue: 5, partition: 7, allocated: 1 },
      { user: 3, group: 1, queue: 0, partition: 9, allocated: 1 },
    ]);
    const { rows } = await readTrace(path, { framework });
    expect([...new Set(rows.map((row) => row.framework))]).toEqual(expected);
    expect(rows[2].framework).toBe(rows[0].framework);
  });

  it('gives every log one cpu demand and no more than the columns that matter: what follows the 18th is ignored', async () => {
    const path = fileOf(
      'wide.swf',
      `; MaxProcs: 64\n${line({ id: 1, allocated: 2 })} {12,13} q_1d 1:ppn=2\n${line({ id: 2, allocated: 1 })} x\n`,
    );
    const { rows } = await readTrace(path);
    expect(rows.map((row) => [row.job, row.demand[0]])).toEqual([
      [1, 2000],
      [2, 1000],
    ]);
  });

  it.each([
    ['CRLF line ends', (text: string) => text.replaceAll('\n', '\r\n')],
    ['no line end at the end of the file', (text: string) => text.trimEnd()],
    [
      'blank lines and comments between the jobs',
      (text: string) => text.replaceAll('\n', '\n\n;a note\n   \n'),
    ],
    [
      'leading blanks and tabs between the fields',
      (text: string) => text.replace(/^(\d)/gm, '   $1').replace(/ (?=-1)/g, '\t'),
    ],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
  ])('reads a log with %s like any other', async (what, change) => {
    const text = `; MaxProcs: 64\n${line({ id: 1, allocated: 2 })}\n${line({ id: 2, submit: 4, allocated: 3 })}\n`;
    const [plain, changed] = await Promise.all([
      readTrace(fileOf('plain.swf', text)),
      readTrace(fileOf(`${what}.swf`, change(text))),
    ]);
    expect(plain.rows).toHaveLength(2);
    expect(changed).toEqual(plain);
  });

  it('reads a packed log, of one or of several gzip members', async () => {
    const [head, tail] = [
      `; MaxProcs: 64\n${line({ id: 1, allocated: 2 })}\n`,
      `${line({ id: 2, allocated: 1 })}\n`,
    ];
    const plain = await readTrace(fileOf('unpacked.swf', head + tail));
    expect(await readTrace(fileOf('one.swf.gz', gzipSync(head + tail)))).toEqual(plain);
    const members = Buffer.concat([gzipSync(head), gzipSync(tail)]);
    expect(await readTrace(fileOf('two.swf.gz', members))).toEqual(plain);
  });
});

describe('the pool of a log', () => {
  it.each([
    ['MaxProcs', '; MaxJobs: 9\n; MaxProcs: 128\n', 128],
    ['MaxProcs, wherever MaxNodes stands', '; MaxNodes: 16\n; MaxProcs: 128\n', 128],
    ['MaxProcs before MaxNodes', '; MaxProcs: 128\n; MaxNodes: 16\n', 128],
    ['MaxProcs after an unknown MaxNodes', '; MaxNodes: -1\n; MaxProcs: 8\n', 8],
    ['MaxProcs in other letters', ' ;  maxprocs = 8\n', 8],
    [
      'MaxProcs behind blank lines and a comment that begins with a blank',
      ' ; exported\n\n; MaxProcs: 8\n',
      8,
    ],
    ['MaxProcs under another name', '; Max Processors : 1,024\n', 1024],
    ['a header without a blank behind the semicolon', ';MaxProcs:   32 (of all partitions)\n', 32],
  ])('is as large as %s', async (_what, header, processors) => {
    expect(await poolOf(header)).toEqual([{ name: 'pool', capacity: [processors * 1000] }]);
  });

  it.each([
    ['says nothing', '; Note: nothing\n', /the header has no MaxProcs; specify the machines with --machines/],
    ['says that it is unknown', '; MaxNodes: UNKNOWN\n; MaxProcs: UNKNOWN\n', /has no MaxProcs; specify/],
    [
      'has only nodes',
      '; MaxNodes: 16\n',
      /has MaxNodes 16 but no MaxProcs, and a node may have several processors/,
    ],
    [
      'has more than the ledger',
      '; MaxProcs: 7630848\n',
      /MaxProcs 7630848 is more than one machine can have \(2147483 cores\)/,
    ],
  ])('must be given with --machines when the header %s', async (_what, header, hint) => {
    expect(await poolOf(header)).toMatch(hint);
  });

  it('is refused with file, line and field when it is no number', async () => {
    await expect(poolOf('; Note: x\n; MaxProcs: many\n')).rejects.toThrow(
      /:2: MaxProcs: found "many", expected a whole number of processors >= 1/,
    );
  });

  it('does not come from what stands behind the jobs', async () => {
    const path = fileOf('late.swf', `${line({ allocated: 1 })}\n; MaxProcs: 5\n`);
    expect((await swf.describeCluster(path, new ParameterValues(swf.parameters))).machines).toBeUndefined();
  });
});

describe('a damaged log', () => {
  it.each([
    [
      'a negative run time',
      { run: -10 },
      /:2: run time: found "-10", expected a number >= 0, or -1 for unknown/,
    ],
    [
      'a word for a number',
      { allocated: 'many' },
      /:2: allocated processors: found "many", expected a number/,
    ],
    [
      'a half job number',
      { id: 1.5, allocated: 1 },
      /:2: job number: found "1\.5", expected a whole number >= 0/,
    ],
    [
      'half a processor',
      { allocated: 1.5 },
      /:2: allocated processors: found "1\.5", expected a whole number/,
    ],
    [
      'a submit time that is not exact to a microsecond',
      { submit: 1e10, allocated: 1 },
      /:2: submit time: found "10000000000", expected seconds up to 9007199254/,
    ],
    [
      'a run time until later than that',
      { submit: 9e9, run: 9e9, allocated: 1 },
      /:2: run time: found "9000000000", expected an end \(submission \+ run time\) up to 9007199254 s/,
    ],
    [
      'more processors than the ledger can hold',
      { allocated: 3e6 },
      /:2: allocated processors: found "3000000"/,
    ],
  ])('with %s is refused with file, line and field', async (_what, logged, message) => {
    await expect(readTrace(log([logged]))).rejects.toThrow(message);
  });

  it('with a cut line is refused, and blank lines count for the number of the line', async () => {
    const cut = fileOf('cut.swf', `; MaxProcs: 4\n\n\n1 0 -1 10\n`);
    await expect(readTrace(cut)).rejects.toThrow(/cut\.swf:4: found "4 fields", expected 18 fields/);
  });

  it('with jobs out of order is sorted, stably, and the jobs out of order are counted', async () => {
    const { rows, adjusted } = await readTrace(
      log([
        { id: 1, submit: 9, allocated: 1 },
        { id: 2, submit: 8, allocated: 1 },
        { id: 3, submit: 9, allocated: 1 },
        { id: 4, submit: 8, allocated: 1 },
      ]),
    );
    expect(rows.map((row) => [row.job, row.submit])).toEqual([
      [2, 8],
      [4, 8],
      [1, 9],
      [3, 9],
    ]);
    expect(adjusted).toEqual({ 'lines out of order of submission, now sorted': 2 });
  });

  it('with a job that was never submitted leaves it out and counts it', async () => {
    const { rows, dropped } = await readTrace(
      log([
        { id: 1, submit: 3, allocated: 1 },
        { id: 2, submit: -1, allocated: 1 },
        { id: 3, submit: 3, allocated: 1 },
      ]),
    );
    expect(rows.map((row) => row.job)).toEqual([1, 3]);
    expect(dropped).toEqual({ 'no submit time': 1 });
  });

  it('with one number on several lines has a job per line, and names them apart', async () => {
    const { rows, adjusted } = await readTrace(
      log([
        { id: 0, allocated: 3 },
        { id: 0, allocated: 3 },
        { id: 5, allocated: 3 },
        { id: 0, allocated: 3 },
        { id: 0, submit: 1, allocated: 3 },
      ]),
    );
    expect(rows.map((row) => row.job)).toEqual([0, '0-2', 5, '0-3', 0]);
    expect(adjusted).toEqual({ 'jobs with the name of another job of the same time, now numbered': 2 });
  });

  it('with times finer than a microsecond rounds them, never to 0, and counts them', async () => {
    const { rows, adjusted } = await readTrace(
      log([
        { submit: 0, run: 0.0000001, allocated: 1, time: 1.2345678 },
        { run: 552.21, allocated: 1 },
      ]),
    );
    expect(rows.map((row) => [row.duration, row.estimate])).toEqual([
      [0.000001, 1.234568],
      [552.21, 552.21],
    ]);
    expect(adjusted).toEqual({ 'times rounded to whole microseconds': 2 });
  });

  it('is read with damaged=drop: jobs with negative numbers are left out and counted, words still are not', async () => {
    const path = log([
      { id: 1, run: -10, allocated: 1 },
      { id: 2, submit: -7, allocated: 1 },
      { id: 3, allocated: 1 },
      { id: 4, allocated: -2, requested: 4 },
    ]);
    const { rows, dropped } = await readTrace(path, { damaged: 'drop' });
    expect(rows.map((row) => row.job)).toEqual([3]);
    expect(dropped).toEqual({ 'negative numbers': 3 });
    await expect(readTrace(log([{ run: 'ten', allocated: 1 }]), { damaged: 'drop' })).rejects.toThrow(
      /run time/,
    );
  });

  it('without a job is refused', async () => {
    await expect(readTrace(log([]))).rejects.toThrow(/contains no job/);
  });
});

describe('a job that was stopped and continued', () => {
  // Job 1 ran from 0 to 50, waited for 20 s, and ran until 120: 100 s in all.
  const logged: readonly LoggedJob[] = [
    { id: 1, submit: 0, run: 100, allocated: 4, status: 1 },
    { id: 1, submit: 0, wait: 0, run: 50, allocated: 4, status: 2 },
    { id: 1, submit: -1, wait: 20, run: 50, allocated: 2, status: 3 },
    { id: 2, submit: 10, run: 10, allocated: 4, status: 1 },
  ];

  it('is run as a whole, and its parts are left out and counted', async () => {
    const { rows, dropped, adjusted } = await readTrace(log(logged));
    expect(rows.map((row) => [row.job, row.submit, row.duration])).toEqual([
      [1, 0, 100],
      [2, 10, 10],
    ]);
    expect(dropped).toEqual({ 'partial executions of jobs that run as a whole': 2 });
    expect(adjusted).toEqual({});
  });

  it('is run part by part with partial=parts: a later part is submitted when the part before it ended', async () => {
    const { rows, dropped } = await readTrace(log(logged), { partial: 'parts' });
    expect(rows.map((row) => [row.job, row.submit, row.duration, row.demand[0]])).toEqual([
      [1, 0, 50, 4000],
      [2, 10, 10, 4000],
      [1, 50, 50, 2000],
    ]);
    expect(dropped).toEqual({ 'lines for whole jobs, whose partial executions run instead': 1 });
  });

  it('is said to be left out when the log has only its parts', async () => {
    const { rows, dropped } = await readTrace(log(logged.slice(1)));
    expect(rows.map((row) => row.job)).toEqual([2]);
    expect(Object.entries(dropped)).toEqual([[expect.stringContaining('--set swf.partial=parts'), 2]]);
    expect((await readTrace(log(logged.slice(1)), { partial: 'parts' })).rows).toHaveLength(3);
  });

  it('may be the last of the log, in either reading', async () => {
    const last = log(logged.slice(0, 3));
    expect((await readTrace(last)).rows).toHaveLength(1);
    expect((await readTrace(last, { partial: 'parts' })).rows).toHaveLength(2);
    expect((await readTrace(log(logged.slice(3)), { partial: 'parts' })).rows).toHaveLength(1);
  });
});

describe('a job of several processors', () => {
  const nodes = (count: number, cores: number): MachineSpec[] =>
    Array.from({ length: count }, (_, i) => ({ name: `m${i}`, capacity: [cores * 1000] }));
  const tasks = async (span: string, machines?: readonly MachineSpec[]) => {
    const path = log([
      { id: 1, allocated: 11 },
      { id: 2, allocated: 1 },
    ]);
    const { rows } = await readTrace(path, { span }, undefined, machines);
    return rows.map((row) => [row.job, row.tasks, row.demand[0] / 1000, row.gang]);
  };
  const POOL = [
    [1, 1, 11, false],
    [2, 1, 1, false],
  ];
  const CORES = [
    [1, 11, 1, true],
    [2, 1, 1, false],
  ];

  it.each([
    ['one task of a pool', 'auto', nodes(1, 64), POOL],
    ['one task where no machines are known', 'auto', undefined, POOL],
    ['a gang of one-core tasks on several machines', 'auto', nodes(4, 4), CORES],
    ['a gang of one-core tasks wherever the user says so', 'cores', nodes(1, 64), CORES],
    ['one task on several machines if the user says so', 'pool', nodes(4, 16), POOL],
    [
      'a gang of tasks of whole machines, and one with the rest',
      'nodes',
      nodes(4, 4),
      [
        [1, 2, 4, true],
        [1, 1, 3, true],
        [2, 1, 1, false],
      ],
    ],
    ['one task if it fits on a machine', 'nodes', nodes(4, 16), POOL],
  ] as const)('is %s', async (_what, span, machines, expected) => {
    expect(await tasks(span, machines)).toEqual(expected);
  });

  it('may have more of them than one machine can have, as a gang', async () => {
    const { rows } = await readTrace(log([{ id: 1, allocated: 3e6 }]), { span: 'cores' });
    expect([rows[0].tasks, rows[0].demand, rows[0].gang]).toEqual([3e6, [1000], true]);
  });
});
