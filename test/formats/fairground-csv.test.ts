import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../src/metrics/files/csv.js';
import { constraintsText } from '../../src/model/index.js';
import { fileOf, type ReadRow, readTrace } from './read-trace.js';

const NEVER = Number.POSITIVE_INFINITY;

let files = 0;

function trace(text: string): string {
  return fileOf(`trace-${files++}.csv`, text);
}

/** The one row of a trace with these columns and values, beside a job of 10 s on one core. */
async function rowWith(columns: Readonly<Record<string, string>>): Promise<ReadRow> {
  const all = { job_id: 'a', submit: '0', duration: '10', cpus: '1', ...columns };
  const { rows } = await readTrace(trace(csvLine(Object.keys(all)) + csvLine(Object.values(all))));
  expect(rows).toHaveLength(1);
  return rows[0];
}

describe('the minimum of a gang', () => {
  const header = 'job_id,submit,duration,cpus,tasks,gang,minimum';

  it('is that of its first row, and is empty for all of its tasks', async () => {
    const { rows } = await readTrace(
      trace([header, 'a,0,1,1,2,1,3', 'a,0,1,2,1,1,', 'b,0,1,1,2,1,', 'c,0,1,1,1,0,'].join('\n')),
    );
    expect(rows.map(({ minimum }) => minimum)).toEqual([3, 0, 0, 0]);
  });

  it.each([
    ['a,0,1,1,2,1,0', /:2: minimum: found "0", expected a whole number >= 1/],
    ['a,0,1,1,2,1,1.5', /:2: minimum: found "1.5", expected a whole number/],
    ['a,0,1,1,2,1,3', /:2: minimum: found "3", expected at most 2, the number of tasks of the job/],
    ['a,0,1,1,2,0,1', /:2: minimum: found "1", expected an empty field, because the job is no gang/],
    ['a,0,1,1,2,1,1\na,0,1,1,2,1,2', /:3: minimum: found "2", expected 1, as in the first row of the job/],
    ['a,0,1,1,2,1,3\nb,0,1,1,2,1,1', /:2: minimum: found "3", expected at most 2/],
  ])('is refused: %s', async (lines, message) => {
    await expect(readTrace(trace(`${header}\n${lines}`))).rejects.toThrow(message);
  });
});

