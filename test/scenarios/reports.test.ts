import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT, temporaryFolder } from '../cli/simulate-command.js';

function reports(...args: readonly string[]) {
  return spawnSync(process.execPath, [join(PROJECT, 'scripts', 'reports.mjs'), ...args], {
    encoding: 'utf8',
  });
}

it('npm run reports makes reports of scenarios and an index that links them and the notebooks', () => {
  const out = temporaryFolder();
  mkdirSync(join(out, 'notebooks'));
  writeFileSync(join(out, 'notebooks', 'waits & <shares>.html'), '');
  writeFileSync(join(out, 'notebooks', 'zones.html'), '<title>What a zone costs</title>');
  const { status, stderr } = reports('--out', out, 'master-failover');
  expect([status, stderr]).toEqual([0, '']);
  const index = readFileSync(join(out, 'index.html'), 'utf8');
  const links = [...index.matchAll(/<a href="([^"]*)">(.*?)<\/a>/g)].map(([, link, text]) => [link, text]);
  expect(links).toEqual([
    ['scenarios/master-failover.html', 'master-failover'],
    ['notebooks/waits%20&%20%3Cshares%3E.html', 'waits &amp; &lt;shares&gt;'],
    ['notebooks/zones.html', 'What a zone costs'],
  ]);
  expect(index).toContain('The master is gone for eight seconds, twice.');
  expect(index).toContain('<code>recovery.tasksLost &lt; 1 and tasks.retried &lt; 1');
  expect(readFileSync(join(out, 'scenarios', 'master-failover.html'), 'utf8')).toContain('<!doctype html>');
});

it('npm run reports names the scenarios if there is no such one', () => {
  const { status, stderr } = reports('rack-outrage');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^reports: there is no scenarios\/rack-outrage\.yaml, expected one of autopilot, /);
});
