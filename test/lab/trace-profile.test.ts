import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profileTrace } from '../../src/lab/workload/trace-profile.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-profile-'));

let files = 0;

const profile = (text: string, set: Readonly<Record<string, string>> = {}, name = `trace-${files++}.csv`) => {
  writeFileSync(join(folder, name), text);
  return profileTrace(join(folder, name), undefined, set);
};

describe('the profile of a trace', () => {
  it('counts jobs and tasks, and sums up times, sizes and work', async () => {
    const found = await profile(
      'job_id,framework,submit,duration,tasks,cpus,mem,estimate,gang,constraint,used.cpus,gpus\n' +
        'a,x,100,60,2,1,512,30,0,,,0\n' +
        'a,x,100,120,1,2,512,,0,,,0\n' +
        'b,y,110,forever,1,4,0,,1,rack=r1,2,0.5\n' +
        'c,x,140,3600,4,0.5,1024,3600,0,,,0\n',
      {},
      'four.csv',
    );
    expect(found).toEqual({
      file: 'four.csv',
      format: 'csv',
      jobs: 3,
      tasks: 8,
      dropped: {},
      adjusted: {},
      firstSubmission: 100,
      lastSubmission: 140,
      frameworks: ['x', 'y'],
      tasksPerJob: { mean: 8 / 3, p50: 3, p99: 4, max: 4 },
      // Of the seven tasks that end: 60, 60, 120 and four times 3600 s.
      duration: { mean: 14_640 / 7, p50: 3600, p99: 3600, max: 3600 },
      gapBetweenJobs: { mean: 20, p50: 10, p99: 30, max: 30 },
      demand: {
        cpus: { mean: 10 / 8, p50: 0.5, p99: 4, max: 4 },
        mem: { mean: (3 * 512 + 4 * 1024) / 8, p50: 512, p99: 1024, max: 1024 },
        gpus: { mean: 0.5 / 8, p50: 0, p99: 0.5, max: 0.5 },
      },
      // Unit-hours of what ends.
      work: {
        cpus: (2 * 60 + 2 * 120 + 2 * 3600) / 3600,
        mem: (512 * 240 + 4 * 1024 * 3600) / 3600,
        gpus: 0,
      },
      overEstimate: 2,
      withoutEnd: 1,
      with: { estimate: 6 / 8, usage: 1 / 8, constraint: 1 / 8, gang: 1 / 8, gpu: 1 / 8 },
    });
  });

  it('takes rows for one job only when they share name, time and framework', async () => {
    const rows = (lines: string) => profile(`job_id,framework,submit,duration,cpus\n${lines}`);
    expect((await rows('a,x,0,1,1\na,x,0,1,1\n')).jobs).toBe(1);
    expect((await rows('a,x,0,1,1\na,x,5,1,1\n')).jobs).toBe(2);
    expect((await rows('a,x,0,1,1\na,y,0,1,1\n')).jobs).toBe(2);
    expect((await rows('a,x,0,1,1\nb,x,0,1,1\na,x,5,1,1\n')).jobs).toBe(3);
  });

  it('counts what a log drops, and knows the settings of its format', async () => {
    const log =
      '; MaxProcs: 8\n' +
      '1 0 -1 100 4 -1 -1 4 60 -1 1 1 1 -1 1 -1 -1 -1\n' +
      '2 10 -1 0 8 -1 -1 8 60 -1 1 2 1 -1 1 -1 -1 -1\n' +
      '3 30 -1 -9 8 -1 -1 8 60 -1 1 2 1 -1 1 -1 -1 -1\n';
    await expect(profile(log, {}, 'log.swf')).rejects.toThrow(/log\.swf:4: run time: found "-9"/);
    const found = await profile(log, { damaged: 'drop', 'swf.framework': 'user' }, 'log.swf');
    expect(found).toMatchObject({
      format: 'swf',
      jobs: 1,
      dropped: { 'no run time': 1, 'negative numbers': 1 },
      frameworks: ['user-1'],
      overEstimate: 1,
      work: { cpus: 400 / 3600 },
    });
    await expect(profile(log, { nope: '1' }, 'log.swf')).rejects.toThrow(/unknown parameter "nope"/);
  });

  it('of a single job has no gap between jobs', async () => {
    const found = await profile('job_id,submit,duration,cpus\na,7,1,1\n');
    expect(found.gapBetweenJobs).toEqual({ mean: 0, p50: 0, p99: 0, max: 0 });
    expect([found.firstSubmission, found.lastSubmission]).toEqual([7, 7]);
  });
});
