import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { authorizationOf, basicAuthenticator } from '../../src/live/http/credentials.js';
import { readRateLimits } from '../../src/live/http/rate-limits.js';
import { readTlsFiles } from '../../src/live/http/tls.js';
import { type Acls, isAllowed } from '../../src/live/master/authorization/acls.js';
import { readAcls } from '../../src/live/master/authorization/read-acls.js';
import { InputError } from '../../src/model/index.js';
import { closeAll, closing, folder, startAgent, startMaster } from './live-cluster.js';
import { frameworkIn } from './operator-client.js';
import { SchedulerClient, send } from './scheduler-client.js';

afterEach(closeAll);

const JSON_TYPE = { 'Content-Type': 'application/json' };

function file(name: string, content: unknown): string {
  const path = join(folder('security'), name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const ANY = { type: 'ANY' } as const;
const NONE = { type: 'NONE' } as const;
const some = (...values: readonly string[]) => ({ values });

describe('rules', () => {
  const acls = (rules: object, permissive = true): Acls =>
    readAcls(file('acls.json', { permissive, ...rules }));

  it('are asked in their order: the first that fits decides', () => {
    const rules = acls({
      run_tasks: [
        { principals: some('alice'), users: some('root') },
        { principals: some('alice'), users: NONE },
        { principals: ANY, users: some('nobody') },
      ],
    });
    expect(isAllowed(rules, 'run_tasks', 'alice', 'root')).toBe(true);
    expect(isAllowed(rules, 'run_tasks', 'alice', 'nobody')).toBe(false);
    expect(isAllowed(rules, 'run_tasks', 'bob', 'nobody')).toBe(true);
  });

  it('say nothing of what they do not fit: that is for the switch', () => {
    const rules = { run_tasks: [{ principals: some('alice'), users: some('root') }] };
    expect(isAllowed(acls(rules), 'run_tasks', 'bob', 'root')).toBe(true);
    expect(isAllowed(acls(rules, false), 'run_tasks', 'bob', 'root')).toBe(false);
    expect(isAllowed(acls(rules, false), 'update_weights', 'alice', 'eng')).toBe(false);
  });

  it('name roles below another with a percent sign', () => {
    const rules = acls({ update_weights: [{ principals: ANY, roles: some('eng/%') }] }, false);
    expect(isAllowed(rules, 'update_weights', 'a', 'eng/ads')).toBe(true);
    expect(isAllowed(rules, 'update_weights', 'a', 'eng/ads/web')).toBe(true);
    expect(isAllowed(rules, 'update_weights', 'a', 'eng')).toBe(false);
    expect(isAllowed(rules, 'update_weights', 'a', 'engine/x')).toBe(false);
  });

  it('for some do not allow somebody who is not known', () => {
    const rules = acls({ run_tasks: [{ principals: some('alice'), users: ANY }] }, false);
    expect(isAllowed(rules, 'run_tasks', undefined, 'root')).toBe(false);
  });

  it('that cannot be read are refused in one line that names the place', () => {
    const problem = (content: unknown) => {
      try {
        readAcls(file('acls.json', content));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        return (error as Error).message.replace(/^.*acls\.json: /, '');
      }
      return 'none';
    };
    expect(problem('{')).toBe('is not JSON');
    expect(problem([])).toContain('expected an object');
    expect(problem({ permissive: 1 })).toBe('permissive: found "1", expected true or false');
    expect(problem({ dance: [] })).toContain('dance: unknown action, expected one of register_frameworks');
    expect(problem({ run_tasks: [{ principals: ANY, roles: ANY }] })).toContain('run_tasks[0]');
    expect(problem({ run_tasks: [{ principals: ANY, users: some() }] })).toContain('run_tasks[0].users');
    expect(problem({ access_sandboxes: [], run_tasks: [] })).toBe('none');
  });

  it('keep frameworks from roles and users, and operators from what is not theirs', async () => {
    const alice = { principal: 'alice', secret: 'a' };
    const bob = { principal: 'bob', secret: 'b' };
    const { url, master } = await startMaster({
      authenticator: basicAuthenticator([alice, bob]),
      acls: acls({
        register_frameworks: [
          { principals: some('alice'), roles: some('eng', 'ops') },
          { principals: ANY, roles: NONE },
        ],
        update_weights: [
          { principals: ANY, roles: some('eng') },
          { principals: ANY, roles: NONE },
        ],
        teardown_frameworks: [{ principals: some('bob'), framework_principals: NONE }],
        view_frameworks: [{ principals: some('bob'), users: NONE }],
        register_agents: [{ principals: NONE, agents: ANY }],
        get_endpoints: [
          { principals: some('bob'), paths: some('/metrics') },
          { principals: some('bob'), paths: NONE },
        ],
      }),
    });
    const subscribe = async (credential: typeof alice, role: string) => {
      const client = new SchedulerClient(url, authorizationOf(credential));
      closing(client, () => client.close());
      return client.subscribe({ role });
    };
    const framework = await subscribe(alice, 'eng');
    expect(framework.frameworkId).not.toBe('');
    expect((await subscribe(bob, 'eng')).frameworkId).toBe('');
    const operate = (credential: typeof alice, call: object) =>
      send(url, '/api/v1', JSON.stringify(call), {
        ...JSON_TYPE,
        Authorization: authorizationOf(credential),
      });
    const weights = (role: string) => ({
      type: 'UPDATE_WEIGHTS',
      update_weights: { weight_infos: [{ role, weight: 2 }] },
    });
    expect((await operate(bob, weights('eng'))).status).toBe(202);
    expect((await operate(bob, weights('ops'))).status).toBe(403);
    expect([...master.state.weights]).toEqual([['eng', 2]]);
    const teardown = { type: 'TEARDOWN', teardown: { framework_id: { value: framework.frameworkId } } };
    expect((await operate(bob, teardown)).status).toBe(403);
    const seen = async (credential: typeof alice) =>
      JSON.parse((await operate(credential, { type: 'GET_FRAMEWORKS' })).text).get_frameworks.frameworks
        .length;
    expect([await seen(alice), await seen(bob)]).toEqual([1, 0]);
    const get = async (path: string) =>
      (await send(url, path, undefined, { Authorization: authorizationOf(bob) })).status;
    expect([await get('/metrics'), await get('/metrics/snapshot')]).toEqual([200, 403]);
    const agent = JSON.stringify({ type: 'PONG', agent_id: 'x' });
    const joined = await send(url, '/api/v1/agent', agent, {
      ...JSON_TYPE,
      Authorization: authorizationOf(bob),
    });
    expect(joined.status).toBe(403);
    expect((await operate(alice, teardown)).status).toBe(200);
  });

  it('refuse a task of a user that the framework may not be', async () => {
    const { url, master } = await startMaster({
      acls: acls({
        run_tasks: [
          { principals: ANY, users: some('test') },
          { principals: ANY, users: NONE },
        ],
      }),
    });
    await startAgent(url);
    const client = await frameworkIn(url, ['eng']);
    const offer = await client.offer();
    const task = (id: string, user: string) => ({
      name: id,
      task_id: { value: id },
      agent_id: offer.agent_id,
      command: { value: 'true', user },
      resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 1 } }],
    });
    await client.call('ACCEPT', {
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: 'LAUNCH', launch: { task_infos: [task('t', 'root')] } }],
      },
    });
    expect((await client.update('t', 'TASK_ERROR')).reason).toBe('REASON_TASK_UNAUTHORIZED');
    expect(master.state.tasks.size).toBe(0);
  });
});

