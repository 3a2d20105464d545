import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { authorizationOf, basicAuthenticator } from '../../src/live/http/credentials.js';
import { fromSeconds } from '../../src/model/index.js';
import { closeAll, closing, startAgent, startMaster } from './live-cluster.js';
import { SchedulerClient, send } from './scheduler-client.js';

afterEach(closeAll);

const SCHEDULER = '/api/v1/scheduler';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const CREDENTIAL = { principal: 'p', secret: 's' };

async function subscribed(url: string, info: object = {}, more: object = {}) {
  const client = new SchedulerClient(url);
  closing(client, () => client.close());
  return client.subscribe(info, more);
}

function amountOf(offer: { resources: { name: string; scalar: { value: number } }[] }, name: string): number {
  return offer.resources.filter((r) => r.name === name).reduce((sum, r) => sum + r.scalar.value, 0);
}

describe('a call of the scheduler API', () => {
  it('is refused with the status that Mesos gives it', async () => {
    const { url } = await startMaster();
    const client = await subscribed(url);
    const call = (value: unknown, headers: Record<string, string> = JSON_TYPE) =>
      send(url, SCHEDULER, typeof value === 'string' ? value : JSON.stringify(value), headers);
    const framework_id = { value: client.frameworkId };
    const own = { ...JSON_TYPE, 'Mesos-Stream-Id': client.streamId };
    const subscribe = { type: 'SUBSCRIBE', subscribe: { framework_info: { user: 'u', name: 'n' } } };
    const statuses = {
      get: (await send(url, SCHEDULER, undefined)).status,
      noType: (await call('{}', {})).status,
      noProtobuf: (await call('x', { 'Content-Type': 'application/x-protobuf' })).status,
      xml: (await call('<x/>', { 'Content-Type': 'text/xml' })).status,
      withCharset: (await call('{}', { 'Content-Type': 'application/json; charset=utf-8' })).status,
      noJson: (await call('{')).status,
      notAnObject: (await call('3')).status,
      noCallType: (await call({ type: null })).status,
      noMember: (await call({ type: 'ACCEPT', framework_id }, own)).status,
      noFramework: (await call({ type: 'REVIVE' }, own)).status,
      shortUuid: (
        await call(
          {
            type: 'ACKNOWLEDGE',
            framework_id,
            acknowledge: { agent_id: { value: 'a' }, task_id: { value: 't' }, uuid: 'AAAA' },
          },
          own,
        )
      ).status,
      idsDiffer: (await call({ ...subscribe, framework_id })).status,
      acceptsXml: (await call(subscribe, { ...JSON_TYPE, Accept: 'text/xml' })).status,
      subscribeWithStream: (await call(subscribe, own)).status,
      unknownFramework: (await call({ type: 'REVIVE', framework_id: { value: 'x' } }, own)).status,
      noStream: (await call({ type: 'REVIVE', framework_id })).status,
      otherStream: (await call({ type: 'REVIVE', framework_id }, { ...own, 'Mesos-Stream-Id': 'x' })).status,
      unknownType: (await call({ type: 'DANCE', framework_id }, own)).status,
      shutdownWithoutMember: (await call({ type: 'SHUTDOWN', framework_id, kill: {} }, own)).status,
      good: (await call({ type: 'REVIVE', framework_id, accept: null }, own)).status,
      elsewhere: (await send(url, '/nowhere', undefined)).status,
    };
    expect(statuses).toEqual({
      get: 405,
      noType: 400,
      noProtobuf: 400,
      xml: 415,
      withCharset: 415,
      noJson: 400,
      notAnObject: 400,
      noCallType: 400,
      noMember: 400,
      noFramework: 400,
      shortUuid: 400,
      idsDiffer: 400,
      acceptsXml: 406,
      subscribeWithStream: 400,
      unknownFramework: 400,
      noStream: 400,
      otherStream: 400,
      unknownType: 501,
      shutdownWithoutMember: 400,
      good: 202,
      elsewhere: 404,
    });
    client.close();
    await expect.poll(async () => (await call({ type: 'REVIVE', framework_id }, own)).status).toBe(400);
    const lasting = await subscribed(url, { failover_timeout: 60 });
    lasting.close();
    const late = { type: 'REVIVE', framework_id: { value: lasting.frameworkId } };
    await expect.poll(async () => (await call(late, own)).status).toBe(403);
  });

  it('is read or refused, whatever it holds, and the master goes on', async () => {
    const { url, problems } = await startMaster();
    const client = await subscribed(url, { failover_timeout: 60 });
    const own = { ...JSON_TYPE, 'Mesos-Stream-Id': client.streamId };
    const types = ['ACCEPT', 'DECLINE', 'KILL', 'RECONCILE', 'REVIVE', 'SUBSCRIBE', 'UPDATE_FRAMEWORK'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...types),
        fc.dictionary(fc.constantFrom('accept', 'decline', 'kill', 'reconcile', 'revive'), fc.jsonValue()),
        async (type, members) => {
          const body = JSON.stringify({ ...members, type, framework_id: { value: client.frameworkId } });
          const { status } = await send(url, SCHEDULER, body, own);
          expect([202, 400, 501]).toContain(status);
        },
      ),
      { numRuns: 200 },
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect([400, 501]).toContain((await send(url, SCHEDULER, text, own)).status);
        expect([400, 501]).toContain((await send(url, '/api/v1', text, JSON_TYPE)).status);
        expect([400, 403]).toContain((await send(url, '/api/v1/agent', text, JSON_TYPE)).status);
      }),
      { numRuns: 100 },
    );
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end('\u0000\u0001 nonsense\r\n\r\n');
    expect((await client.call('REVIVE')).status).toBe(202);
    expect(problems).toEqual([]);
  });

  it('has a limit of size', async () => {
    const { url } = await startMaster();
    const body = ' '.repeat(9 * 1024 * 1024);
    const status = await send(url, SCHEDULER, body).then(
      (answer) => answer.status,
      () => 'connection closed',
    );
    expect([413, 'connection closed']).toContain(status);
    expect((await send(url, '/health', undefined)).status).toBe(200);
  });
});

