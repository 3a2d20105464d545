import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT, simulate, temporaryFolder } from './simulate-command.js';

/** The commands in the list of a help text, by their first words. */
function commandsIn(help: string, above: readonly string[]): string[][] {
  const section = help.split('Commands:\n')[1]?.split('\n\n')[0] ?? '';
  const start = ['simulate', ...above].join(' ');
  return section
    .split('\n')
    .filter((line) => line.startsWith(`  ${start} `))
    .map((line) => line.slice(`  ${start} `.length).split(' ')[0])
    .filter((name) => /^[a-z]/.test(name))
    .map((name) => [...above, name]);
}

/** This command and all of its subcommands, as the help lists them. */
function commandsBelow(command: readonly string[]): string[] {
  const { stdout } = simulate(...command, '--help');
  return [command.join(' '), ...commandsIn(stdout, command).flatMap(commandsBelow)];
}

const COMMANDS = commandsBelow([]);

/** Options that make an example short. */
const SHORT = '--until 1h --machines 60x16cpu/64GiB/4TiBdisk --set spark.jobsPerHour=20';

/** How each example of the help is run: as it is, with more options, or not at all for a reason. */
const EXAMPLES: Readonly<Record<string, { readonly more?: string } | { readonly because: string }>> = {
  simulate: { more: SHORT },
  'simulate --policy drf --seeds 1-10 --out results': { more: SHORT },
  'simulate --policy fcfs,easy --trace KTH-SP2.swf --chart': { because: 'needs the log' },
  'simulate --policy drf --until 7d --watch': { because: 'needs a terminal' },
  'simulate --until 3d --warm-up 6h --seeds 1-5': { because: 'three days under five seeds take minutes' },
  'simulate --policy easy --trace KTH-SP2.swf --explain 17 --out results': { because: 'needs the log' },
  'simulate explain 17 results': { because: 'needs a folder of results' },
  'simulate explain spark results/drf': { because: 'needs a folder of results' },
  'simulate --add kafka:brokers=20': { more: '--until 10m' },
  'simulate --failures lanl05 --until 7d': { because: 'a week takes minutes' },
  "simulate --fault 'at 2h: kill rack rack-3 for 30m'": { more: '--until 3h --policy fcfs' },
  "simulate --operation 'at 2h: upgrade kafka with canary=0.1'": { more: '--until 3h --policy fcfs' },
  'simulate --policy fcfs --trace KTH-SP2.swf --jobs-out fcfs.csv': { because: 'needs the log' },
  'simulate --policy drf,./mine.ts --report mine.html': { because: 'needs a policy file of the reader' },
  'simulate --policy fcfs,drf --report page.html --interactive': { more: SHORT },
  "simulate --policy 'drf,drf(interval=30s)'": { more: SHORT },
  'simulate --policy \'list(order="priority + waited/1h",backfill=easy)\'': { more: SHORT },
  'simulate compare results --versus drf --latex': { because: 'needs a folder of results' },
  "simulate compare before after --metric 'tail = p99(taskWait) / mean(taskWait)'": {
    because: 'needs two folders of results',
  },
  'simulate playground': { more: '--quiet' },
  'simulate sweep study.yaml --out study': { because: 'needs a file of the reader' },
  'simulate sweep --policy drf,silos --vary machines=400x16cpu/64GiB,500x16cpu/64GiB --seeds 1-5 --out sizes':
    { more: '--until 5m --workers 2 --set spark.jobsPerHour=20' },
  'simulate query \'select policy, machines, avg("wait.p95") from runs group by all\' sizes': {
    because: 'needs the results of a sweep',
  },
  'simulate sweep study.yaml --out study --engine bullmq --redis redis://host:6379': {
    because: 'needs a Redis',
  },
  'simulate worker --redis redis://host:6379': { because: 'needs a Redis' },
  'simulate query \'select policy, avg("wait.p95") from runs group by policy\' study': {
    because: 'needs the results of a sweep',
  },
  'simulate query "describe runs" study': { because: 'needs the results of a sweep' },
  'simulate report results': { because: 'needs a folder of results' },
  'simulate report before after --report change.html': { because: 'needs two folders of results' },
  'simulate report study': { because: 'needs the results of a sweep' },
  'simulate serve results': { because: 'a service that does not end' },
  "simulate compact --objective 'p95(taskWait) <= 2 min and utilization.cpus.allocated.mean > 30%'": {
    because: 'a search takes minutes',
  },
  'simulate gate -b baselines/smack -c ./mine.ts --max-seeds 40': { because: 'needs a baseline' },
  'simulate trace convert KTH-SP2.swf kth.parquet': { because: 'needs the log' },
  'simulate compare before after': { because: 'needs two folders of results' },
  'simulate compact --policy silos,drf': { because: 'a search takes minutes' },
  "simulate compact --seeds 1-11 --objective 'byFramework.web.wait.p99<=1m'": { because: 'takes minutes' },
  'simulate gate --baseline baselines/smack --tolerance wait.p95=5%': { because: 'needs a baseline' },
  'simulate --policy drf --seeds 1-10 --out baselines/smack': { more: SHORT },
  'simulate reproduce openb': { because: 'needs reference data' },
  'simulate policy list': {},
  'simulate policy show drf': {},
  'simulate policy new my-packing': {},
  'simulate policy check ./my-packing.ts': { because: 'needs the file of the example before it' },
  'simulate policy check fcfs --runs 20': {},
  'simulate trace describe traces/short-jobs.csv': { because: 'needs a file of the repository' },
  'simulate trace validate traces/short-jobs.csv': { because: 'needs a file of the repository' },
  'simulate trace describe KTH-SP2.swf': { because: 'needs the log' },
  'simulate trace generate google-2011 --scale 0.01 --out month.csv.gz': { because: 'takes a minute' },
  'simulate trace generate smack --until 1h --out hour.csv': {},
  'simulate trace formats': {},
  'simulate schema scenario': {},
  'simulate master --work-dir /tmp/master': { because: 'a service that does not end' },
  'simulate master --work-dir /tmp/master --policy silos --set partitions=web:2,batch:1': {
    because: 'a service that does not end',
  },
  'simulate replay /tmp/master/decisions.log': { because: 'needs the log of a master' },
  'simulate replay decisions.log --policy easy,fgd': { because: 'needs the log of a master' },
  'simulate rehearse --trace traces/short-jobs.csv --machines 6x1cpu/256MiB': { because: 'half a minute' },
  'simulate submit work.yaml --master http://127.0.0.1:5050 --policy easy --work-dir /tmp/master': {
    because: 'needs a master',
  },
  'simulate agent --master http://127.0.0.1:5050 --resources "cpus:4;mem:4096" --work-dir /tmp/agent --credential /tmp/master/credential.json':
    { because: 'needs a master' },
};

