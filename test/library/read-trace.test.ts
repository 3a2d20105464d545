import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTrace, type TraceRow } from '../../src/index.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'fairground-trace-'));

describe('readTrace', () => {
  const file = (name: string, text: string) => {
    const path = join(newFolder(), name);
    writeFileSync(path, text);
    return path;
  };
  const rowsOf = async (trace: AsyncIterable<TraceRow>) => {
    const rows: TraceRow[] = [];
    for await (const row of trace) rows.push(row);
    return rows;
  };

  it('yields rows in seconds and units, as often as it is iterated', async () => {
    const path = file(
      'jobs.csv',
      'job_id,framework,submit,duration,cpus,mem,tasks,user,time_limit\na,x,0.5,10,2,1024,3,ann,20\nb,y,5,forever,0.25,512,1,,\n',
    );
    const trace = await readTrace(path);
    expect(trace).toMatchObject({
      name: 'jobs.csv',
      format: 'csv',
      resources: ['cpus', 'mem'],
      machines: undefined,
    });
    const rows = await rowsOf(trace);
    expect(rows).toMatchObject([
      {
        job: 'a',
        framework: 'x',
        submit: 0.5,
        tasks: 3,
        demand: { cpus: 2, mem: 1024 },
        duration: 10,
        timeLimit: 20,
        user: 'ann',
      },
      {
        job: 'b',
        framework: 'y',
        submit: 5,
        demand: { cpus: 0.25, mem: 512 },
        duration: Number.POSITIVE_INFINITY,
      },
    ]);
    expect(rows[1].user).toBeUndefined();
    expect(rows[1].timeLimit).toBeUndefined();
    expect(await rowsOf(trace)).toEqual(rows);
  });

  it('has the machines of a log, and counts what is left out', async () => {
    const path = file(
      'log.swf',
      '; MaxProcs: 8\n1 0 -1 100 4 -1 -1 4 200 -1 1 1 1 -1 1 -1 -1 -1\n2 10 -1 -7 2 -1 -1 2 60 -1 1 2 1 -1 1 -1 -1 -1\n',
    );
    const trace = await readTrace(path, { set: { 'swf.damaged': 'drop' } });
    expect(trace.format).toBe('swf');
    expect(trace.machines?.reduce((sum, { capacity }) => sum + capacity.cpus, 0)).toBe(8);
    expect(await rowsOf(trace)).toHaveLength(1);
    expect(Object.values(trace.dropped).reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it('has all that a row says, and the defaults of what it does not say', async () => {
    const row = {
      job_id: 'b',
      submit: '5',
      duration: '10',
      cpus: '2',
      mem: '1024',
      gpus: '1',
      gpu_count: '2',
      tasks: '3',
      gang: '1',
      minimum: '2',
      constraint: 'rack=r1|r2;cores>=8;ssd',
      spread: 'machine;rack<=3',
      together: 'zone',
      avoid: 'kafka|web',
      beside: 'db',
      prefers: '10*rack=r1;ssd',
      labels: 'team=ads;tier=2',
      deadline: '90',
      task: 'map',
      follows: 'a',
      think_time: '7',
      speed_class: 'fast',
      fail_after: '',
      attempts: '600:failed|120:evicted',
      ended: 'killed',
      'used.cpus': '0:0.5|4:1',
      'used.mem': '256',
    };
    const plain: Readonly<Record<string, string>> = {
      job_id: 'a',
      submit: '0',
      duration: '4',
      cpus: '1',
      fail_after: '3',
    };
    const lines = [Object.keys(row), Object.keys(row).map((name) => plain[name] ?? ''), Object.values(row)];
    const path = file('jobs.csv', lines.map((fields) => `${fields.join(',')}\n`).join(''));
    const [first, second] = await rowsOf(await readTrace(path));
    expect(second).toEqual({
      job: 'b',
      framework: 'default',
      submit: 5,
      tasks: 3,
      demand: { cpus: 2, mem: 1024, gpus: 1 },
      gpuCount: 2,
      duration: 10,
      estimate: undefined,
      timeLimit: undefined,
      priority: 0,
      gang: true,
      minimum: 2,
      constraints: [
        { attribute: 'rack', operator: 'equal', values: ['r1', 'r2'] },
        { attribute: 'cores', operator: 'at-least', bound: 8 },
        { attribute: 'ssd', operator: 'present' },
      ],
      rule: {
        spread: [
          { attribute: 'machine', atMost: 1 },
          { attribute: 'rack', atMost: 3 },
        ],
        together: ['zone'],
        avoid: ['kafka', 'web'],
        beside: ['db'],
        prefers: [
          { weight: 10, constraint: { attribute: 'rack', operator: 'equal', values: ['r1'] } },
          { weight: 1, constraint: { attribute: 'ssd', operator: 'present' } },
        ],
      },
      user: undefined,
      group: undefined,
      queue: undefined,
      labels: { team: 'ads', tier: '2' },
      deadline: 90,
      task: 'map',
      after: [],
      follows: 'a',
      thinkTime: 7,
      speedClass: 'fast',
      failAfter: undefined,
      attempts: [
        { ran: 600, end: 'failed' },
        { ran: 120, end: 'evicted' },
      ],
      ended: 'killed',
      usage: [
        { from: 0, used: { cpus: 0.5, mem: 256 } },
        { from: 4, used: { cpus: 1, mem: 256 } },
      ],
    });
    expect(first).toMatchObject({
      failAfter: 3,
      attempts: [],
      ended: 'finished',
      usage: [],
      constraints: [],
    });
    expect(first).toMatchObject({ rule: undefined, minimum: undefined, gpuCount: 0, thinkTime: 0 });
  });

  it('says where a mistake is', async () => {
    const trace = await readTrace(file('jobs.csv', 'job_id,submit,duration,cpus\na,5,1,1\nb,4,1,1\n'));
    await expect(rowsOf(trace)).rejects.toThrow(/jobs\.csv:3: submit: found "4"/);
    await expect(readTrace(file('odd.bin', 'what is this'))).rejects.toMatchObject({ name: 'InputError' });
  });
});
