import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeCgroup, ownCgroup, prepareCgroup } from '../../src/live/agent/cgroup.js';
import { chooseIsolation, confine } from '../../src/live/agent/isolation.js';
import { closeAll, closing, folder, startAgent, startMaster } from './live-cluster.js';
import { SchedulerClient, taskInfo } from './scheduler-client.js';

afterEach(closeAll);

const OFFER = { agent_id: { value: 'S0' } };

/** A folder that looks as the mount of control groups does, without a kernel behind it. */
function groupFolder(controllers: string): string {
  const mount = folder('cgroup');
  mkdirSync(join(mount, 'user.slice'));
  writeFileSync(join(mount, 'cgroup.controllers'), controllers);
  writeFileSync(join(mount, 'user.slice', 'cgroup.controllers'), controllers);
  return mount;
}

describe('rlimits', () => {
  it('end a task that takes more memory than it asked for, or writes a larger file', async () => {
    const master = await startMaster();
    await startAgent(master.url, 'cpus:4;mem:1024;disk:1024');
    const client = new SchedulerClient(master.url);
    closing(client, () => client.close());
    await client.subscribe({ checkpoint: true, failover_timeout: 60 });
    const offer = await client.offer();
    const disk = { name: 'disk', type: 'SCALAR', scalar: { value: 1 } };
    const greedy = taskInfo('greedy', offer, 'head -c 200m /dev/zero | tail -c 100m > /dev/null');
    const modest = taskInfo('modest', offer, 'head -c 2m /dev/zero | tail -c 1m > /dev/null');
    const filler = taskInfo('filler', offer, 'head -c 2m /dev/zero > file');
    const operations = [
      {
        type: 'LAUNCH',
        launch: {
          task_infos: [greedy, modest, { ...filler, resources: [...filler.resources, disk] }],
        },
      },
    ];
    await client.call('ACCEPT', { accept: { offer_ids: [offer.id], operations } });
    await client.update('greedy', 'TASK_FAILED');
    await client.update('modest', 'TASK_FINISHED');
    await client.update('filler', 'TASK_FAILED');
  });

  it('count what the executor of a group brings', () => {
    const task = {
      info: taskInfo('t1', OFFER, 'true'),
      role: '*',
      executor_resources: [{ name: 'mem', type: 'SCALAR' as const, scalar: { value: 8 } }],
    };
    // 32 MiB of the task and 8 of its executor, in KiB.
    expect(confine({ kind: 'rlimit' }, 'F1', task)).toEqual({
      cgroupProcs: '',
      dataKib: '40960',
      fileBlocks: '',
    });
  });
});

describe('control groups', () => {
  it('are found by the path of the process under the mount of version 2', () => {
    const mount = groupFolder('cpu memory pids');
    expect(ownCgroup(mount, '5:cpu:/x\n0::/user.slice\n')).toBe(join(mount, 'user.slice'));
    expect(ownCgroup(mount, '5:cpu:/x\n')).toBeUndefined();
    expect(ownCgroup(folder('none'), '0::/user.slice\n')).toBeUndefined();
  });

  it('hold a task to its processors and its memory', () => {
    const group = join(groupFolder('cpu memory'), 'user.slice');
    const prepared = prepareCgroup(group) as { folder: string };
    expect(readFileSync(join(group, 'cgroup.subtree_control'), 'utf8')).toBe('+cpu +memory');
    expect(readFileSync(join(group, 'fairground-agent', 'cgroup.procs'), 'utf8')).toBe(String(process.pid));
    const task = join(prepared.folder, 'task-1');
    expect(makeCgroup(task, { cpus: 0.5, memoryMib: 32 })).toBe(join(task, 'cgroup.procs'));
    expect(readFileSync(join(task, 'cpu.max'), 'utf8')).toBe('50000 100000');
    expect(readFileSync(join(task, 'memory.max'), 'utf8')).toBe('33554432');
  });

  it('that cannot be had are named, and rlimits taken where nobody insists', () => {
    const mount = groupFolder('hugetlb');
    expect(prepareCgroup(join(mount, 'user.slice'))).toEqual({
      problem: `the control group ${join(mount, 'user.slice')} lacks the controllers cpu, memory`,
    });
    const none = folder('none');
    expect(chooseIsolation('cgroup', none)).toBe(`there are no cgroups v2 at ${none}`);
    const chosen = chooseIsolation('auto', none);
    expect(chosen).toMatchObject({ isolation: { kind: 'rlimit' } });
    expect(existsSync(join(none, 'fairground-agent'))).toBe(false);
  });
});
