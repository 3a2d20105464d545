import { afterEach, describe, expect, it } from 'vitest';
import { PLAIN_CALLS } from '../../src/live/wire/operator-call.js';
import { decodeProtobuf, encodeProtobuf } from '../../src/live/wire/protobuf.js';
import { fromSeconds } from '../../src/model/index.js';
import { closeAll, folder, startAgent, startMaster } from './live-cluster.js';
import { ask, frameworkIn, listen, operate } from './operator-client.js';
import { type Event, send } from './scheduler-client.js';

afterEach(closeAll);

const HERE = { hostname: 'host-1', ip: '127.0.0.1' };

function cpusOf(resources: readonly Event[]): number {
  return resources.filter(({ name }) => name === 'cpus').reduce((sum, { scalar }) => sum + scalar.value, 0);
}

function scalars(amounts: Readonly<Record<string, number>>): object {
  return Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, { value }]));
}

describe('quota', () => {
  it('limits what a role is offered, and takes back an offer that is above', async () => {
    const { url } = await startMaster();
    await startAgent(url);
    const client = await frameworkIn(url, ['eng']);
    expect(cpusOf((await client.offer()).resources)).toBe(4);
    const quota_configs = [{ role: 'eng', limits: scalars({ cpus: 1, mem: 256 }) }];
    expect((await operate(url, 'UPDATE_QUOTA', { quota_configs })).status).toBe(200);
    await client.next(({ type }) => type === 'RESCIND');
    const smaller = await client.offer();
    expect(cpusOf(smaller.resources)).toBe(1);
    expect((await ask(url, 'GET_QUOTA')).status.configs).toEqual(quota_configs);
  });

  it('takes offers back from others until the guarantee of a role can be met', async () => {
    const { url } = await startMaster();
    await startAgent(url);
    const other = await frameworkIn(url, ['other']);
    await other.offer();
    const eng = await frameworkIn(url, ['eng']);
    const set = {
      quota_request: { role: 'eng', guarantee: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 4 } }] },
    };
    expect((await operate(url, 'SET_QUOTA', set)).status).toBe(200);
    expect(cpusOf((await eng.offer()).resources)).toBe(4);
    expect((await operate(url, 'SET_QUOTA', set)).status).toBe(400);
    expect((await operate(url, 'REMOVE_QUOTA', { role: 'eng' })).status).toBe(200);
    expect((await operate(url, 'REMOVE_QUOTA', { role: 'eng' })).status).toBe(400);
    expect((await ask(url, 'GET_QUOTA')).status).toEqual({ infos: [], configs: [] });
  });

  it('is changed for all roles of a call or for none', async () => {
    const { url } = await startMaster();
    await startAgent(url);
    const good = { role: 'eng', guarantees: scalars({ cpus: 1 }) };
    const bad: readonly object[] = [
      { role: 'eng/ads', limits: scalars({ cpus: 1 }) },
      { role: '*', limits: scalars({ cpus: 1 }) },
      { role: 'ops', guarantees: scalars({ cpus: 2 }), limits: scalars({ cpus: 1 }) },
      { role: 'ops', limits: scalars({ cpus: -1 }) },
      { role: 'ops', limits: scalars({ tapes: 1 }) },
      { role: 'ops', guarantees: scalars({ cpus: 3.5 }) },
      good,
    ];
    for (const config of bad)
      expect((await operate(url, 'UPDATE_QUOTA', { quota_configs: [good, config] })).status).toBe(400);
    expect((await ask(url, 'GET_QUOTA')).status.configs).toEqual([]);
    const quota_configs = [good, { role: 'ops', guarantees: scalars({ cpus: 3.5 }) }];
    expect((await operate(url, 'UPDATE_QUOTA', { quota_configs, force: true })).status).toBe(200);
  });

  it('may not be limited below what the role consumes, unless by force', async () => {
    const { url } = await startMaster();
    await startAgent(url);
    const client = await frameworkIn(url, ['eng']);
    await client.launch(await client.offer(), { long: 'sleep 100' }, 2);
    await client.follow('long', 'TASK_RUNNING');
    const quota_configs = [{ role: 'eng', limits: scalars({ cpus: 1 }) }];
    expect((await operate(url, 'UPDATE_QUOTA', { quota_configs })).status).toBe(400);
    expect((await operate(url, 'UPDATE_QUOTA', { quota_configs, force: true })).status).toBe(200);
  });
});

