import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpError } from '../../src/live/wire/http-error.js';
import { MESOS_PROTO } from '../../src/live/wire/proto/mesos-proto.js';
import { SCHEDULER_PROTO } from '../../src/live/wire/proto/scheduler-proto.js';
import { TASK_PROTO } from '../../src/live/wire/proto/task-proto.js';
import { decodeProtobuf, encodeProtobuf } from '../../src/live/wire/protobuf.js';
import { closeAll, closing, startAgent, startMaster } from './live-cluster.js';
import { SchedulerClient, send } from './scheduler-client.js';

afterEach(closeAll);

const PROTOBUF = 'application/x-protobuf';

/** Enums and messages of a namespace, at any depth. */
function reflected(namespace: protobuf.NamespaceBase): readonly protobuf.ReflectionObject[] {
  return namespace.nestedArray.flatMap((object) => [
    object,
    ...('nestedArray' in object ? reflected(object as protobuf.NamespaceBase) : []),
  ]);
}

/** `Message.member` to its number, for all members and enum values. */
function numbersOf(namespace: protobuf.NamespaceBase): ReadonlyMap<string, number> {
  return new Map(
    reflected(namespace).flatMap((object) => {
      const path = object.fullName.replace(/^\.mesos(\.v1)?\./, '');
      if (object instanceof protobuf.Enum)
        return Object.entries(object.values).map(([name, value]) => [`${path}.${name}`, value] as const);
      if (object instanceof protobuf.Type)
        return object.fieldsArray.map(({ name, id }) => [`${path}.${name}`, id] as const);
      return [];
    }),
  );
}