describe("Fairground's own CSV", () => {
  it('fills in what a short row leaves out', async () => {
    expect(await rowWith({})).toEqual({
      job: 'a',
      framework: 'default',
      submit: 0,
      tasks: 1,
      demand: [1000],
      gpuCount: 0,
      gpuMilliEach: 0,
      constraint: [],
      estimate: NEVER,
      priority: 0,
      gang: false,
      duration: 10,
      failAfter: NEVER,
      usage: [Number.NaN],
    });
  });

  it('reads what a job asks of where its tasks stand', async () => {
    const { rule } = await rowWith({
      spread: 'machine;rack<=3',
      together: 'zone',
      avoid: 'kafka|web',
      beside: 'hdfs',
      prefers: '10*machine=m1|m2;ssd',
    });
    expect(rule).toEqual({
      spread: [
        { attribute: 'machine', atMost: 1 },
        { attribute: 'rack', atMost: 3 },
      ],
      together: ['zone'],
      avoid: ['kafka', 'web'],
      beside: ['hdfs'],
      prefers: [
        { constraint: { attribute: 'machine', operator: 'equal', values: ['m1', 'm2'] }, weight: 10 },
        { constraint: { attribute: 'ssd', operator: 'present' }, weight: 1 },
      ],
    });
  });

  it('reads every column in its unit', async () => {
    const { rows, resources } = await readTrace(
      trace(
        'used.mem,job_id,framework,submit,duration,tasks,estimate,priority,gang,constraint,fail_after,' +
          'ports,network,gpus,disk,mem,cpus,used.cpus\n' +
          '512,etl,spark,1.5,60.25,3,90,7,1,rack=r1|r2;zone!=a;cores>=8;!ssd,12.5,2,100,2,4096,1024,0.25,0.125\n',
      ),
    );
    expect(resources).toEqual(['cpus', 'mem', 'disk', 'gpus', 'network', 'ports']);
    expect(rows).toEqual([
      {
        job: 'etl',
        framework: 'spark',
        submit: 1.5,
        tasks: 3,
        demand: [250, 1024, 4096, 2000, 100, 2],
        gpuCount: 2,
        gpuMilliEach: 1000,
        constraint: [
          { attribute: 'rack', operator: 'equal', values: ['r1', 'r2'] },
          { attribute: 'zone', operator: 'not-equal', values: ['a'] },
          { attribute: 'cores', operator: 'at-least', bound: 8 },
          { attribute: 'ssd', operator: 'absent' },
        ],
        estimate: 90,
        priority: 7,
        gang: true,
        duration: 60.25,
        failAfter: 12.5,
        usage: [0.5, 0.5, Number.NaN, Number.NaN, Number.NaN, Number.NaN],
      },
    ]);
  });

  it.each([
    ['cpus', '0.0001', 1],
    ['cpus', '1.5', 1500],
    ['mem', '0.5', 1],
    ['mem', '1024', 1024],
    ['disk', '1', 1],
    ['gpus', '1', 1000],
    ['network', '9.1', 10],
    ['ports', '3', 3],
    ['slots', '1', 1],
  ])('%s=%s is %i quanta, rounded up', async (resource, amount, quanta) => {
    const path = trace(`job_id,submit,duration,${resource}\na,0,1,${amount}\n`);
    expect((await readTrace(path)).rows[0].demand).toEqual([quanta]);
  });

  it.each([
    ['0', 0, 0],
    ['', 0, 0],
    ['0.25', 1, 250],
    ['0.0001', 1, 1],
    ['0.30000000000000004', 1, 300],
    ['0.0000000001', 1, 1],
    ['1', 1, 1000],
    ['4', 4, 1000],
  ])('gpus=%s asks for %i devices, %i thousandths of each', async (gpus, count, each) => {
    const row = await rowWith({ gpus });
    expect([row.gpuCount, row.gpuMilliEach, row.demand[1]]).toEqual([count, each, count * each]);
  });

  it('takes as much from a GPU as it demands of GPUs, for every share that can be written in thousandths', async () => {
    const shares = Array.from({ length: 1000 }, (_, i) => String((i + 1) / 1000));
    const lines = shares.map((gpus, i) => `${i},0,1,${gpus}\n`).join('');
    const { rows } = await readTrace(trace(`job_id,submit,duration,gpus\n${lines}`));
    const wrong = rows.filter((row, i) => row.gpuMilliEach !== i + 1 || row.demand[0] !== i + 1);
    expect(wrong.map((row) => [row.job, row.gpuMilliEach, row.demand[0]])).toEqual([]);
  });

  it('knows tasks that never end', async () => {
    expect((await rowWith({ duration: 'forever' })).duration).toBe(NEVER);
  });

  it.each([
    ['a comma, a quote and a line break', '"a ""b"", c\nd"', 'a "b", c\nd'],
    ['blanks around it', '  a b  ', 'a b'],
    ['letters of any script', 'Ünïcødé 火', 'Ünïcødé 火'],
    ['a number that must stay text', '007', '007'],
  ])('reads a job id with %s', async (_what, field, job) => {
    const path = trace(`job_id,submit,duration,cpus\n${field},0,1,1\n`);
    expect((await readTrace(path)).rows[0].job).toBe(job);
  });

  it('reads back any job id and framework that the CSV writer wrote', async () => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 12 })
      .map((s) => s.trim())
      .filter((s) => s !== '' && ![...s].some((c) => c < ' '));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }), async (pairs) => {
        const lines = pairs.map(([job, framework]) => csvLine([job, framework, 0, 1, 1]));
        const { rows } = await readTrace(trace(`job_id,framework,submit,duration,cpus\n${lines.join('')}`));
        expect(rows.map((row) => [row.job, row.framework])).toEqual(pairs);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['CRLF line ends', (text: string) => text.replaceAll('\n', '\r\n')],
    ['no line end at the end', (text: string) => text.trimEnd()],
    ['blank lines between and behind', (text: string) => text.replace(/\n(?=b)/, '\n\n\n').concat('\n\n')],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
    ['blanks around names and values', (text: string) => text.replaceAll(',', ' , ')],
    [
      'a quoted header',
      (text: string) => text.replace('job_id,submit,duration,cpus', '"job_id","submit","duration","cpus"'),
    ],
  ])('reads a file with %s like any other', async (what, change) => {
    const text = 'job_id,submit,duration,cpus\na,0,1,2\nb,1,2,0.5\n';
    const plain = await readTrace(trace(text));
    expect(plain.rows).toHaveLength(2);
    expect(await readTrace(fileOf(`${what}.csv`, change(text)))).toEqual(plain);
  });

  it('reads a packed file, and columns that it does not know do no harm', async () => {
    const plain = await readTrace(trace('job_id,submit,duration,cpus\na,0,1,2\n'));
    const packed = gzipSync('job_id,owner,submit,duration,cpus,note\na,me,0,1,2,"x,y"\n');
    const adjusted = { 'unknown columns ignored: "owner", "note"': 2 };
    expect(await readTrace(fileOf('packed.csv.gz', packed))).toEqual({ ...plain, adjusted });
  });

  it('rounds times and amounts finer than a quantum, never to 0, and counts them', async () => {
    const { rows, adjusted } = await readTrace(
      trace(
        'job_id,submit,duration,cpus,mem,estimate\n' +
          'a,0,0.0000001,0.0000001,0.5,1.00000025\n' +
          // Exact in decimal, although not in binary: nothing is rounded.
          'b,0.1,552.21,0.3,1024,0.7\n',
      ),
    );
    expect(rows.map((row) => [row.duration, row.demand, row.estimate])).toEqual([
      [0.000001, [1, 1], 1],
      [552.21, [300, 1024], 0.7],
    ]);
    expect(adjusted).toEqual({
      'times rounded to whole microseconds': 2,
      'amounts rounded up to whole quanta': 2,
    });
  });

  it.each([
    [
      'submit',
      '1620000000000',
      /:2: submit: found "1620000000000", expected seconds up to 9007199254 \(285 years\)/,
    ],
    ['submit', '9223372036854775807', /:2: submit: found "9223372036854775807", expected seconds up to/],
    ['submit', '1e304', /:2: submit: found "1e304", expected seconds up to/],
    ['duration', '1e10', /:2: duration: found "1e10", expected seconds up to/],
    ['estimate', '1e10', /:2: estimate: found "1e10", expected seconds up to/],
    ['fail_after', '1e10', /:2: fail_after: found "1e10", expected seconds up to/],
  ])(
    'refuses %s=%s, because times are exact to a microsecond only up to 285 years',
    async (column, value, message) => {
      await expect(rowWith({ [column]: value })).rejects.toThrow(message);
    },
  );

  it('refuses an end beyond 285 years, unless a time limit comes before it', async () => {
    const late = { submit: '9000000000', duration: '9000000000' };
    await expect(rowWith(late)).rejects.toThrow(
      /:2: duration: found "9000000000", expected an end \(submission \+ run time\) up to 9007199254 s/,
    );
    expect((await rowWith({ ...late, estimate: '60' })).estimate).toBe(60);
    expect((await rowWith({ submit: '9000000000', duration: 'forever' })).duration).toBe(NEVER);
  });

  it('says of usage what the trace says: shares of the demand per row, unknown where a field is empty', async () => {
    const { rows } = await readTrace(
      trace(
        'job_id,submit,duration,cpus,mem,used.cpus,used.mem\n' +
          'a,0,1,4,100,1,\nb,0,1,4,100,,\nc,0,1,0,100,0,50\nd,0,1,2,100,3,0\n',
      ),
    );
    expect(rows.map((row) => row.usage)).toEqual([
      [0.25, Number.NaN],
      [Number.NaN, Number.NaN],
      // A run takes the usage of a resource that is not requested as 0.
      [Number.NaN, 0.5],
      [1.5, 0],
    ]);
  });

  it('takes usage as a share of the demand in whole quanta, which is what a run multiplies it by', async () => {
    // 1.5 MiB are rounded up to 2, so 1.5 used MiB are 3/4 of them.
    const { demand, usage } = await rowWith({ mem: '1.5', 'used.mem': '1.5' });
    expect([demand[1], usage[1]]).toEqual([2, 0.75]);
  });

  it('reads usage over time as steps of all resources together', async () => {
    const { rows } = await readTrace(
      trace(
        'job_id,submit,duration,cpus,mem,used.cpus,used.mem\n' +
          'a,0,9,2,100,0:0.5|600:3|1800.5:0,50\n' +
          'b,0,9,2,100,0:1|60:,0:10|30:20\n' +
          'c,0,9,2,100,0:1,\n',
      ),
    );
    expect(rows.map(({ profile }) => profile)).toEqual([
      { offsets: [0, 600, 1800.5], shares: [0.25, 0.5, 1.5, 0.5, 0, 0.5] },
      { offsets: [0, 30, 60], shares: [0.5, 0.1, 0.5, 0.2, Number.NaN, 0.2] },
      undefined,
    ]);
    expect(rows.map(({ usage }) => usage)).toEqual([
      [0.25, 0.5],
      [0.5, 0.1],
      [0.5, Number.NaN],
    ]);
  });

  it('reads the attempts of the trace and how they ended', async () => {
    const { rows } = await readTrace(
      trace(
        'job_id,submit,duration,cpus,attempts,ended\n' +
          'a,0,9,1,600:failed|0.5:evicted,killed\nb,0,9,1,7:killed|7:lost,finished\nc,0,9,1,,\n',
      ),
    );
    expect(rows.map(({ attempts, ended }) => [attempts, ended])).toEqual([
      [
        [
          { ran: 600_000_000, end: 'failed' },
          { ran: 500_000, end: 'evicted' },
        ],
        'killed',
      ],
      [
        [
          { ran: 7_000_000, end: 'killed' },
          { ran: 7_000_000, end: 'lost' },
        ],
        undefined,
      ],
      [undefined, undefined],
    ]);
  });

  it('refuses usage of a resource that the line does not request', async () => {
    await expect(rowWith({ mem: '0', 'used.mem': '0:0|5:1' })).rejects.toThrow(
      /:2: used\.mem: found "0:0\|5:1", expected 0, because the line requests nothing of this resource/,
    );
  });

  it('says that it ignores usage of a resource that no line requests', async () => {
    const path = trace('job_id,submit,duration,cpus,used.mem\na,0,1,1,5\n');
    expect((await readTrace(path)).adjusted).toEqual({ 'unknown columns ignored: "used.mem"': 1 });
  });

  it('names a column without a name so', async () => {
    const path = trace('job_id,submit,duration,cpus,\na,0,1,1,5\n');
    expect((await readTrace(path)).adjusted).toEqual({ 'unknown columns ignored: without a name': 1 });
  });

  it('refuses devices without an amount of them', async () => {
    await expect(rowWith({ gpus: '', gpu_count: '2' })).rejects.toThrow(
      /:2: gpu_count: found "2", expected a number of GPUs that 0 divides into equal shares/,
    );
    expect(await rowWith({ gpus: '0', gpu_count: '0' })).toMatchObject({ gpuCount: 0, gpuMilliEach: 0 });
  });

  it('refuses attempts beside fail_after, which is short for one', async () => {
    await expect(rowWith({ fail_after: '5', attempts: '6:failed' })).rejects.toThrow(
      /:2: attempts: found "6:failed", expected an empty field, because fail_after is given/,
    );
  });

  it('shares one entry among equal constraints, and keeps different ones apart', async () => {
    const { rows } = await readTrace(
      trace(
        'job_id,submit,duration,cpus,constraint\na,0,1,1,rack=r1\nb,0,1,1,\nc,0,1,1,rack=r1\nd,0,1,1,rack=r2\n',
      ),
    );
    expect(rows[2].constraint).toBe(rows[0].constraint);
    expect(rows.map((row) => constraintsText(row.constraint))).toEqual(['rack=r1', '', 'rack=r1', 'rack=r2']);
  });
});