describe('weights', () => {
  it('are set by UPDATE_WEIGHTS, and all offers come back where a framework is concerned', async () => {
    const { url } = await startMaster();
    await startAgent(url);
    const client = await frameworkIn(url, ['eng']);
    await client.offer();
    const weight_infos = [{ role: 'eng', weight: 2.5 }];
    expect((await operate(url, 'UPDATE_WEIGHTS', { weight_infos })).status).toBe(202);
    await client.next(({ type }) => type === 'RESCIND');
    expect(await ask(url, 'GET_WEIGHTS')).toEqual({ weight_infos });
    expect((await ask(url, 'GET_ROLES')).roles[0]).toMatchObject({ name: 'eng', weight: 2.5 });
    const zero = { weight_infos: [{ role: 'eng', weight: 0 }] };
    expect((await operate(url, 'UPDATE_WEIGHTS', zero)).status).toBe(400);
  });
});

describe('reservations of an operator', () => {
  it('are made of free resources, taken back from offers where needed, and ended again', async () => {
    const { url } = await startMaster();
    const agent = await startAgent(url);
    const client = await frameworkIn(url, ['eng']);
    await client.offer();
    const resources = [
      {
        name: 'cpus',
        type: 'SCALAR',
        scalar: { value: 3 },
        reservations: [{ type: 'DYNAMIC', role: 'ops' }],
      },
    ];
    const said = { agent_id: { value: agent.id }, resources };
    expect((await operate(url, 'RESERVE_RESOURCES', said)).status).toBe(202);
    await client.next(({ type }) => type === 'RESCIND');
    expect(cpusOf((await client.offer()).resources)).toBe(1);
    const [answer] = (await ask(url, 'GET_AGENTS')).agents;
    expect(answer.total_resources).toContainEqual({ ...resources[0], role: 'ops' });
    expect((await operate(url, 'UNRESERVE_RESOURCES', said)).status).toBe(202);
    expect((await operate(url, 'UNRESERVE_RESOURCES', said)).status).toBe(400);
  });

  it('are refused where tasks use the resources, or there is no such agent', async () => {
    const { url, master } = await startMaster();
    const agent = await startAgent(url);
    const client = await frameworkIn(url, ['eng']);
    await client.launch(await client.offer(), { long: 'sleep 100' }, 2);
    await client.follow('long', 'TASK_RUNNING');
    const resources = [
      {
        name: 'cpus',
        type: 'SCALAR',
        scalar: { value: 3 },
        reservations: [{ type: 'DYNAMIC', role: 'ops' }],
      },
    ];
    const before = master.state.host.totalOf(agent.id);
    expect(
      (await operate(url, 'RESERVE_RESOURCES', { agent_id: { value: agent.id }, resources })).status,
    ).toBe(409);
    expect((await operate(url, 'RESERVE_RESOURCES', { agent_id: { value: 'x' }, resources })).status).toBe(
      400,
    );
    expect(master.state.host.totalOf(agent.id)).toEqual(before);
  });
});

