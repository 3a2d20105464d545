import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkpoint } from '../../src/live/agent/checkpoint.js';
import { openStore } from '../../src/live/store.js';
import { closeAll, closing, startAgent, startMaster } from './live-cluster.js';
import { SchedulerClient, send, taskInfo } from './scheduler-client.js';

afterEach(closeAll);

async function cluster(info: object = {}) {
  const master = await startMaster();
  const agent = await startAgent(master.url);
  const client = new SchedulerClient(master.url);
  closing(client, () => client.close());
  await client.subscribe({ checkpoint: true, failover_timeout: 60, ...info });
  return { master, agent, client };
}

describe('a task', () => {
  it('runs as a process in its sandbox, tells of each state, and gives its resources back', async () => {
    const { master, agent, client } = await cluster();
    const offer = await client.offer();
    expect((await client.launch(offer, { t1: 'echo hello; echo oops >&2; pwd' })).status).toBe(202);
    const end = await client.follow('t1', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED');
    expect(end.message).toBe('Command exited with status 0');
    const sandbox = join(agent.workDir, 'sandboxes', client.frameworkId, 't1');
    expect(readFileSync(join(sandbox, 'stdout'), 'utf8')).toBe(`hello\n${sandbox}\n`);
    expect(readFileSync(join(sandbox, 'stderr'), 'utf8')).toBe('oops\n');
    await client.call('REVIVE');
    const again = await client.offer();
    expect(
      again.resources.find(({ name }: { name: string }) => name === 'cpus').scalar.value,
    ).toBeGreaterThan(0);
    await expect.poll(() => master.master.state.tasks.size).toBe(0);
    expect(master.problems).toEqual([]);
  });

  it('fails with the status or the signal of its command', async () => {
    const { client } = await cluster();
    const offer = await client.offer();
    await client.launch(offer, { three: 'exit 3', shot: 'kill -9 $$' });
    const three = await client.follow('three', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED');
    expect(three.message).toBe('Command exited with status 3');
    const shot = await client.follow('shot', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED');
    expect(shot.message).toBe('Command terminated with signal 9');
  });

  it('is killed politely, then with force, with all processes it started', async () => {
    const { client } = await cluster();
    const offer = await client.offer();
    await client.launch(offer, {
      polite: 'sleep 1000',
      stubborn: 'trap "" TERM; sleep 1000 & echo $! > child; while :; do sleep 0.1; done',
    });
    await client.follow('polite', 'TASK_STARTING', 'TASK_RUNNING');
    await client.follow('stubborn', 'TASK_STARTING', 'TASK_RUNNING');
    const kill_policy = { grace_period: { nanoseconds: 3e8 } };
    await client.call('KILL', { kill: { task_id: { value: 'polite' } } });
    await client.call('KILL', { kill: { task_id: { value: 'stubborn' }, kill_policy } });
    await client.follow('polite', 'TASK_KILLED');
    await client.follow('stubborn', 'TASK_KILLED');
  });

  it('of a group ends with the others when one fails', async () => {
    const { client } = await cluster();
    const offer = await client.offer();
    const operation = {
      type: 'LAUNCH_GROUP',
      launch_group: {
        executor: { executor_id: { value: 'pod' }, type: 'DEFAULT' },
        task_group: {
          tasks: [taskInfo('web', offer, 'sleep 1000'), taskInfo('job', offer, 'sleep 0.2; exit 1')],
        },
      },
    };
    await client.call('ACCEPT', { accept: { offer_ids: [offer.id], operations: [operation] } });
    await client.follow('job', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED');
    await client.follow('web', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLED');
  });

  it('that cannot be is answered with TASK_ERROR and takes nothing', async () => {
    const { client } = await cluster();
    const offer = await client.offer();
    const bad = [
      taskInfo('big', offer, 'true', 400),
      taskInfo('../escape', offer, 'true'),
      { ...taskInfo('boxed', offer, 'true'), container: { type: 'DOCKER' } },
      { ...taskInfo('free', offer, 'true'), resources: [] },
      { ...taskInfo('elsewhere', offer, 'true'), agent_id: { value: 'S9' } },
    ];
    const operations = [{ type: 'LAUNCH', launch: { task_infos: bad } }];
    const filters = { refuse_seconds: 0 };
    await client.call('ACCEPT', { accept: { offer_ids: [offer.id], operations, filters } });
    for (const { task_id } of bad) {
      const status = await client.update(task_id.value, 'TASK_ERROR');
      expect(status.uuid).toBeUndefined();
    }
    const whole = await client.offer();
    expect(whole.resources).toEqual(offer.resources);
  });

  it('launched on an offer that is gone is lost, or dropped for those who know the word', async () => {
    const { client } = await cluster();
    const offer = await client.offer();
    await client.launch({ ...offer, id: { value: 'O-none' } }, { t1: 'true' });
    expect((await client.update('t1', 'TASK_LOST')).reason).toBe('REASON_INVALID_OFFERS');
  });

  it('runs on while its agent is away, and the next agent of the work-dir finds its end', async () => {
    const { master, agent, client } = await cluster();
    const offer = await client.offer();
    await client.launch(offer, { t1: 'echo start >> log; sleep 2; echo end >> log' });
    await client.follow('t1', 'TASK_STARTING', 'TASK_RUNNING');
    await agent.stop();
    const again = await startAgent(master.url, undefined, agent.workDir);
    expect(again.id).toBe(agent.id);
    await client.follow('t1', 'TASK_FINISHED');
    const log = join(agent.workDir, 'sandboxes', client.frameworkId, 't1', 'log');
    expect(readFileSync(log, 'utf8')).toBe('start\nend\n');
  });

  it('whose end was acknowledged is forgotten, also when its agent died before it had done so', async () => {
    const { master, agent, client } = await cluster();
    const offer = await client.offer();
    await agent.stop();
    const checkpoint = new Checkpoint(await openStore(join(agent.workDir, 'checkpoint')));
    const framework = { id: client.frameworkId, info: { user: 'test', name: 'test' } };
    await checkpoint.saveFramework(framework);
    await checkpoint.saveTask({
      frameworkId: client.frameworkId,
      task: { info: taskInfo('t1', offer, 'true'), role: '*' },
      intent: 'run',
      state: 'TASK_FINISHED',
    });
    await checkpoint.close();
    await startAgent(master.url, undefined, agent.workDir);
    expect([...master.master.state.tasks.keys()]).toEqual([]);
  });

  it('is told of again as soon as its framework is back, not only after the retry of 10 s', async () => {
    const { master, client } = await cluster();
    const offer = await client.offer();
    client.acknowledges = false;
    await client.launch(offer, { t1: 'true' });
    await client.update('t1', 'TASK_STARTING');
    client.close();
    const back = new SchedulerClient(master.url);
    closing(back, () => back.close());
    const began = performance.now();
    const id = { value: client.frameworkId };
    await back.subscribe({ checkpoint: true, failover_timeout: 60, id });
    await back.follow('t1', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED');
    expect(performance.now() - began).toBeLessThan(9000);
  });

  it('is shown by the operator API while it runs', async () => {
    const { master, client } = await cluster();
    const offer = await client.offer();
    await client.launch(offer, { t1: 'sleep 1000' });
    await client.follow('t1', 'TASK_STARTING', 'TASK_RUNNING');
    const { text } = await send(master.url, '/api/v1', '{"type":"GET_TASKS"}');
    expect(JSON.parse(text).get_tasks.tasks[0].state).toBe('TASK_RUNNING');
    const state = JSON.parse((await send(master.url, '/state', undefined)).text);
    expect(state.frameworks[0].tasks[0].state).toBe('TASK_RUNNING');
    expect(state.slaves[0].used_resources.cpus).toBe(0.5);
    const metrics = JSON.parse((await send(master.url, '/metrics/snapshot', undefined)).text);
    expect(metrics['master/tasks_running']).toBe(1);
    expect(metrics['master/cpus_used']).toBe(0.5);
    await client.call('TEARDOWN');
  });
});