describe('the messages in protobuf', () => {
  it('have the numbers that the files of mesos-framework give them', () => {
    const ours = new protobuf.Root();
    for (const text of [MESOS_PROTO, TASK_PROTO, SCHEDULER_PROTO])
      protobuf.parse(text, ours, { keepCase: true });
    const theirs = new protobuf.Root();
    for (const file of ['mesos', 'scheduler'])
      protobuf.parse(
        readFileSync(`node_modules/mesos-framework/proto/0.28.2/${file}.proto`, 'utf8'),
        theirs,
        { keepCase: true },
      );
    const known = numbersOf(theirs.lookup('mesos') as protobuf.Namespace);
    const shared = [...numbersOf(ours.lookup('mesos.v1') as protobuf.Namespace)].filter(([name]) =>
      known.has(name),
    );
    expect(shared.length).toBeGreaterThan(300);
    expect(shared.filter(([name, id]) => known.get(name) !== id)).toEqual([]);
  });

  it('have the form of their JSON when they are read', () => {
    const call = {
      framework_id: { value: 'f' },
      type: 'ACKNOWLEDGE',
      acknowledge: {
        agent_id: { value: 'a' },
        task_id: { value: 't' },
        uuid: Buffer.alloc(16, 7).toString('base64'),
      },
    };
    expect(decodeProtobuf('scheduler.Call', encodeProtobuf('scheduler.Call', call))).toEqual(call);
  });

  it('are read as protobuf writes them: SUBSCRIBE, byte for byte', () => {
    // Field 2 (type) 1, field 3 (subscribe) of 10 bytes: field 1 (framework_info) of 8: user "u" (1), name "nm" (2), checkpoint (5).
    const bytes = Buffer.from('1001' + '1a0b' + '0a09' + '0a0175' + '12026e6d' + '2801', 'hex');
    expect(decodeProtobuf('scheduler.Call', bytes)).toEqual({
      type: 'SUBSCRIBE',
      subscribe: { framework_info: { user: 'u', name: 'nm', checkpoint: true } },
    });
  });

  it('are refused when they lack what is required, end early, or nest without end', () => {
    const bad = ['2202' + '0a00', '22020a', 'ff', '0b'.repeat(1 << 20)];
    for (const hex of bad)
      expect(() => decodeProtobuf('scheduler.Call', Buffer.from(hex, 'hex'))).toThrow(HttpError);
  });

  it('are read or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('scheduler.Call' as const, 'master.Call' as const),
        (bytes, name) => {
          try {
            expect(decodeProtobuf(name, bytes)).toBeTypeOf('object');
          } catch (error) {
            expect(error).toBeInstanceOf(HttpError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a framework that speaks protobuf', () => {
  it('lives a whole life: offers, a task with its statuses, a kill, a reconciliation, the end', async () => {
    const { url, master } = await startMaster();
    await startAgent(url);
    const client = new SchedulerClient(url, undefined, PROTOBUF);
    closing(client, () => client.close());
    await client.subscribe({ roles: ['eng'], capabilities: [{ type: 'MULTI_ROLE' }] });
    const offer = await client.offer();
    expect(offer.resources).toContainEqual({
      name: 'cpus',
      type: 'SCALAR',
      scalar: { value: 4 },
      role: '*',
      allocation_info: { role: 'eng' },
    });
    expect(offer.url.address.ip).toBe('127.0.0.1');
    expect((await client.launch(offer, { short: 'true', long: 'sleep 100' })).status).toBe(202);
    await client.follow('short', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED');
    await client.follow('long', 'TASK_STARTING', 'TASK_RUNNING');
    await client.call('RECONCILE', { reconcile: { tasks: [{ task_id: { value: 'long' } }] } });
    expect((await client.update('long', 'TASK_RUNNING')).reason).toBe('REASON_RECONCILIATION');
    await client.call('KILL', { kill: { task_id: { value: 'long' } } });
    await client.update('long', 'TASK_KILLED');
    expect((await client.call('TEARDOWN')).status).toBe(202);
    expect(master.state.frameworks.size).toBe(0);
  });

  it('is answered, whatever has become of its calls on the way, and the master goes on', async () => {
    const { url, problems } = await startMaster();
    const client = new SchedulerClient(url, undefined, PROTOBUF);
    closing(client, () => client.close());
    await client.subscribe({ failover_timeout: 60 });
    const framework_id = { value: client.frameworkId };
    const resources = [{ name: 'cpus', type: 'SCALAR', scalar: { value: 1 } }];
    const launch = {
      task_infos: [{ name: 't', task_id: { value: 't' }, agent_id: { value: 'a' }, resources }],
    };
    const valid = [
      encodeProtobuf('scheduler.Call', {
        type: 'ACCEPT',
        framework_id,
        accept: { offer_ids: [{ value: 'o' }], operations: [{ type: 'LAUNCH', launch }] },
      }),
      encodeProtobuf('scheduler.Call', {
        type: 'SUBSCRIBE',
        subscribe: { framework_info: { user: 'u', name: 'n' } },
      }),
      encodeProtobuf('master.Call', {
        type: 'RESERVE_RESOURCES',
        reserve_resources: { agent_id: { value: 'a' }, resources },
      }),
    ];
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...valid), changes, fc.nat(), async (body, changed, cut) => {
        const bytes = Buffer.from(body.subarray(0, body.length - (cut % 4)));
        for (const [at, value] of changed) bytes[at % bytes.length] = value;
        const headers = { 'Content-Type': PROTOBUF, 'Mesos-Stream-Id': client.streamId };
        for (const path of ['/api/v1/scheduler', '/api/v1'])
          expect([200, 202, 400, 404, 501]).toContain((await send(url, path, bytes, headers)).status);
      }),
      { numRuns: 300 },
    );
    expect(problems).toEqual([]);
  });

  it('gets its answer in the form that it accepts, not the one it writes', async () => {
    const { url } = await startMaster();
    const body = encodeProtobuf('master.Call', { type: 'GET_VERSION' });
    const asJson = await send(url, '/api/v1', body, { 'Content-Type': PROTOBUF, Accept: 'application/json' });
    expect(JSON.parse(asJson.text).get_version.version_info.version).toBe('1.11.0');
    const neither = await send(url, '/api/v1', body, { 'Content-Type': PROTOBUF, Accept: 'text/html' });
    expect(neither.status).toBe(406);
    const same = await send(url, '/api/v1', body, { 'Content-Type': PROTOBUF, Accept: PROTOBUF });
    expect(same.headers['content-type']).toBe(PROTOBUF);
    expect(decodeProtobuf('master.Response', same.bytes)).toEqual({
      type: 'GET_VERSION',
      get_version: { version_info: { version: '1.11.0' } },
    });
  });
});