describe('maintenance', () => {
  it('asks those who hold something of the machine, sends its agents away, and lets them in again', async () => {
    const { url, master } = await startMaster();
    const workDir = folder('agent');
    const agent = await startAgent(url, 'cpus:4;mem:1024', workDir);
    const client = await frameworkIn(url, ['eng'], { capabilities: ['PARTITION_AWARE'] });
    await client.launch(await client.offer(), { long: 'sleep 100' });
    await client.follow('long', 'TASK_RUNNING');
    const unavailability = { start: { nanoseconds: 2e18 }, duration: { nanoseconds: 3_600_000_000_000 } };
    const schedule = { windows: [{ machine_ids: [HERE], unavailability }] };
    expect((await operate(url, 'UPDATE_MAINTENANCE_SCHEDULE', { schedule })).status).toBe(202);
    expect(await ask(url, 'GET_MAINTENANCE_SCHEDULE')).toEqual({ schedule });
    const [inverse] = (await client.next(({ type }) => type === 'INVERSE_OFFERS')).inverse_offers
      .inverse_offers;
    expect(inverse).toMatchObject({ agent_id: { value: agent.id }, unavailability, resources: [] });
    const offer = (await client.next(({ offers }) => offers?.offers[0].unavailability !== undefined)).offers
      .offers[0];
    expect(offer.unavailability).toEqual(unavailability);
    await client.call('DECLINE_INVERSE_OFFERS', {
      decline_inverse_offers: { inverse_offer_ids: [inverse.id], filters: { refuse_seconds: 100 } },
    });
    const { status } = await ask(url, 'GET_MAINTENANCE_STATUS');
    expect(status.draining_machines).toMatchObject([
      { id: HERE, statuses: [{ status: 'DECLINE', framework_id: { value: client.frameworkId } }] },
    ]);
    expect((await operate(url, 'STOP_MAINTENANCE', { machines: [HERE] })).status).toBe(400);
    expect((await operate(url, 'START_MAINTENANCE', { machines: [HERE] })).status).toBe(202);
    await client.update('long', 'TASK_GONE');
    expect(master.state.agents.size).toBe(0);
    await expect
      .poll(() => agent.failures.map(({ message }) => message))
      .toEqual([expect.stringContaining('403')]);
    await agent.stop();
    await expect(startAgent(url, 'cpus:4;mem:1024', workDir)).rejects.toThrow('machine down');
    expect((await operate(url, 'STOP_MAINTENANCE', { machines: [HERE] })).status).toBe(202);
    expect(await ask(url, 'GET_MAINTENANCE_SCHEDULE')).toEqual({ schedule: { windows: [] } });
  });

  it('repeats its question after the time of a refusal', async () => {
    const { url } = await startMaster();
    await startAgent(url);
    const client = await frameworkIn(url, ['eng']);
    await client.launch(await client.offer(), { long: 'sleep 100' });
    await client.follow('long', 'TASK_RUNNING');
    const windows = [{ machine_ids: [HERE], unavailability: { start: { nanoseconds: 0 } } }];
    await operate(url, 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows } });
    for (const type of ['ACCEPT_INVERSE_OFFERS', 'DECLINE_INVERSE_OFFERS']) {
      const event = await client.next((e) => e.type === 'INVERSE_OFFERS');
      const inverse_offer_ids = event.inverse_offers.inverse_offers.map(({ id }: Event) => id);
      await client.call(type, {
        [type.toLowerCase()]: { inverse_offer_ids, filters: { refuse_seconds: 0.2 } },
      });
    }
    await client.next((e) => e.type === 'INVERSE_OFFERS');
    await operate(url, 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows: [] } });
    await client.next((e) => e.type === 'RESCIND_INVERSE_OFFER');
  });

  it('refuses a schedule that cannot be', async () => {
    const { url } = await startMaster();
    const unavailability = { start: { nanoseconds: 0 } };
    const bad: readonly object[] = [
      { machine_ids: [], unavailability },
      { machine_ids: [{}], unavailability },
      { machine_ids: [HERE, { ...HERE, hostname: 'HOST-1' }], unavailability },
      { machine_ids: [HERE], unavailability: { ...unavailability, duration: { nanoseconds: -1 } } },
      { machine_ids: [HERE] },
    ];
    for (const window of bad)
      expect(
        (await operate(url, 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows: [window] } })).status,
      ).toBe(400);
    expect((await operate(url, 'START_MAINTENANCE', { machines: [HERE] })).status).toBe(400);
  });
});