describe('rate limits', () => {
  it('let the calls of a principal through at its rate, and refuse those above its capacity', async () => {
    const rateLimits = readRateLimits(
      file('limits.json', { limits: [{ principal: 'slow', qps: 5, capacity: 2 }, { principal: 'fast' }] }),
    );
    const { url } = await startMaster({ rateLimits });
    const slow = await frameworkIn(url, ['eng'], { principal: 'slow' });
    const fast = await frameworkIn(url, ['eng'], { principal: 'fast' });
    const began = performance.now();
    const statuses = await Promise.all(
      Array.from({ length: 5 }, async () => (await slow.call('REVIVE')).status),
    );
    expect(performance.now() - began).toBeGreaterThan(190);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(2);
    expect(statuses.filter((status) => status === 202).length).toBeGreaterThanOrEqual(2);
    const others = await Promise.all(
      Array.from({ length: 20 }, async () => (await fast.call('REVIVE')).status),
    );
    expect(new Set(others)).toEqual(new Set([202]));
  });

  it('that cannot be read are refused in one line', () => {
    const bad: readonly unknown[] = [
      '[',
      { limits: [{ qps: 1 }] },
      { limits: [{ principal: 'a', qps: 0 }] },
      { limits: [{ principal: 'a' }, { principal: 'a' }] },
      { aggregate_default_capacity: -1 },
      { qps: 1 },
    ];
    for (const content of bad) expect(() => readRateLimits(file('limits.json', content))).toThrow(InputError);
  });
});