describe('a mistake in a CSV trace is named by file, line and field', () => {
  const MISTAKES: readonly (readonly [string, string, string, RegExp])[] = [
    ['no job id', 'job_id', '', /:2: job_id: found nothing, expected a job id/],
    ['a submit time in words', 'submit', 'noon', /:2: submit: found "noon", expected a number >= 0/],
    ['a negative submit time', 'submit', '-1', /:2: submit: found "-1", expected a number >= 0/],
    ['a missing submit time', 'submit', '', /:2: submit: found nothing, expected a number >= 0/],
    ['an endless submit time', 'submit', 'Infinity', /:2: submit: found "Infinity"/],
    ['a negative duration', 'duration', '-0.1', /:2: duration: found "-0\.1"/],
    ['half a task', 'tasks', '1.5', /:2: tasks: found "1\.5", expected a whole number/],
    ['no task', 'tasks', '0', /:2: tasks: found "0", expected a whole number >= 1/],
    ['more tasks than can be counted', 'tasks', '3000000000', /:2: tasks: found "3000000000"/],
    ['a negative priority', 'priority', '-1', /:2: priority: found "-1"/],
    ['a priority that cannot be held', 'priority', '4294967297', /:2: priority: found "4294967297"/],
    ['a gang of neither 0 nor 1', 'gang', '2', /:2: gang: found "2", expected 0 or 1/],
    ['a gang in words', 'gang', 'yes', /:2: gang: found "yes"/],
    ['a GPU and a half', 'gpus', '1.5', /:2: gpus: found "1\.5", expected a part of one GPU/],
    [
      'more memory than a machine can have',
      'mem',
      '1e12',
      /:2: mem: found "1000000000000", expected at most/,
    ],
    [
      'a constraint without a value',
      'constraint',
      'rack=',
      /:2: constraint: found "rack=", expected values joined by \| after =/,
    ],
    [
      'a spread without an attribute',
      'spread',
      '<=3',
      /:2: spread: found "<=3", expected attribute or attribute<=tasks/,
    ],
    ['a spread of no task', 'spread', 'rack<=0', /:2: spread: found "rack<=0"/],
    [
      'an empty framework to avoid',
      'avoid',
      'kafka|',
      /:2: avoid: found "kafka\|", expected names joined by \|/,
    ],
    [
      'a constraint with a bound in words',
      'constraint',
      'ssd;cores>many',
      /:2: constraint: found "ssd;cores>many", expected a number after > in "cores>many"/,
    ],
    ['a preference without values', 'prefers', 'rack=', /:2: prefers: found "rack=", expected values/],
    [
      'a weight that is too large',
      'prefers',
      '101*rack=a',
      /:2: prefers: found "101\*rack=a", expected a whole weight from 1 to 100/,
    ],
    ['a constraint with an empty part', 'constraint', 'rack=a;', /:2: constraint: found "rack=a;"/],
    ['a negative usage', 'used.cpus', '-1', /:2: used\.cpus: found "-1"/],
    [
      'usage over time from later on',
      'used.cpus',
      '5:1',
      /:2: used\.cpus: found "5:1", expected a first step at 0/,
    ],
    ['usage at descending times', 'used.cpus', '0:1|5:2|5:3', /found "5:3", expected a later time than/],
    ['a step of usage without an amount', 'used.cpus', '0:1|5', /found "5", expected seconds:amount/],
    [
      'usage out of range',
      'used.cpus',
      '1e7',
      /:2: used\.cpus: found "10000000", expected at most 2147483.6/,
    ],
    [
      'a step of usage out of range',
      'used.cpus',
      '0:1|5:1e7',
      /:2: used\.cpus: .*at most 2147483\.647 cores/,
    ],
    ['a negative step of usage', 'used.cpus', '0:1|5:-2', /found "5:-2", expected numbers >= 0/],
    [
      'a step of usage too late to be exact',
      'used.cpus',
      '0:1|1e10:2',
      /found "1e10", expected seconds up to/,
    ],
    ['an attempt without an end', 'attempts', '600', /:2: attempts: found "600", expected seconds:end/],
    ['an attempt of negative length', 'attempts', '-1:failed', /found "-1:failed", expected seconds:end/],
    [
      'an unknown end of an attempt',
      'attempts',
      '6:gone',
      /found "6:gone", expected an attempt that ended failed, killed/,
    ],
    ['an earlier attempt that finished', 'attempts', '6:finished', /found "6:finished", expected an attempt/],
    [
      'an unknown end',
      'ended',
      'gone',
      /:2: ended: found "gone", expected finished, failed, killed, evicted or lost/,
    ],
    ['an estimate in words', 'estimate', 'long', /:2: estimate: found "long"/],
    ['a failure before the start', 'fail_after', '-3', /:2: fail_after: found "-3"/],
  ];

  it.each(MISTAKES)('%s', async (_what, column, value, message) => {
    await expect(rowWith({ [column]: value })).rejects.toThrow(message);
  });

  it('jobs that are out of order', async () => {
    const path = trace('job_id,submit,duration,cpus\na,5,1,1\nb,5,1,1\nc,4.999999,1,1\n');
    await expect(readTrace(path)).rejects.toThrow(/:4: submit: found "4\.999999".*sort the trace/);
  });

  it('lines of a job that stand apart, also where the rows are sorted', async () => {
    const path = trace('job_id,submit,duration,cpus\na,5,1,1\nb,3,1,1\na,5,1,1\n');
    await expect(readTrace(path, { order: 'any' })).rejects.toThrow(
      /:4: job_id: found "a", expected the lines of a job/,
    );
  });

  it('by the line in the file, behind blank lines, CRLF and quoted line breaks', async () => {
    const text = 'job_id,submit,duration,cpus\r\n\r\n"a\nb",0,1,1\r\n\r\nc,0,1,-1\r\n';
    await expect(readTrace(trace(text))).rejects.toThrow(/:6: cpus: found "-1"/);
  });

  it('by the line in the file, however long it is', async () => {
    const lines = Array.from({ length: 6000 }, (_, i) => `job-${i},${i},10,${i === 4321 ? 'x' : 1}\n`);
    const path = trace(`job_id,submit,duration,cpus\n${lines.join('')}`);
    await expect(readTrace(path)).rejects.toThrow(/:4323: cpus: found "x"/);
  });

  it.each([
    ['an empty file', '', /is empty/],
    ['a header without jobs', 'job_id,submit,duration,cpus\n', /contains no job/],
    ['a header without a required column', 'job_id,submit,cpus\na,0,1\n', /:1: has no column "duration"/],
    ['a header without a resource', 'job_id,submit,duration\na,0,1\n', /:1: has no resource column/],
    [
      'a row that is too long',
      'job_id,submit,duration,cpus\na,0,1,1,1\n',
      /:2: the number of fields differs/,
    ],
    [
      'text behind a closing quote',
      'job_id,submit,duration,cpus\n"a"b,0,1,1\n',
      /:2: text follows a closing quote/,
    ],
    [
      'a quote inside a field',
      'job_id,submit,duration,cpus\na"b,0,1,1\n',
      /:2: a quote opens inside a field/,
    ],
    [
      'a column that is there twice',
      'job_id,submit,duration,cpus,cpus\na,0,1,1,2\n',
      /:1: has the column "cpus" twice/,
    ],
  ])('%s', async (_what, text, message) => {
    await expect(readTrace(trace(text), {}, 'csv')).rejects.toThrow(message);
  });
});