describe('who calls', () => {
  it('must prove it, and speaks for no framework of another', async () => {
    const other = { principal: 'q', secret: 's2' };
    const { url } = await startMaster({ authenticator: basicAuthenticator([CREDENTIAL, other]) });
    for (const wrong of [
      { principal: 'p', secret: 'x' },
      { principal: 'x', secret: 's' },
    ])
      expect((await send(url, '/state', undefined, { Authorization: authorizationOf(wrong) })).status).toBe(
        401,
      );
    expect((await send(url, '/health', undefined, { Authorization: 'Basic !' })).status).toBe(401);
    expect((await send(url, '/health', undefined, {})).headers['www-authenticate']).toMatch(/^Basic realm=/);
    const client = new SchedulerClient(url, authorizationOf(CREDENTIAL));
    closing(client, () => client.close());
    await client.subscribe();
    const stolen = {
      ...JSON_TYPE,
      Authorization: authorizationOf(other),
      'Mesos-Stream-Id': client.streamId,
    };
    const teardown = JSON.stringify({ type: 'TEARDOWN', framework_id: { value: client.frameworkId } });
    expect((await send(url, SCHEDULER, teardown, stolen)).status).toBe(400);
    const liar = {
      type: 'SUBSCRIBE',
      subscribe: { framework_info: { user: 'u', name: 'n', principal: 'q' } },
    };
    const own = { ...JSON_TYPE, Authorization: authorizationOf(CREDENTIAL) };
    expect((await send(url, SCHEDULER, JSON.stringify(liar), own)).status).toBe(400);
  });
});

describe('a subscription', () => {
  it('with a bad description gets ERROR on its stream, which ends', async () => {
    const { url } = await startMaster();
    for (const info of [
      { roles: ['a'] },
      { role: 'a', capabilities: [{ type: 'MULTI_ROLE' }] },
      { roles: ['a', 'a'], capabilities: [{ type: 'MULTI_ROLE' }] },
      { role: '../x' },
      { failover_timeout: -1 },
    ]) {
      const client = await subscribed(url, info);
      expect([client.status, client.frameworkId]).toEqual([200, '']);
      await expect.poll(() => client.isClosed).toBe(true);
    }
    const strange = await subscribed(url, { role: 'a' }, { suppressed_roles: ['b'] });
    expect(strange.frameworkId).toBe('');
  });

  it('gets heartbeats', async () => {
    const { url } = await startMaster({ flags: { heartbeatInterval: fromSeconds(0.1) } });
    const client = await subscribed(url);
    await client.next(({ type }) => type === 'HEARTBEAT');
    await client.next(({ type }) => type === 'HEARTBEAT');
  });

  it('is taken over by the next of the same framework, offers and all', async () => {
    const { url } = await startMaster();
    const agent = await startAgent(url);
    const first = await subscribed(url, { failover_timeout: 60 });
    expect((await first.offer()).agent_id.value).toBe(agent.id);
    const second = await subscribed(url, { failover_timeout: 60, id: { value: first.frameworkId } });
    expect((await first.next(({ type }) => type === 'ERROR')).error.message).toBe('Framework failed over');
    await expect.poll(() => first.isClosed).toBe(true);
    expect((await second.offer()).agent_id.value).toBe(agent.id);
    expect((await first.call('REVIVE')).status).toBe(400);
    expect((await second.call('REVIVE')).status).toBe(202);
  });

  it('that ends gives its offers back, and after the failover timeout its tasks end', async () => {
    const { url, master } = await startMaster();
    await startAgent(url);
    const first = await subscribed(url, { failover_timeout: 0.3, checkpoint: true });
    const offer = await first.offer();
    await first.launch(offer, { t1: 'sleep 1000' });
    await first.follow('t1', 'TASK_STARTING', 'TASK_RUNNING');
    first.close();
    const second = await subscribed(url);
    const seen = [];
    while (seen.reduce((sum, part) => sum + amountOf(part, 'cpus'), 0) < 4) seen.push(await second.offer());
    expect(master.state.tasks.size).toBe(0);
    const again = await subscribed(url, { id: { value: first.frameworkId } });
    expect(again.frameworkId).toBe('');
  });
});