describe('TLS', () => {
  function selfSigned(): { cert: string; key: string } | undefined {
    const [cert, key] = [join(folder('tls'), 'cert.pem'), join(folder('tls'), 'key.pem')];
    const options = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    try {
      execFileSync('openssl', [...options, '-keyout', key, '-out', cert], { stdio: 'ignore' });
      return { cert, key };
    } catch {
      return undefined;
    }
  }

  it('serves the same over HTTPS', async ({ skip }) => {
    const files = selfSigned();
    if (files === undefined) skip('openssl is not there to make a certificate');
    const { cert, key } = files as { cert: string; key: string };
    const tls = readTlsFiles(cert, key);
    const { port } = await startMaster({ tls });
    const status = await new Promise((resolve, reject) => {
      const options = { port, path: '/health', ca: tls.cert, servername: 'localhost' };
      request(options, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    expect(() => readTlsFiles(cert, join(folder('tls'), 'none.pem'))).toThrow(
      /--tls-key: cannot be read \(ENOENT\)/,
    );
    expect(() => readTlsFiles(key, key)).toThrow(InputError);
  });
});

describe('the server', () => {
  /** Speaks HTTP by hand and gives back the first line of the answer. */
  function spoken(port: number, text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.once('data', (chunk) => {
        resolve(chunk.toString('latin1').split('\r\n')[0] as string);
        socket.destroy();
      });
      socket.once('error', reject);
    });
  }

  it('answers headers that are too large, or none at all, with the status for it, and goes on', async () => {
    const { url, port } = await startMaster();
    const large = `GET /health HTTP/1.1\r\nHost: a\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await spoken(port, large)).toBe('HTTP/1.1 431 Request Header Fields Too Large');
    expect(await spoken(port, '\u0000\u0001\u0002\r\n\r\n')).toBe('HTTP/1.1 400 Bad Request');
    expect(await spoken(port, 'GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\nBad Name: 1\r\n\r\n')).toMatch(
      /400/,
    );
    expect((await send(url, '/health', undefined)).status).toBe(200);
  });

  it('refuses a body that is too large, in either form, without keeping it', async () => {
    const { url } = await startMaster();
    const body = Buffer.alloc(9 * 1024 * 1024, 0x20);
    for (const type of ['application/json', 'application/x-protobuf'])
      expect((await send(url, '/api/v1', body, { 'Content-Type': type })).status).toBe(413);
  });

  it('says no secret when it says what went wrong', async () => {
    const secret = 'a-secret-that-nobody-may-read';
    const credential = { principal: 'p', secret };
    const { url, problems } = await startMaster({ authenticator: basicAuthenticator([credential]) });
    const answers = [
      await send(url, '/api/v1', `{"type":"${secret}`, {
        ...JSON_TYPE,
        Authorization: authorizationOf(credential),
      }),
      await send(url, '/api/v1', '{}', { ...JSON_TYPE, Authorization: `Basic ${secret}` }),
      await send(url, '/api/v1', '{}', {
        ...JSON_TYPE,
        Authorization: authorizationOf({ ...credential, principal: 'q' }),
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 401, 401]);
    expect(JSON.stringify([problems, answers])).not.toContain(secret);
    expect(() => readAcls(file('acls.json', `{"x": "${secret}`))).toThrow(/^(?!.*a-secret).*is not JSON$/);
  });

  it('keeps no memory of streams of bad protobuf', async () => {
    const { url } = await startMaster();
    const bodies = [Buffer.alloc(1 << 20, 0x0b), Buffer.alloc(1 << 20, 0xff), Buffer.alloc(1 << 20, 0x22)];
    const bytesAfter = async (rounds: number) => {
      for (let i = 0; i < rounds; i++)
        for (const body of bodies)
          expect(
            (await send(url, '/api/v1/scheduler', body, { 'Content-Type': 'application/x-protobuf' })).status,
          ).toBe(400);
      globalThis.gc?.();
      return process.memoryUsage().heapUsed + process.memoryUsage().external;
    };
    const before = await bytesAfter(5);
    const after = await bytesAfter(20);
    // 60 MiB were sent in between.
    expect(after - before).toBeLessThan(40 * 1024 * 1024);
  });
});