describe('the lines of one job in a CSV trace', () => {
  const lines = (header: string, ...rows: string[]) =>
    readTrace(trace(`job_id,submit,duration,cpus,${header}\n${rows.join('\n')}\n`));

  it.each([
    [
      'gang',
      '0',
      '1',
      /:3: gang: found "1", expected the value of line 2, because it holds for the whole job "a"/,
    ],
    ['spread', '', 'machine', /:3: spread: found "machine", expected the value of line 2/],
    ['spread', 'machine', '', /:3: spread: found nothing, expected the value of line 2/],
    ['together', 'rack', 'zone', /:3: together: found "zone", expected/],
    ['avoid', 'web', 'web|db', /:3: avoid: found "web\|db", expected/],
    ['beside', 'hdfs', '', /:3: beside: found nothing, expected/],
    ['prefers', 'rack=r1', 'rack=r2', /:3: prefers: found "rack=r2", expected/],
    ['prefers', 'rack=r1', '2*rack=r1', /:3: prefers: found "2\*rack=r1", expected/],
  ])('must agree on %s', async (column, first, second, message) => {
    await expect(lines(column, `a,0,1,1,${first}`, `a,0,1,1,${second}`)).rejects.toThrow(message);
    expect((await lines(column, `a,0,1,1,${first}`, `b,0,1,1,${second}`)).rows).toHaveLength(2);
  });

  it('may write one rule in several ways', async () => {
    const { rows } = await lines('spread,prefers', 'a,0,1,1,rack,rack=r1', 'a,0,1,1,rack<=1,1*rack = r1');
    expect(rows[1].rule).toBe(rows[0].rule);
  });

  it('may differ in what holds for each task', async () => {
    const { rows } = await lines(
      'priority,constraint,estimate',
      'a,0,1,1,0,rack=r1,5',
      'a,0,2,3,1,rack=r2,9',
    );
    expect(rows.map((row) => [row.priority, row.estimate])).toEqual([
      [0, 5],
      [1, 9],
    ]);
  });

  it('must be adjacent; one name at another time, or of another framework, is another job', async () => {
    const apart = /:4: job_id: found "a", expected the lines of a job next to each other/;
    await expect(lines('framework', 'a,0,1,1,x', 'b,0,1,1,x', 'a,0,1,1,x')).rejects.toThrow(apart);
    await expect(lines('framework', 'a,0,1,1,x', 'a,0,1,1,y', 'a,0,1,1,x')).rejects.toThrow(apart);
    expect((await lines('framework', 'a,0,1,1,x', 'a,0,1,1,y', 'a,5,1,1,x')).rows).toHaveLength(3);
  });

  it.each([
    ['durratoin', 'duration'],
    ['estimat', 'estimate'],
    ['Gang', 'gang'],
    ['constrain', 'constraint'],
    ['framwork', 'framework'],
  ])('an unknown column %s is an error that names %s', async (column, near) => {
    const columns = ['job_id', 'submit', 'duration', 'cpus'].filter((name) => name !== near);
    const path = trace(`${[...columns, column].join(',')}\n`);
    await expect(readTrace(path, {}, 'csv')).rejects.toThrow(
      `unknown column "${column}"; did you mean ${near}?`,
    );
  });
});