describe('offers', () => {
  it('come again after the time of the filter, or at once after REVIVE', async () => {
    const { url } = await startMaster();
    await startAgent(url);
    const client = await subscribed(url);
    const offer = await client.offer();
    const filters = { refuse_seconds: 1000 };
    await client.call('DECLINE', { decline: { offer_ids: [offer.id, { value: 'gone' }], filters } });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(client.events.filter(({ type }) => type === 'OFFERS')).toEqual([]);
    await client.call('REVIVE');
    const again = await client.offer();
    await client.call('DECLINE', { decline: { offer_ids: [again.id], filters: { refuse_seconds: 0 } } });
    await client.call('SUPPRESS');
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const { offers } of client.events.splice(0))
      await client.call('DECLINE', {
        decline: {
          offer_ids: offers.offers.map(({ id }: { id: object }) => id),
          filters: { refuse_seconds: 0 },
        },
      });
    await client.call('REVIVE');
    expect((await client.offer()).resources).toEqual(offer.resources);
  });

  it('are rescinded after the offer timeout', async () => {
    const { url } = await startMaster({ flags: { offerTimeout: fromSeconds(0.3) } });
    await startAgent(url);
    const client = await subscribed(url);
    const offer = await client.offer();
    const { rescind } = await client.next(({ type }) => type === 'RESCIND');
    expect(rescind.offer_id).toEqual(offer.id);
    expect((await client.offer()).resources).toEqual(offer.resources);
  });

  it('hold what was reserved until it is unreserved, for that role alone, also after the agent restarts', async () => {
    const { url } = await startMaster();
    const agent = await startAgent(url, 'cpus:4;mem:1024;cpus(ads):1');
    const ads = await subscribed(url, { role: 'ads' });
    const offer = await ads.offer();
    expect(amountOf(offer, 'cpus')).toBe(5);
    const reserved = { name: 'cpus', type: 'SCALAR', scalar: { value: 2 }, reservations: [{ role: 'ads' }] };
    const operation = (type: string, value: number) => ({
      type,
      id: { value: `${type} ${value}` },
      [type.toLowerCase()]: { resources: [{ ...reserved, scalar: { value } }] },
    });
    const operations = [
      operation('RESERVE', 2),
      operation('RESERVE', 9),
      operation('UNRESERVE', 3),
      operation('CREATE', 1),
    ];
    await ads.call('ACCEPT', { accept: { offer_ids: [offer.id], operations } });
    const states = [];
    for (let i = 0; i < 4; i++) {
      const { update_operation_status } = await ads.next(({ type }) => type === 'UPDATE_OPERATION_STATUS');
      states.push(update_operation_status.status.state);
    }
    expect(states).toEqual(['OPERATION_FINISHED', 'OPERATION_ERROR', 'OPERATION_ERROR', 'OPERATION_ERROR']);
    const web = await subscribed(url, { role: 'web' });
    expect(amountOf(await web.offer(), 'cpus')).toBe(2);
    await agent.stop();
    await web.next(({ type }) => type === 'RESCIND');
    await startAgent(url, 'cpus:4;mem:1024;cpus(ads):1', agent.workDir);
    await ads.call('TEARDOWN');
    expect(amountOf(await web.offer(), 'cpus')).toBe(2);
  });
});

describe('an agent', () => {
  it('that answers no pings is unreachable: its tasks are lost to its frameworks', async () => {
    const { url, master } = await startMaster({
      flags: { agentPingTimeout: fromSeconds(0.1), maxAgentPingTimeouts: 3 },
    });
    // A stand-in that subscribes and then says nothing.
    const silent = new SchedulerClient(url);
    closing(silent, () => silent.close());
    const registration = {
      type: 'SUBSCRIBE',
      hostname: 'mute',
      attributes: [],
      ip: '127.0.0.1',
      port: 0,
      frameworks: [],
      tasks: [],
      configured: [],
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: 4 } },
        { name: 'mem', type: 'SCALAR', scalar: { value: 1024 } },
      ],
    };
    const client = await subscribed(url, { checkpoint: true });
    const answer = send(url, '/api/v1/agent', JSON.stringify(registration));
    const offer = await client.offer();
    await client.launch(offer, { t1: 'true' });
    expect((await client.update('t1', 'TASK_LOST')).reason).toBe('REASON_AGENT_REMOVED');
    expect((await answer).text).toContain('"PING"');
    expect([master.state.agents.size, master.state.unreachable.size]).toEqual([0, 1]);
    await client.call('RECONCILE', {
      reconcile: { tasks: [{ task_id: { value: 't1' }, agent_id: offer.agent_id }] },
    });
    expect((await client.update('t1', 'TASK_LOST')).reason).toBe('REASON_RECONCILIATION');
  });
});