describe('an agent', () => {
  it('that is drained loses its tasks and is offered again only when it is reactivated', async () => {
    const { url } = await startMaster();
    const agent = await startAgent(url);
    const agent_id = { value: agent.id };
    const client = await frameworkIn(url, ['eng']);
    await client.launch(await client.offer(), { long: 'sleep 100' });
    await client.follow('long', 'TASK_RUNNING');
    const said = { agent_id, max_grace_period: { nanoseconds: 1e9 } };
    expect((await operate(url, 'DRAIN_AGENT', said)).status).toBe(200);
    await client.update('long', 'TASK_KILLED');
    const drainState = async () => (await ask(url, 'GET_AGENTS')).agents[0].drain_info?.state;
    await expect.poll(drainState).toBe('DRAINED');
    expect((await ask(url, 'GET_AGENTS')).agents[0]).toMatchObject({ active: false, deactivated: true });
    client.events.splice(0);
    expect((await operate(url, 'REACTIVATE_AGENT', { agent_id })).status).toBe(200);
    expect(cpusOf((await client.offer()).resources)).toBe(4);
  });

  it('that is drained to be gone may not come back', async () => {
    const { url, master } = await startMaster();
    const agent = await startAgent(url);
    const drain = { agent_id: { value: agent.id }, mark_gone: true };
    expect((await operate(url, 'DRAIN_AGENT', drain)).status).toBe(200);
    await expect.poll(() => [...master.state.gone.keys()]).toEqual([agent.id]);
    await expect.poll(() => agent.failures.length).toBe(1);
  });

  it('that is deactivated is offered to nobody, while its tasks go on', async () => {
    const { url } = await startMaster();
    const agent = await startAgent(url);
    const agent_id = { value: agent.id };
    const client = await frameworkIn(url, ['eng']);
    const offer = await client.offer();
    expect((await operate(url, 'DEACTIVATE_AGENT', { agent_id })).status).toBe(200);
    await client.next(({ type, rescind }) => type === 'RESCIND' && rescind.offer_id.value === offer.id.value);
    expect((await operate(url, 'DEACTIVATE_AGENT', { agent_id: { value: 'x' } })).status).toBe(400);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(client.events.filter(({ type }) => type === 'OFFERS')).toEqual([]);
  });

  it('that is marked gone is reported so, and stays so when it was unreachable before', async () => {
    const { url, master } = await startMaster({ flags: { agentReregisterTimeout: fromSeconds(0.2) } });
    const agent = await startAgent(url);
    const agent_id = { value: agent.id };
    const client = await frameworkIn(url, ['eng'], { capabilities: ['PARTITION_AWARE'], checkpoint: true });
    await client.launch(await client.offer(), { long: 'sleep 5' });
    await client.follow('long', 'TASK_RUNNING');
    await agent.stop();
    await client.update('long', 'TASK_UNREACHABLE');
    expect((await operate(url, 'MARK_AGENT_GONE', { agent_id })).status).toBe(200);
    await client.update('long', 'TASK_GONE_BY_OPERATOR');
    await client.call('RECONCILE', { reconcile: { tasks: [{ task_id: { value: 'other' }, agent_id }] } });
    await client.update('other', 'TASK_GONE_BY_OPERATOR');
    expect((await operate(url, 'MARK_AGENT_GONE', { agent_id })).status).toBe(200);
    expect((await operate(url, 'MARK_AGENT_GONE', { agent_id: { value: 'x' } })).status).toBe(404);
    await expect(startAgent(url, 'cpus:4;mem:1024', agent.workDir)).rejects.toThrow('gone');
    expect(master.state.agents.size).toBe(0);
  });
});

describe('what operators have set', () => {
  it('is there after the master has started again', async () => {
    const workDir = folder('master');
    const first = await startMaster({ workDir });
    const agent = await startAgent(first.url);
    const quota_configs = [{ role: 'eng', limits: scalars({ cpus: 2 }) }];
    const schedule = {
      windows: [
        { machine_ids: [{ hostname: 'h', ip: '10.0.0.1' }], unavailability: { start: { nanoseconds: 5 } } },
      ],
    };
    await operate(first.url, 'UPDATE_QUOTA', { quota_configs });
    await operate(first.url, 'UPDATE_WEIGHTS', { weight_infos: [{ role: 'eng', weight: 3 }] });
    await operate(first.url, 'UPDATE_MAINTENANCE_SCHEDULE', { schedule });
    await operate(first.url, 'DRAIN_AGENT', {
      agent_id: { value: agent.id },
      max_grace_period: { nanoseconds: 7 },
    });
    await first.stop();
    const { url, master } = await startMaster({ workDir, port: first.port });
    expect((await ask(url, 'GET_QUOTA')).status.configs).toEqual(quota_configs);
    expect(await ask(url, 'GET_WEIGHTS')).toEqual({ weight_infos: [{ role: 'eng', weight: 3 }] });
    expect(await ask(url, 'GET_MAINTENANCE_SCHEDULE')).toEqual({ schedule });
    await expect.poll(() => master.state.agents.size).toBe(1);
    await expect.poll(async () => (await ask(url, 'GET_AGENTS')).agents[0].drain_info.state).toBe('DRAINED');
    await operate(url, 'MARK_AGENT_GONE', { agent_id: { value: agent.id } });
    const client = await frameworkIn(url, ['eng']);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(client.events.filter(({ type }) => type === 'OFFERS')).toEqual([]);
  });
});

