import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, closing, folder, startAgent, startMaster } from './live-cluster.js';
import { type Event, SchedulerClient, taskInfo } from './scheduler-client.js';

afterEach(closeAll);

describe('a master that starts again', () => {
  it('offers nothing of what the tasks of its agents hold, and ends them at TEARDOWN', async () => {
    const workDir = folder('master');
    const first = await startMaster({ workDir });
    await startAgent(first.url, 'cpus:4;mem:1024;ports:[31000-31010]');
    const client = new SchedulerClient(first.url);
    closing(client, () => client.close());
    await client.subscribe({ failover_timeout: 600 });
    const offer = await client.offer();
    const task = taskInfo('t1', offer, 'sleep 60');
    task.resources.push({ name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31001, end: 31001 }] } });
    const operations = [{ type: 'LAUNCH', launch: { task_infos: [task] } }];
    await client.call('ACCEPT', { accept: { offer_ids: [offer.id], operations } });
    await client.follow('t1', 'TASK_STARTING', 'TASK_RUNNING');
    await first.stop();

    const second = await startMaster({ workDir, port: first.port });
    const back = new SchedulerClient(second.url);
    closing(back, () => back.close());
    await back.subscribe({ failover_timeout: 600, id: { value: client.frameworkId } });
    const left = await back.offer();
    const named = (name: string) => left.resources.find((resource: Event) => resource.name === name);
    expect(named('cpus').scalar.value).toBe(3.5);
    expect(named('ports').ranges.range).toEqual([
      { begin: 31000, end: 31000 },
      { begin: 31002, end: 31010 },
    ]);
    expect((await back.call('TEARDOWN')).status).toBe(202);
    expect([second.master.state.tasks.size, second.problems]).toEqual([0, []]);
  });
});
