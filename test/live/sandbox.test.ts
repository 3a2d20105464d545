import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentRoutes } from '../../src/live/agent/endpoints.js';
import { authorizationOf, basicAuthenticator } from '../../src/live/http/credentials.js';
import { listen, makeServer, stop } from '../../src/live/http/server.js';
import { closeAll, closing, folder } from './live-cluster.js';
import { type Answer, send } from './scheduler-client.js';

const CREDENTIAL = { principal: 'reader', secret: 'open sesame' };
const LATEST = '/frameworks/F1/executors/t1/runs/latest';
let sandbox = '';
let workDir = '';
let url = '';

afterEach(closeAll);
beforeEach(async () => {
  workDir = folder('agent');
  sandbox = join(workDir, 'sandboxes', 'F1', 't1');
  mkdirSync(join(sandbox, 'logs'), { recursive: true });
  writeFileSync(join(sandbox, 'stdout'), 'hello\n');
  const server = makeServer({
    routes: agentRoutes(workDir, () => []),
    authenticator: basicAuthenticator([CREDENTIAL]),
    realm: 'test',
    report: () => undefined,
  });
  closing(server, () => stop(server, async () => undefined));
  url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`;
});

function get(endpoint: string, path: string, more = ''): Promise<Answer> {
  return send(url, `/files/${endpoint}?path=${encodeURIComponent(path)}${more}`, undefined, {
    Authorization: authorizationOf(CREDENTIAL),
  });
}

describe('the files of a sandbox', () => {
  it('are listed, read in parts and downloaded', async () => {
    const listing = JSON.parse((await get('browse', LATEST)).text);
    expect(listing.map(({ path }: { path: string }) => path)).toEqual([`${LATEST}/logs`, `${LATEST}/stdout`]);
    expect(listing[0].mode).toMatch(/^drwx/);
    expect([listing[1].mode, listing[1].size]).toEqual(['-rw-r--r--', 6]);
    const read = async (more: string) => JSON.parse((await get('read', `${LATEST}/stdout`, more)).text);
    expect(await read('&offset=0')).toEqual({ offset: 0, data: 'hello\n' });
    expect(await read('&offset=1&length=3')).toEqual({ offset: 1, data: 'ell' });
    expect(await read('')).toEqual({ offset: 6, data: '' });
    expect(await read('&offset=99')).toEqual({ offset: 6, data: '' });
    const download = await get('download', `${LATEST}/stdout`);
    expect([download.status, download.text]).toEqual([200, 'hello\n']);
    expect(download.headers['content-disposition']).toContain('attachment');
  });

  it('of an empty file and of a group are there, too', async () => {
    writeFileSync(join(sandbox, 'empty'), '');
    expect((await get('download', `${LATEST}/empty`)).text).toBe('');
    const inGroup = '/frameworks/F1/executors/pod/runs/latest/tasks/t1/stdout';
    expect((await get('download', inGroup)).text).toBe('hello\n');
  });

  it('are read in parts of at most 64 KiB', async () => {
    writeFileSync(join(sandbox, 'big'), 'x'.repeat(100_000));
    const { data } = JSON.parse((await get('read', `${LATEST}/big`, '&offset=0')).text);
    expect(data.length).toBe(65_536);
  });

  it('are for those who say who they are', async () => {
    const answer = await send(url, `/files/browse?path=${LATEST}`, undefined, {});
    expect(answer.status).toBe(401);
  });

  it('lead nowhere outside, by no name and by no link', async () => {
    const secret = join(workDir, 'secret');
    writeFileSync(secret, 'secret');
    mkdirSync(join(workDir, 'sandboxes', 'F1', 't1-other'));
    writeFileSync(join(workDir, 'sandboxes', 'F1', 't1-other', 'stdout'), 'secret');
    symlinkSync(secret, join(sandbox, 'link'));
    symlinkSync('../../../secret', join(sandbox, 'relative'));
    symlinkSync(workDir, join(sandbox, 'logs', 'up'));
    symlinkSync('../t1-other', join(sandbox, 'neighbour'));
    symlinkSync('/proc/self/environ', join(sandbox, 'environment'));
    const names = [
      ...['link', 'relative', 'logs/up', 'logs/up/secret', 'neighbour/stdout', 'environment'],
      ...['..', '../t1-other/stdout', 'logs/../../../../secret', '.', '%2e%2e/secret', 'logs\\..\\..'],
    ];
    for (const name of names)
      for (const endpoint of ['browse', 'read', 'download']) {
        const answer = await get(endpoint, `${LATEST}/${name}`, '&offset=0');
        expect([400, 404], `${endpoint} ${name}`).toContain(answer.status);
        expect(answer.text).not.toContain('secret');
      }
    for (const path of ['/etc/passwd', 'stdout', `${LATEST.replace('t1', '..')}`, '/frameworks/..'])
      expect((await get('browse', path)).status).toBe(400);
  });

  it('are followed where a link stays inside', async () => {
    symlinkSync('stdout', join(sandbox, 'inside'));
    linkSync(join(sandbox, 'stdout'), join(sandbox, 'hard'));
    expect((await get('download', `${LATEST}/inside`)).text).toBe('hello\n');
    expect((await get('download', `${LATEST}/hard`)).text).toBe('hello\n');
  });

  it('that are none, such as a named pipe, are refused and not waited for', async () => {
    execFileSync('mkfifo', [join(sandbox, 'pipe')]);
    expect((await get('read', `${LATEST}/pipe`)).status).toBe(400);
    expect((await get('download', `${LATEST}/logs`)).status).toBe(400);
    expect((await get('browse', `${LATEST}/stdout`)).status).toBe(400);
    expect((await get('read', `${LATEST}/nothing`)).status).toBe(404);
    expect((await get('browse', LATEST.replace('t1', 't9'))).status).toBe(404);
    expect((await get('read', `${LATEST}/stdout`, '&offset=x')).status).toBe(400);
  });
});
