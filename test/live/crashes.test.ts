import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { authorizationOf, readCredential } from '../../src/live/http/credentials.js';
import { closeAll, closing, folder } from './live-cluster.js';
import { Service } from './processes.js';
import { type Event, SchedulerClient, send } from './scheduler-client.js';

afterEach(closeAll);

const INFO = { checkpoint: true, failover_timeout: 600 };

async function startMaster(workDir: string, port = '0'): Promise<{ service: Service; url: string }> {
  const service = new Service(
    ...['master', '--work-dir', workDir, '--port', port, '--allocation-interval', '200ms'],
  );
  const [, url] = await service.says(/listens on (\S+)/);
  return { service, url: url as string };
}

async function startAgent(url: string, workDir: string, masterDir: string): Promise<Service> {
  const service = new Service(
    ...['agent', '--master', url, '--work-dir', workDir, '--resources', 'cpus:2;mem:512'],
    ...['--credential', join(masterDir, 'credential.json')],
  );
  await service.says(/is registered/);
  return service;
}

describe('after SIGKILL', () => {
  it('of master and agent, both come back as who they were, and the task has run once', async () => {
    const [masterDir, agentDir] = [folder('master'), folder('agent')];
    const first = await startMaster(masterDir);
    const authorization = authorizationOf(readCredential(join(masterDir, 'credential.json')));
    expect(statSync(join(masterDir, 'credential.json')).mode & 0o777).toBe(0o600);
    expect((await send(first.url, '/state', undefined)).status).toBe(401);
    const agent = await startAgent(first.url, agentDir, masterDir);
    const client = new SchedulerClient(first.url, authorization);
    closing(client, () => client.close());
    await client.subscribe(INFO);
    const id = { value: client.frameworkId };
    const offer = await client.offer();
    await client.launch(offer, { t1: 'echo start >> log; sleep 4; echo end >> log' });
    await client.follow('t1', 'TASK_STARTING', 'TASK_RUNNING');

    await first.service.kill('SIGKILL');
    await agent.kill('SIGKILL');
    const second = await startMaster(masterDir, new URL(first.url).port);
    const back = new SchedulerClient(second.url, authorization);
    closing(back, () => back.close());
    await back.subscribe({ ...INFO, id });
    expect(back.frameworkId).toBe(id.value);
    // Its agent may yet come back: nothing is said of the task.
    const asked = { task_id: { value: 't1' }, agent_id: offer.agent_id };
    await back.call('RECONCILE', { reconcile: { tasks: [asked] } });
    expect(back.events.filter(({ type }) => type !== 'HEARTBEAT')).toEqual([]);
    const again = await startAgent(second.url, agentDir, masterDir);
    expect(again.stdout).toContain(offer.agent_id.value);
    await back.call('RECONCILE', { reconcile: {} });
    const known = await back.next(({ type }) => type === 'UPDATE');
    expect(['TASK_RUNNING', 'TASK_FINISHED']).toContain(known.update.status.state);
    await back.next((event: Event) => event.update?.status.state === 'TASK_FINISHED');
    const log = join(agentDir, 'sandboxes', id.value, 't1', 'log');
    expect(readFileSync(log, 'utf8')).toBe('start\nend\n');
    await back.call('TEARDOWN');
    const over = new SchedulerClient(second.url, authorization);
    await over.subscribe({ ...INFO, id });
    expect(over.frameworkId).toBe('');
  });
});

describe('a work-dir', () => {
  it('belongs to one master at a time, and an agent keeps its resources', async () => {
    const [masterDir, agentDir] = [folder('master'), folder('agent')];
    const { url } = await startMaster(masterDir);
    const second = new Service('master', '--work-dir', masterDir, '--port', '0');
    await expect.poll(() => second.child.exitCode, { timeout: 20_000 }).toBe(2);
    expect(second.stderr).toContain('is in use by another master or agent\n');
    const third = new Service('master', '--work-dir', folder('other'), '--port', new URL(url).port);
    await expect.poll(() => third.child.exitCode, { timeout: 20_000 }).toBe(2);
    expect(third.stderr).toMatch(/^simulate: --port: 127.0.0.1:\d+ is in use\n$/);

    const agent = await startAgent(url, agentDir, masterDir);
    await agent.kill('SIGTERM');
    expect(agent.child.exitCode).toBe(0);
    const other = new Service(
      'agent',
      '--master',
      url,
      '--work-dir',
      agentDir,
      '--resources',
      'cpus:3;mem:512',
    );
    await expect.poll(() => other.child.exitCode, { timeout: 20_000 }).toBe(2);
    expect(other.stderr).toContain('--resources: differ from the resources of the agent in this work-dir');
    const stranger = new Service(
      'agent',
      '--master',
      url,
      '--work-dir',
      folder('a'),
      '--resources',
      'cpus:3',
    );
    await expect.poll(() => stranger.child.exitCode, { timeout: 20_000 }).toBe(2);
    expect(stranger.stderr).toContain('the master answered 401');
  });

  it('without authentication is for the loopback interface', async () => {
    const service = new Service(
      'master',
      '--work-dir',
      folder('m'),
      '--ip',
      '0.0.0.0',
      '--no-authentication',
    );
    await expect.poll(() => service.child.exitCode, { timeout: 20_000 }).toBe(2);
    expect(service.stderr).toBe(
      'simulate: --no-authentication: is allowed on the loopback interface only, not on 0.0.0.0\n',
    );
  });
});
