import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
      machines: null,
      users: null,
      lastEnd: 3740,
      attempts: null,
      censored: { cutAtStart: null, cutAtEnd: null, neverStarted: null },
      tasksPerJob: { mean: 8 / 3, p10: 1, p50: 3, p90: 4, p99: 4, max: 4 },
      // Of the seven tasks that end: 60, 60, 120 and four times 3600 s.
      duration: { mean: 14_640 / 7, p10: 60, p50: 3600, p90: 3600, p99: 3600, max: 3600 },
      gapBetweenJobs: { mean: 20, p10: 10, p50: 10, p90: 30, p99: 30, max: 30 },
      demand: {
        cpus: { mean: 10 / 8, p10: 0.5, p50: 0.5, p90: 4, p99: 4, max: 4 },
        mem: { mean: (3 * 512 + 4 * 1024) / 8, p10: 0, p50: 512, p90: 1024, p99: 1024, max: 1024 },
        gpus: { mean: 0.5 / 8, p10: 0, p50: 0, p90: 0.5, p99: 0.5, max: 0.5 },
      },
      totalDemand: { cpus: 10, mem: 3 * 512 + 4 * 1024, gpus: 0.5 },
      load: expect.objectContaining({ binSeconds: 1 }),
      // Unit-hours of what ends.
      work: {
        cpus: (2 * 60 + 2 * 120 + 2 * 3600) / 3600,
        mem: (512 * 240 + 4 * 1024 * 3600) / 3600,
        gpus: 0,
      },
      overEstimate: 2,
      withoutEnd: 1,
      constraints: { count: 1, mostFrequent: [{ constraint: 'rack=r1', tasks: 1 }] },
      with: {
        estimate: 6 / 8,
        timeLimit: 6 / 8,
        usage: 1 / 8,
        constraint: 1 / 8,
        gang: 1 / 8,
        gpu: 1 / 8,
        dependencies: 0,
      },
    });
  });

  it('counts tasks that run forever as stopped at their limit, if they have one', async () => {
    const found = await profile(
      'job_id,submit,duration,cpus,tasks,time_limit\na,0,forever,1,2,50\nb,0,forever,1,3,\nc,0,9,1,4,9\n',
    );
    expect(found).toMatchObject({ overEstimate: 2, withoutEnd: 3, lastEnd: 50 });
  });

  it('counts the attempts of the trace by their ends, for each task', async () => {
    const found = await profile(
      'job_id,submit,duration,cpus,tasks,fail_after,attempts,ended\n' +
        'a,0,9,1,2,,5:failed|6:failed|7:evicted,\nb,0,9,1,1,4,,killed\nc,0,9,1,3,,,\n',
    );
    // The last attempts: two of a and three of c finished, that of b was killed.
    expect(found.attempts).toEqual({ finished: 5, failed: 5, killed: 1, evicted: 2, lost: 0 });
  });

  it('lists the ten constraints that most tasks have, in the form of the column', async () => {
    const rows = Array.from({ length: 11 }, (_, i) => `r${i},0,1,1,1,cores>${i}\n`);
    const found = await profile(
      'job_id,submit,duration,cpus,tasks,constraint\n' +
        // Two texts of one constraint.
        `a,0,1,1,3,rack!=r1|r2;ssd\nb,0,1,1,2,rack != r1|r2; ssd\n${rows.join('')}`,
    );
    expect(found.constraints.count).toBe(12);
    expect(found.constraints.mostFrequent).toHaveLength(10);
    expect(found.constraints.mostFrequent.slice(0, 2)).toEqual([
      { constraint: 'rack!=r1|r2;ssd', tasks: 5 },
      { constraint: 'cores>0', tasks: 1 },
    ]);
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

  it('has the load over time in the units of the resources: two tasks of a core and one of two until 30 s, then others', async () => {
    const { load } = await profile(
      'job_id,submit,duration,tasks,cpus\na,0,30,2,1\na,0,30,1,2\nb,20,100,1,0.5\nc,40,1,1,9\n',
    );
    expect(load?.binSeconds).toBe(1);
    expect(load?.demand.cpus).toEqual([
      ...new Array(20).fill(4),
      ...new Array(10).fill(4.5),
      ...new Array(10).fill(0.5),
    ]);
  });

  it('has the machines, the users and the cancelled jobs of a log', async () => {
    const found = await profile(
      '; MaxProcs: 8\n' +
        '1 0 -1 100 4 -1 -1 4 60 -1 1 7 1 -1 1 -1 -1 -1\n' +
        '2 10 -1 50 8 -1 -1 8 60 -1 1 7 1 -1 1 -1 -1 -1\n' +
        '3 10 -1 0 -1 -1 -1 8 60 -1 5 9 1 -1 1 -1 -1 -1\n' +
        '4 20 -1 5 1 -1 -1 8 60 -1 1 8 1 -1 1 -1 -1 -1\n',
      {},
      'users.swf',
    );
    expect(found).toMatchObject({
      machines: { count: 1, capacity: { cpus: 8 } },
      users: 2,
      // The first job is stopped at its estimate of 60 s, the second ends at 60 s, too.
      lastEnd: 60,
      censored: { cutAtStart: null, cutAtEnd: null, neverStarted: 1 },
    });
  });

  it('reads the node list of a pod list, as a run does, and counts censored pods', async () => {
    const pods =
      'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time\n' +
      'a,1,1,0,0,,LS,Running,0,90,0\nb,1,1,0,0,,LS,Running,5,100,5\nc,1,1,0,0,,LS,Pending,6,100,\n' +
      'd,1,1,0,0,,LS,Running,7,100,7\ne,1,1,0,0,,LS,Succeeded,8,100,8\n';
    expect((await profile(pods)).censored).toEqual({ cutAtStart: null, cutAtEnd: 2, neverStarted: 1 });
    writeFileSync(
      join(folder, 'openb_node_list_gpu_node.csv'),
      'sn,cpu_milli,memory_mib,gpu,model\nn,1,1,99,T4\n',
    );
    await expect(profile(pods)).rejects.toThrow(/openb_node_list_gpu_node\.csv:2: gpu: found "99"/);
    rmSync(join(folder, 'openb_node_list_gpu_node.csv'));
  });

  it('of a single job has no gap between jobs', async () => {
    const found = await profile('job_id,submit,duration,cpus\na,7,1,1\n');
    expect(found.gapBetweenJobs).toEqual({ mean: 0, p10: 0, p50: 0, p90: 0, p99: 0, max: 0 });
    expect([found.firstSubmission, found.lastSubmission]).toEqual([7, 7]);
  });
});