describe('rows in any order', () => {
  const ANY = { order: 'any' };

  it('are sorted, stably and with a note, and frameworks are numbered by their first submission', async () => {
    const path = trace('job_id,framework,submit,duration,cpus\na,x,5,1,1\nb,y,3,1,1\nc,z,5,1,1\nd,y,3,1,1\n');
    const { rows, adjusted } = await readTrace(path, ANY);
    expect(rows.map(({ job, framework, submit }) => [job, framework, submit])).toEqual([
      ['b', 'y', 3],
      ['d', 'y', 3],
      ['a', 'x', 5],
      ['c', 'z', 5],
    ]);
    expect(adjusted).toEqual({ 'lines out of order of submission, now sorted': 2 });
    const sorted = trace(
      'job_id,framework,submit,duration,cpus\nb,y,3,1,1\nd,y,3,1,1\na,x,5,1,1\nc,z,5,1,1\n',
    );
    expect(rows).toEqual((await readTrace(sorted)).rows);
  });

  it('may follow a job of a line below that is submitted first, and no later one', async () => {
    const lines = (submit: number) => `job_id,submit,duration,cpus,follows\na,5,1,1,b\nb,${submit},1,1,\n`;
    expect((await readTrace(trace(lines(3)), ANY)).rows.map(({ job }) => job)).toEqual(['b', 'a']);
    await expect(readTrace(trace(lines(5)), ANY)).rejects.toThrow(
      /:2: follows: found "b", expected a job that is submitted before it/,
    );
  });
});
