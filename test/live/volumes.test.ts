import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, startAgent, startMaster } from './live-cluster.js';
import { frameworkIn, operate } from './operator-client.js';
import { type Event, taskInfo } from './scheduler-client.js';

afterEach(closeAll);

const RESERVED = [{ type: 'DYNAMIC', role: 'eng/ads' }];
const disk = { name: 'disk', type: 'SCALAR', scalar: { value: 100 }, reservations: RESERVED };
const volume = {
  ...disk,
  disk: { persistence: { id: 'v1' }, volume: { container_path: 'data/v1', mode: 'RW' } },
};

function volumeOf(offer: Event): Event {
  return offer.resources.find((resource: Event) => resource.disk?.persistence !== undefined);
}

/** A command task of the offer that also takes resources. */
function taskWith(id: string, offer: Event, command: string, resources: readonly object[]): object {
  const info = taskInfo(id, offer, command);
  return { ...info, resources: [...info.resources, ...resources] };
}

describe('a persistent volume', () => {
  it('keeps what a task wrote for the next one, until it is destroyed', async () => {
    const { url } = await startMaster();
    const agent = await startAgent(url, 'cpus:4;mem:1024;disk:500');
    const client = await frameworkIn(url, ['eng/ads']);
    const accept = (offer: Event, ...operations: readonly object[]) =>
      client.call('ACCEPT', {
        accept: { offer_ids: [offer.id], operations, filters: { refuse_seconds: 0 } },
      });
    const first = await client.offer();
    await accept(
      first,
      { type: 'RESERVE', reserve: { resources: [disk] } },
      { type: 'CREATE', create: { volumes: [volume] } },
      {
        type: 'LAUNCH',
        launch: { task_infos: [taskWith('writes', first, 'echo kept > data/v1/file', [volume])] },
      },
    );
    await client.follow('writes', 'TASK_FINISHED');
    const folder = join(agent.workDir, 'volumes', 'roles', 'eng ads', 'v1');
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept\n');

    const second = (await client.next(({ offers }) => offers?.offers.some(volumeOf))).offers.offers[0];
    expect(volumeOf(second)).toMatchObject(volume);
    await accept(second, {
      type: 'LAUNCH',
      launch: { task_infos: [taskWith('reads', second, 'grep -q kept data/v1/file', [volume])] },
    });
    await client.follow('reads', 'TASK_FINISHED');

    const third = (await client.next(({ offers }) => offers?.offers.some(volumeOf))).offers.offers[0];
    const destroy = { type: 'DESTROY', id: { value: 'd' }, destroy: { volumes: [volume] } };
    const unreserve = { type: 'UNRESERVE', id: { value: 'u' }, unreserve: { resources: [volume] } };
    await accept(third, unreserve, destroy);
    const states = [];
    for (const _ of [unreserve, destroy]) {
      const event = await client.next(({ type }) => type === 'UPDATE_OPERATION_STATUS');
      states.push(event.update_operation_status.status.state);
    }
    expect(states).toEqual(['OPERATION_ERROR', 'OPERATION_FINISHED']);
    await expect.poll(() => existsSync(folder)).toBe(false);
  });

  it('is made and destroyed by an operator, on disk that is reserved and free', async () => {
    const { url, master } = await startMaster();
    const agent = await startAgent(url, 'cpus:4;mem:1024;disk:500');
    const agent_id = { value: agent.id };
    const write = async (type: string, member: object) =>
      (await operate(url, type, { agent_id, ...member })).status;
    const volumes = [volume];
    expect(await write('CREATE_VOLUMES', { volumes })).toBe(400);
    expect(await write('RESERVE_RESOURCES', { resources: [{ ...disk, scalar: { value: 300 } }] })).toBe(202);
    expect(await write('CREATE_VOLUMES', { volumes: [disk] })).toBe(400);
    expect(await write('CREATE_VOLUMES', { volumes: [volume, volume] })).toBe(400);
    const outside = { ...volume.disk, volume: { container_path: '../x', mode: 'RW' } };
    expect(await write('CREATE_VOLUMES', { volumes: [{ ...volume, disk: outside }] })).toBe(400);
    const named = { ...volume.disk, persistence: { id: '..' } };
    expect(await write('CREATE_VOLUMES', { volumes: [{ ...volume, disk: named }] })).toBe(400);
    expect(await write('CREATE_VOLUMES', { volumes })).toBe(202);
    expect(await write('CREATE_VOLUMES', { volumes })).toBe(400);
    const roles = join(agent.workDir, 'volumes', 'roles');
    await expect.poll(() => existsSync(roles) && readdirSync(join(roles, 'eng ads'))).toEqual(['v1']);
    const amounts = () =>
      master.state.host
        .totalOf(agent.id)
        .flatMap((parcel) => (parcel.reservations.length > 0 ? [[parcel.amount, parcel.volume?.id]] : []));
    expect(amounts()).toEqual([
      [200, undefined],
      [100, 'v1'],
    ]);
    expect(await write('UNRESERVE_RESOURCES', { resources: volumes })).toBe(400);
    expect(await write('DESTROY_VOLUMES', { volumes })).toBe(202);
    expect(amounts()).toEqual([[300, undefined]]);
    await expect.poll(() => existsSync(roles)).toBe(false);
  });

  it('is still there after the agent has started again', async () => {
    const { url, master } = await startMaster();
    const agent = await startAgent(url, 'cpus:4;mem:1024;disk:500');
    const agent_id = { value: agent.id };
    await operate(url, 'RESERVE_RESOURCES', { agent_id, resources: [disk] });
    await operate(url, 'CREATE_VOLUMES', { agent_id, volumes: [volume] });
    const folder = join(agent.workDir, 'volumes', 'roles', 'eng ads', 'v1');
    await expect.poll(() => existsSync(folder)).toBe(true);
    const before = master.state.host.totalOf(agent.id);
    await agent.stop();
    await startAgent(url, 'cpus:4;mem:1024;disk:500', agent.workDir);
    expect(master.state.host.totalOf(agent.id)).toEqual(before);
  });
});
