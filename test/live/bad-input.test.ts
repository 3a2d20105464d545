import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/live/store.js';
import { InputError, type Parcels, parcelsPlus } from '../../src/model/index.js';
import { closeAll, folder, startAgent, startMaster } from './live-cluster.js';
import { frameworkIn, operate } from './operator-client.js';
import { type Event, send, taskInfo } from './scheduler-client.js';

afterEach(closeAll);

/** One master, one agent of 4 cpus and 1024 MiB, a framework with a task of half a cpu and the rest as an offer. */
async function busyCluster() {
  const running = await startMaster();
  const agent = await startAgent(running.url);
  const client = await frameworkIn(running.url, ['eng'], { failover_timeout: 60 });
  const first = await client.offer();
  const operations = [{ type: 'LAUNCH', launch: { task_infos: [taskInfo('long', first, 'sleep 100')] } }];
  await client.call('ACCEPT', {
    accept: { offer_ids: [first.id], operations, filters: { refuse_seconds: 0 } },
  });
  await client.follow('long', 'TASK_RUNNING');
  const offer = await client.next(({ type }) => type === 'OFFERS');
  const { host } = running.master.state;
  const ledger = () => ({
    total: host.totalOf(agent.id),
    free: host.freeOf(agent.id),
    held: host.heldBy(client.frameworkId, 'eng', agent.id),
  });
  return { ...running, agent, client, offer: offer.offers.offers[0] as Event, ledger };
}

function amountsOf(parcels: Parcels): readonly number[] {
  const sums = [0, 0];
  for (const { dimension, amount } of parcels) sums[dimension] = (sums[dimension] ?? 0) + amount;
  return sums;
}

