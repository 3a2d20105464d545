import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeResultServer } from '../../src/cli/result-server.js';
import { performRun } from '../../src/lab/run/node/run-task.js';
import { smallSpec } from '../lab/small-runs.js';
import { PROJECT } from './simulate-command.js';

const SECRET = 'a secret outside of the folder';
const HOSTILE = `<img src=x onerror=alert(1)>"'&`;

const folder = mkdtempSync(join(tmpdir(), 'fairground-serve-'));
const root = join(folder, 'results');
const defects: string[] = [];
const server = makeResultServer(root, (problem) => defects.push(problem));
let port = 0;

beforeAll(async () => {
  await performRun({ spec: smallSpec({ policy: 'fcfs' }), out: join(root, 'plain') });
  await performRun({ spec: smallSpec({ policy: 'fcfs' }), out: join(root, HOSTILE) });
  await performRun({ spec: smallSpec({ policy: 'fcfs' }), out: join(root, 'linked') });
  writeFileSync(join(folder, 'secret.txt'), SECRET);
  rmSync(join(root, 'linked', 'jobs.csv'));
  symlinkSync(join(folder, 'secret.txt'), join(root, 'linked', 'jobs.csv'));
  await performRun({ spec: smallSpec({ policy: 'fcfs' }), out: join(folder, 'outside') });
  symlinkSync(join(folder, 'outside'), join(root, 'behind'));
  mkdirSync(join(root, 'old'));
  writeFileSync(join(root, 'old', 'summary.json'), readFileSync(join(root, 'plain', 'summary.json')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Got {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** A request whose path is sent as it is. */
function get(path: string, { method = 'GET', host = `127.0.0.1:${port}` } = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, method, headers: { host } }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    })
      .on('error', reject)
      .end();
  });
}

describe('simulate serve', () => {
  it('lists the results below the folder; names are text', async () => {
    const { status, text } = await get('/');
    expect(status).toBe(200);
    const links = [...text.matchAll(/<a href="([^"]*)">/g)].map(([, href]) => href);
    expect(links).toEqual([
      `/results/${encodeURIComponent(HOSTILE)}/`,
      ...['/results/linked/', '/results/old/', '/results/plain/'],
    ]);
    expect(text).not.toContain('<img');
  });

  it('shows the report of a result, and sends the data files to which it has links', async () => {
    const { status, text, headers } = await get('/results/plain/');
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('"href":"./jobs.csv"');
    const jobs = await get('/results/plain/jobs.csv');
    expect(jobs.text).toBe(readFileSync(join(root, 'plain', 'jobs.csv'), 'utf8'));
    expect(jobs.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect((await get(`/results/${encodeURIComponent(HOSTILE)}/`)).status).toBe(200);
    expect((await get('/results/plain/', { method: 'HEAD' })).text).toBe('');
  });

  it('sends strict headers with every answer', async () => {
    for (const path of ['/', '/results/plain/', '/results/plain/jobs.csv', '/nothing', '/results/old/']) {
      const { headers } = await get(path);
      expect(headers['content-security-policy'], path).toMatch(
        /^default-src 'none';.*frame-ancestors 'none'$/,
      );
      expect(headers['content-security-policy'], path).not.toContain('unsafe');
      expect(headers, path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
    }
  });

  it.each([
    '/../secret.txt',
    '/results/../../secret.txt',
    '/results/plain/../../../secret.txt',
    '/results/plain/%2e%2e/%2e%2e/secret.txt',
    '/results/plain/..%2f..%2fsecret.txt',
    '/results/plain%2f..%2f..%2fsecret.txt',
    '/results/%00',
    '/results/%ff',
    '/results//etc/passwd',
    '/results/linked/jobs.csv',
    '/results/behind/',
    '/results/behind/summary.json',
    '/results/plain/report.html',
  ])('reads nothing outside of what it lists: %s', async (path) => {
    const { status, text } = await get(path);
    expect(status).toBe(404);
    expect(text).not.toContain(SECRET);
  });

  it('says why a result has no report, without the place of the folder', async () => {
    const { status, text } = await get('/results/old/');
    expect(status).toBe(422);
    expect(text).toMatch(/^\.\/old: has no record\.json\.gz/);
    expect(defects).toEqual([]);
  });

  it('refuses other methods, and other names for its address', async () => {
    expect((await get('/', { method: 'POST' })).status).toBe(405);
    expect((await get('/', { host: `evil.example:${port}` })).status).toBe(421);
    expect((await get('/', { host: 'localhost' })).status).toBe(200);
  });

  it('prints its address on 127.0.0.1, and ends at Ctrl-C', async () => {
    renameSync(join(root, 'old'), join(folder, 'old'));
    const child = spawn(process.execPath, [join(PROJECT, 'dist', 'cli.js'), 'serve', root, '--port', '0']);
    const address = await new Promise<string>((resolve) => {
      child.stdout.once('data', (text) => resolve(String(text).trim()));
    });
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect((await fetch(address)).status).toBe(200);
    child.kill('SIGINT');
    const code = await new Promise((resolve) => {
      child.once('exit', resolve);
    });
    expect(code).toBe(0);
  });
});