/** The examples of a help text, without what is said of them; a long one goes over several lines. */
function examplesOf(help: string): string[] {
  const section = help.split('Examples:\n')[1]?.split('\n\n')[0] ?? '';
  const examples: string[] = [];
  for (const line of section.split('\n')) {
    const [left] = line.slice(2).split(/ {2,}/);
    if (left.startsWith('simulate ') || left === 'simulate') examples.push(left);
    else if (left !== '') examples.push(`${examples.pop() ?? ''} ${left}`);
  }
  return examples;
}

describe('--help', () => {
  it('lists every command that the parser knows', () => {
    const source = readFileSync(join(PROJECT, 'src', 'cli', 'command-line.ts'), 'utf8');
    const table = source.slice(source.indexOf('const COMMANDS'), source.indexOf('\n};'));
    const known = [...table.matchAll(/^ {2}(\w+): async/gm)].map(([, name]) => name);
    expect(known.length).toBeGreaterThan(10);
    expect(COMMANDS.filter((command) => /^\w+$/.test(command)).sort()).toEqual(known.sort());
    expect(COMMANDS.filter((command) => command.startsWith('policy '))).toHaveLength(4);
  });

  it.each(COMMANDS)('of simulate %s has an example', (command) => {
    const { code, stdout } = simulate(...command.split(' ').filter(Boolean), '--help');
    expect(code).toBe(0);
    expect(examplesOf(stdout)).not.toEqual([]);
    expect(Object.keys(EXAMPLES)).toEqual(expect.arrayContaining(examplesOf(stdout)));
  });

  const runnable = Object.entries(EXAMPLES).flatMap(([example, how]) =>
    'because' in how ? [] : [[example, how.more ?? ''] as const],
  );
  it.each(runnable)('shows an example that runs: %s', (example, more) => {
    const command = `node ${join(PROJECT, 'dist', 'cli.js')}${example.slice('simulate'.length)} ${more}`;
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
    const { status, stderr } = spawnSync('sh', ['-c', command], {
      cwd: temporaryFolder(),
      encoding: 'utf8',
      env,
    });
    expect([status, stderr.replace(/^note:.*\n/gm, '')]).toEqual([0, '']);
  });
});