describe('bad input leaves the ledger as it is', () => {
  it('where the caller is not who he should be', async () => {
    const { url, client, ledger } = await busyCluster();
    const before = ledger();
    expect((await client.call('TEARDOWN', {}, 'another-stream')).status).toBe(400);
    const stranger = JSON.stringify({ type: 'TEARDOWN', framework_id: { value: 'unknown' } });
    expect((await send(url, '/api/v1/scheduler', stranger)).status).toBe(400);
    expect(ledger()).toEqual(before);
  });

  it('where an offer is not one, or is of another framework: its tasks are lost and nothing is taken', async () => {
    const { url, client, offer, ledger } = await busyCluster();
    const other = await frameworkIn(url, ['ops']);
    const before = ledger();
    for (const [id, scheduler] of [
      ['nowhere', client],
      [offer.id.value, other],
    ] as const) {
      const operations = [{ type: 'LAUNCH', launch: { task_infos: [taskInfo(`on-${id}`, offer, 'true')] } }];
      const answer = await scheduler.call('ACCEPT', { accept: { offer_ids: [{ value: id }], operations } });
      expect(answer.status).toBe(202);
      expect((await scheduler.update(`on-${id}`, 'TASK_LOST')).reason).toBe('REASON_INVALID_OFFERS');
    }
    expect(ledger()).toEqual(before);
  });

  it('where a launch takes more than the offer holds: TASK_ERROR, and all of the offer comes back', async () => {
    const { client, offer, ledger } = await busyCluster();
    const before = ledger();
    const operations = [{ type: 'LAUNCH', launch: { task_infos: [taskInfo('greedy', offer, 'true', 3.6)] } }];
    await client.call('ACCEPT', {
      accept: { offer_ids: [offer.id], operations, filters: { refuse_seconds: 0 } },
    });
    expect((await client.update('greedy', 'TASK_ERROR')).reason).toBe('REASON_TASK_INVALID');
    await client.offer();
    expect(ledger()).toEqual(before);
  });

  it('where an operator asks for what cannot be', async () => {
    const { url, agent, ledger } = await busyCluster();
    const before = ledger();
    const agent_id = { value: agent.id };
    const resources = (value: number, role: string) => [
      { name: 'cpus', type: 'SCALAR', scalar: { value }, reservations: [{ type: 'DYNAMIC', role }] },
    ];
    const bad: readonly [string, object][] = [
      ['RESERVE_RESOURCES', { agent_id, resources: resources(100, 'eng') }],
      ['RESERVE_RESOURCES', { agent_id, resources: resources(-1, 'eng') }],
      ['RESERVE_RESOURCES', { agent_id, resources: resources(1, '*') }],
      ['RESERVE_RESOURCES', { agent_id, resources: resources(1, 'a//b') }],
      ['UNRESERVE_RESOURCES', { agent_id, resources: resources(1, 'eng') }],
      ['UPDATE_WEIGHTS', { weight_infos: [{ role: 'eng', weight: -1 }] }],
      ['REMOVE_QUOTA', { role: 'eng' }],
      ['DRAIN_AGENT', { agent_id: { value: 'x' } }],
      ['TEARDOWN', {}],
    ];
    for (const [type, member] of bad) expect((await operate(url, type, member)).status, type).toBe(400);
    expect((await operate(url, 'UPDATE_WEIGHTS')).status).toBe(400);
    expect((await operate(url, 'DANCE')).status).toBe(501);
    expect(ledger()).toEqual(before);
  });

  it('whatever operators and frameworks say: what is free and what is held is what there is', async () => {
    const { url, master, client, agent, ledger, problems } = await busyCluster();
    const scalar = fc.record({ value: fc.oneof(fc.integer({ min: -1, max: 5 }), fc.double()) });
    const resources = fc.array(
      fc.record(
        {
          name: fc.constantFrom('cpus', 'mem', 'tapes'),
          type: fc.constantFrom('SCALAR', 'RANGES', 'SET'),
          scalar,
          role: fc.constantFrom('*', 'eng', 'ops'),
          reservations: fc.array(fc.record({ role: fc.constantFrom('eng', 'eng/ads', '*', '') }), {
            maxLength: 3,
          }),
          revocable: fc.constant({}),
          disk: fc.constant({ persistence: { id: 'v' } }),
        },
        { requiredKeys: ['name', 'type'] },
      ),
      { maxLength: 3 },
    );
    const agent_id = fc.constantFrom({ value: agent.id }, { value: 'x' });
    const said = fc.oneof(
      fc.record({
        type: fc.constantFrom('RESERVE_RESOURCES', 'UNRESERVE_RESOURCES'),
        member: fc.record({ agent_id, resources }),
      }),
      fc.record({
        type: fc.constant('UPDATE_QUOTA'),
        member: fc.record({
          force: fc.boolean(),
          quota_configs: fc.array(
            fc.record({
              role: fc.constantFrom('eng', 'eng/ads', '*', 'ops'),
              limits: fc.dictionary(fc.constantFrom('cpus', 'mem', 'x'), scalar),
            }),
          ),
        }),
      }),
      fc.record({
        type: fc.constantFrom('REACTIVATE_AGENT', 'DEACTIVATE_AGENT'),
        member: fc.record({ agent_id }),
      }),
      fc.record({
        type: fc.constantFrom('RESERVE', 'UNRESERVE', 'CREATE', 'LAUNCH'),
        member: fc.record({ resources, volumes: resources }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(said, async ({ type, member }) => {
        const offer_ids = [...master.state.offers.keys()].map((value) => ({ value }));
        const isOperation = ['RESERVE', 'UNRESERVE', 'CREATE', 'LAUNCH'].includes(type);
        const { status } = isOperation
          ? await client.call('ACCEPT', {
              accept: { offer_ids, operations: [{ type, [type.toLowerCase()]: member }] },
            })
          : await operate(url, type, member);
        expect([200, 202, 400, 409]).toContain(status);
        const { total, free, held } = ledger();
        expect(amountsOf(parcelsPlus(free, held))).toEqual(amountsOf(total));
        expect(amountsOf(total)).toEqual([4000, 1024]);
      }),
      { numRuns: 150 },
    );
    expect(problems).toEqual([]);
  });
});

describe('a store', () => {
  it('that is corrupt is refused in one line, and left as it is', async () => {
    const workDir = folder('corrupt');
    const store = await openStore(workDir);
    await store.put('agent/a', { hostname: 'h', state: 'asleep' });
    await store.close();
    await expect(startMaster({ workDir })).rejects.toThrow(
      /^\S+: agent\/a\.state: the store is corrupt: Invalid option[^\n]*$/,
    );
    const broken = folder('broken');
    await (await openStore(broken)).close();
    for (const name of readdirSync(broken))
      if (name.startsWith('MANIFEST')) writeFileSync(join(broken, name), 'not a manifest');
    const refused = startMaster({ workDir: broken });
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(/^\S+: the store cannot be opened \([^\n]+\)$/);
  });
});
