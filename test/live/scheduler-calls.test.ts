import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, startAgent, startMaster } from './live-cluster.js';
import { ask, frameworkIn } from './operator-client.js';
import type { Event } from './scheduler-client.js';

afterEach(closeAll);

function amountOf({ resources }: Event, name: string): number {
  return resources
    .filter((resource: Event) => resource.name === name)
    .reduce((sum: number, { scalar }: Event) => sum + scalar.value, 0);
}

describe('UPDATE_FRAMEWORK', () => {
  it('changes the roles of a framework, whose offers in a role that it left come back', async () => {
    const { url } = await startMaster();
    await startAgent(url);
    const client = await frameworkIn(url, ['eng'], { user: 'u', name: 'n' });
    const first = await client.offer();
    const info = {
      user: 'u',
      name: 'renamed',
      id: { value: client.frameworkId },
      roles: ['ops'],
      capabilities: [{ type: 'MULTI_ROLE' }],
    };
    const update = (framework_info: object, more: object = {}) =>
      client.call('UPDATE_FRAMEWORK', { update_framework: { framework_info, ...more } });
    expect((await update(info)).status).toBe(200);
    const rescinded = await client.next(({ type }) => type === 'RESCIND');
    expect(rescinded.rescind.offer_id).toEqual(first.id);
    expect((await client.offer()).allocation_info).toEqual({ role: 'ops' });
    const [answer] = (await ask(url, 'GET_FRAMEWORKS')).frameworks;
    expect(answer.framework_info).toMatchObject({ name: 'renamed', roles: ['ops'] });
  });

  it('does not change who the framework is, and is all or nothing', async () => {
    const { url, master } = await startMaster();
    const client = await frameworkIn(url, ['eng'], { user: 'u', name: 'n' });
    const before = master.state.frameworks.get(client.frameworkId)?.info;
    const info = { ...before, capabilities: [{ type: 'MULTI_ROLE' }] };
    const bad: readonly object[] = [
      { ...info, user: 'other' },
      { ...info, checkpoint: true },
      { ...info, id: { value: 'other' } },
      { ...info, principal: 'other' },
      { ...info, roles: ['a', 'a'] },
      { ...info, roles: ['/'] },
      { ...info, offer_filters: { ops: {} } },
    ];
    for (const framework_info of bad)
      expect((await client.call('UPDATE_FRAMEWORK', { update_framework: { framework_info } })).status).toBe(
        400,
      );
    expect(master.state.frameworks.get(client.frameworkId)?.info).toEqual(before);
  });

  it('suppresses roles', async () => {
    const { url } = await startMaster();
    const client = await frameworkIn(url, ['eng', 'ops'], { user: 'u', name: 'n' });
    const framework_info = {
      user: 'u',
      name: 'n',
      id: { value: client.frameworkId },
      roles: ['eng', 'ops'],
      capabilities: [{ type: 'MULTI_ROLE' }],
    };
    await client.call('UPDATE_FRAMEWORK', {
      update_framework: { framework_info, suppressed_roles: ['eng'] },
    });
    await startAgent(url);
    expect((await client.offer()).allocation_info).toEqual({ role: 'ops' });
  });
});

describe('a framework with a minimum of its own', () => {
  it('gets no offer that is below it', async () => {
    const { url } = await startMaster();
    const quantities = [{ quantities: { cpus: { value: 5 } } }];
    const picky = { offer_filters: { eng: { min_allocatable_resources: { quantities } } } };
    const client = await frameworkIn(url, ['eng'], picky);
    await startAgent(url, 'cpus:4;mem:1024');
    await startAgent(url, 'cpus:6;mem:1024');
    expect(amountOf(await client.offer(), 'cpus')).toBe(6);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(client.events.filter(({ type }) => type === 'OFFERS')).toEqual([]);
  });
});

describe('an operation with an id', () => {
  const reserve = (id: string, cpus: number) => ({
    type: 'RESERVE',
    id: { value: id },
    reserve: {
      resources: [
        {
          name: 'cpus',
          type: 'SCALAR',
          scalar: { value: cpus },
          reservations: [{ type: 'DYNAMIC', role: 'eng' }],
        },
      ],
    },
  });

  it('is known until its framework has acknowledged what became of it', async () => {
    const { url } = await startMaster();
    const agent = await startAgent(url);
    const client = await frameworkIn(url, ['eng']);
    const offer = await client.offer();
    const operations = [reserve('good', 1), reserve('bad', 100)];
    await client.call('ACCEPT', { accept: { offer_ids: [offer.id], operations } });
    const status = async (state: string) =>
      (await client.next(({ update_operation_status }) => update_operation_status?.status.state === state))
        .update_operation_status.status;
    const finished = await status('OPERATION_FINISHED');
    expect(finished).toMatchObject({ operation_id: { value: 'good' }, agent_id: { value: agent.id } });
    expect(await status('OPERATION_ERROR')).not.toHaveProperty('uuid');
    const reconcile = async (...asked: readonly object[]) => {
      const answer = await client.call('RECONCILE_OPERATIONS', {
        reconcile_operations: { operations: asked },
      });
      expect(answer.status).toBe(200);
      return JSON.parse(answer.text).reconcile_operations.operation_statuses;
    };
    expect(await reconcile()).toEqual([finished]);
    const acknowledge = (uuid: string) =>
      client.call('ACKNOWLEDGE_OPERATION_STATUS', {
        acknowledge_operation_status: { operation_id: { value: 'good' }, uuid },
      });
    expect((await acknowledge(Buffer.alloc(16).toString('base64'))).status).toBe(202);
    expect(await reconcile()).toEqual([finished]);
    expect((await acknowledge(finished.uuid.value)).status).toBe(202);
    expect(await reconcile()).toEqual([]);
    expect(await reconcile({ operation_id: { value: 'good' }, agent_id: { value: agent.id } })).toEqual([
      { operation_id: { value: 'good' }, agent_id: { value: agent.id }, state: 'OPERATION_UNKNOWN' },
    ]);
  });
});