describe('a master with quota that has started again', () => {
  it('offers nothing until four fifths of its agents are back', async () => {
    const workDir = folder('master');
    const first = await startMaster({ workDir });
    const agent = await startAgent(first.url);
    const quota_configs = [{ role: 'eng', limits: scalars({ cpus: 2 }) }];
    await operate(first.url, 'UPDATE_QUOTA', { quota_configs });
    await agent.stop();
    await first.stop();
    const { url } = await startMaster({ workDir });
    await startAgent(url);
    const client = await frameworkIn(url, ['other']);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(client.events.filter(({ type }) => type === 'OFFERS')).toEqual([]);
    await startAgent(url, 'cpus:4;mem:1024', agent.workDir);
    expect(cpusOf((await client.offer()).resources)).toBe(4);
  });
});

describe('every question', () => {
  it('has the same answer in protobuf as in JSON', async () => {
    const { url } = await startMaster();
    const agent = await startAgent(url);
    const client = await frameworkIn(url, ['eng', 'ops/db']);
    await client.launch(await client.offer(), { long: 'sleep 100', short: 'true' });
    await client.follow('long', 'TASK_RUNNING');
    await client.follow('short', 'TASK_FINISHED');
    const windows = [{ machine_ids: [HERE], unavailability: { start: { nanoseconds: 5 } } }];
    await operate(url, 'UPDATE_MAINTENANCE_SCHEDULE', { schedule: { windows } });
    await operate(url, 'UPDATE_WEIGHTS', { weight_infos: [{ role: 'eng', weight: 3 }] });
    await operate(url, 'UPDATE_QUOTA', { quota_configs: [{ role: 'eng', limits: scalars({ cpus: 2 }) }] });
    const gone = await frameworkIn(url, ['gone']);
    await gone.call('TEARDOWN');
    await operate(url, 'DEACTIVATE_AGENT', { agent_id: { value: agent.id } });
    for (const type of PLAIN_CALLS) {
      if (type === 'SUBSCRIBE' || type === 'GET_METRICS') continue;
      const { status, bytes } = await send(url, '/api/v1', encodeProtobuf('master.Call', { type }), {
        'Content-Type': 'application/x-protobuf',
        Accept: 'application/x-protobuf',
      });
      expect(status, type).toBe(200);
      const answer = decodeProtobuf('master.Response', bytes) as Event;
      expect(set(answer[type.toLowerCase()]), type).toEqual(set(await ask(url, type)));
    }
  });
});

/** Protobuf does not tell a list without items from none. */
function set(value: Event): Event {
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(set);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => !Array.isArray(member) || member.length > 0)
      .map(([name, member]) => [name, set(member)]),
  );
}

describe('an operator who listens', () => {
  it('hears of frameworks, agents and tasks as they come, change and go', async () => {
    const { url } = await startMaster({ flags: { heartbeatInterval: fromSeconds(0.1) } });
    const events = await listen(url);
    expect(events[0]).toMatchObject({
      type: 'SUBSCRIBED',
      subscribed: { heartbeat_interval_seconds: 0.1, get_state: { get_agents: { agents: [] } } },
    });
    const agent = await startAgent(url);
    const client = await frameworkIn(url, ['eng']);
    await client.launch(await client.offer(), { short: 'true' });
    await client.follow('short', 'TASK_FINISHED');
    expect((await operate(url, 'TEARDOWN', { framework_id: { value: client.frameworkId } })).status).toBe(
      200,
    );
    expect((await operate(url, 'TEARDOWN', { framework_id: { value: client.frameworkId } })).status).toBe(
      400,
    );
    await operate(url, 'MARK_AGENT_GONE', { agent_id: { value: agent.id } });
    const others = () =>
      events
        .filter(({ type }) => type !== 'HEARTBEAT')
        .map(({ type, task_updated }) => task_updated?.state ?? type);
    await expect
      .poll(others)
      .toEqual([
        'SUBSCRIBED',
        'AGENT_ADDED',
        'FRAMEWORK_ADDED',
        'TASK_ADDED',
        'TASK_STARTING',
        'TASK_RUNNING',
        'TASK_FINISHED',
        'FRAMEWORK_REMOVED',
        'AGENT_REMOVED',
      ]);
    await expect.poll(() => events.some(({ type }) => type === 'HEARTBEAT')).toBe(true);
    expect(events.find(({ type }) => type === 'TASK_ADDED').task_added.task).toMatchObject({
      task_id: { value: 'short' },
      framework_id: { value: client.frameworkId },
      state: 'TASK_STAGING',
    });
  });
});
