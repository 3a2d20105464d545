import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PROJECT, simulate, temporaryFolder } from './simulate-command.js';

const folder = temporaryFolder();

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const JOB = '1 0 -1 10 1 -1 -1 1 20 -1 1 1 1 -1 1 -1 -1 -1';
const SWF = `; MaxProcs: 4\n${JOB}\n`;
const GOOD_SWF = file('good.swf', SWF);

/** The lines 4 and on of a scenario of 20 machines. */
function scenario(name: string, lines: string): readonly string[] {
  const head = 'policy: drf\nmachines: 20x16cpu/64GiB/4TiBdisk\nuntil: 1h\n';
  return ['--quiet', '--scenario', file(`${name}.yaml`, `${head}${lines}`)];
}

/** What a person gets wrong, and the one line that says so. */
const MISTAKES: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'an unknown policy',
    ['--policy', 'nope'],
    /--policy, character 1: unknown policy "nope", expected one of silos, drf/,
  ],
  [
    'a policy file that is not there, behind others',
    ['--policy', 'drf,./nope.ts', '--until', '1000d'],
    /nope\.ts: no such policy file/,
  ],
  [
    'an unknown argument of a policy',
    ['--policy', 'silos,drf(intervall=3s)'],
    /--policy, character 11: drf has no parameter "intervall", expected one of .*; did you mean interval\?/,
  ],
  [
    'an argument out of its range',
    ['--policy', 'silos, drf(interval=soon)'],
    /--policy, character 21: interval: found "soon", expected a duration/,
  ],
  [
    'a parenthesis that is not closed',
    ['--policy', 'drf(interval=3s'],
    /--policy, character 16: found the end, expected a comma or \)/,
  ],
  [
    'the same policy twice',
    ['--policy', 'drf,drf(interval=1s)'],
    /"drf" and "drf\(interval=1s\)" are the same/,
  ],
  [
    'a parameter of none of several policies',
    ['--policy', 'fcfs,drf', '--set', 'drf.intervall=3s'],
    /--set: unknown parameter "drf\.intervall", .*did you mean drf\.interval\?/,
  ],
  [
    'a silo of an unknown framework, before the first policy runs for 1000 days',
    ['--policy', 'drf,silos(partitions=nobody:4)', '--until', '1000d'],
    /partitions: found "nobody", expected one of the frameworks/,
  ],
  ['a policy file that is not there', ['--policy', './nope.ts'], /nope\.ts: no such policy file/],
  [
    'an unknown workload',
    ['--workload', 'nope'],
    /--workload: unknown workload "nope", expected one of smack/,
  ],
  ['unknown failures', ['--failures', 'nope'], /--failures: unknown preset "nope", expected one of lanl05/],
  [
    'a fault on a rack that is not there',
    ['--fault', 'at 1h: kill rack rack-99'],
    /--fault: found "rack-99", expected one of rack-0, rack-1/,
  ],
  ['a fault that is none', ['--fault', 'rack 3'], /--fault: found "rack 3", expected at TIME/],
  ['an unknown service', ['--add', 'nope'], /--add: unknown service "nope", expected one of kafka/],
  [
    'a parameter that the service added has not',
    ['--add', 'kafka:wheels=4'],
    /--add: kafka has no parameter "wheels", expected one of brokers, /,
  ],
  [
    'a service added to a trace',
    ['--add', 'kafka', '--trace', GOOD_SWF],
    /--trace: contradicts the services; /,
  ],
  [
    'failures for ever in a run without an end',
    ['--failures', 'lanl05', '--policy', 'fcfs', '--trace', GOOD_SWF],
    /--failures: machines never stop failing, so the run needs a time limit/,
  ],
  ['an unknown option', ['--nope'], /Unknown argument: nope/],
  ['an unknown command', ['nope'], /unknown command "nope", expected one of run, compare, /],
  ['an option without its value', ['--policy'], /policy/],
  ['an unknown parameter', ['--set', 'drf.nope=1'], /--set: unknown parameter "drf\.nope"/],
  ['a parameter without a value', ['--set', 'interval'], /--set: found "interval", expected parameter=value/],
  [
    'a parameter out of its range',
    ['--set', 'spark.cpus=-1'],
    /--set spark\.cpus: found "-1", expected a number >= 0/,
  ],
  [
    'a parameter given twice',
    ['--set', 'interval=1s', '--set', 'interval=2s'],
    /--set: "interval" is given twice/,
  ],
  [
    'an unknown unit of time',
    ['--until', '3fortnights'],
    /--until: found "3fortnights", expected a duration/,
  ],
  ['a run of no length', ['--until', '0'], /--until: found "0", expected a duration/],
  [
    'an unknown unit of memory',
    ['--machines', '5x16cpu/64gigs'],
    /--machines: found "64gigs", expected an amount/,
  ],
  ['a resource given twice', ['--machines', '5x16cpu/8cpu'], /--machines: "5x16cpu\/8cpu" gives cpus twice/],
  ['no machines', ['--machines', '0x16cpu'], /--machines: found "0x16cpu", expected from 1 to/],
  [
    'more of a resource than a machine can hold',
    ['--machines', '1x9999999cpu'],
    /--machines: found "9999999", expected at most 2147483\.647 cores/,
  ],
  ['a machines file that is not there', ['--machines', './nope.csv'], /nope\.csv: file not found/],
  ['a seed and seeds', ['--seed', '1', '--seeds', '1-3'], /--seeds: contradicts the seed; give one of them/],
  ['a seed given twice', ['--seed', '1', '--seed', '2'], /--seed: is given twice/],
  ['a seed in two ranges', ['--seeds', '1-3,2-4'], /--seeds: "2" is given twice/],
  ['seeds that are no numbers', ['--seeds', 'a'], /--seeds: found "a", expected whole numbers and ranges/],
  ['a backward range of seeds', ['--seeds', '5-2'], /--seeds: found "5-2", expected a range/],
  [
    'a workload and a trace',
    ['--workload', 'smack', '--trace', GOOD_SWF],
    /--trace: contradicts the workload; give one of them/,
  ],
  ['a format without a trace', ['--format', 'swf'], /--format: is the format of a trace/],
  [
    'an unknown format',
    ['--trace', GOOD_SWF, '--format', 'nope'],
    /unknown trace format "nope", expected one of/,
  ],
  [
    'one file of jobs for several runs',
    ['--jobs-out', join(folder, 'jobs.csv')],
    /--jobs-out: requires a single run, but there are 3 runs/,
  ],
  ['a trace that is not there', ['--trace', 'nope.swf'], /nope\.swf: file not found/],
  ['a trace that is a folder', ['--trace', folder, '--format', 'swf'], /is not a file/],
  ['an empty trace', ['--trace', file('empty.swf', '')], /empty\.swf: is empty/],
  [
    'a trace with a header only',
    ['--trace', file('header.swf', '; MaxProcs: 4\n')],
    /header\.swf: contains no job/,
  ],
  [
    'a truncated line',
    ['--trace', file('short.swf', `; MaxProcs: 4\n1 0 -1 10`)],
    /short\.swf:2: found "4 fields", expected 18 fields/,
  ],
  [
    'a word where a number stands',
    ['--trace', file('word.swf', SWF.replace(' 10 ', ' ten '))],
    /word\.swf:2: run time: found "ten", expected a number/,
  ],
  [
    'a negative submit time',
    ['--trace', file('before.swf', SWF.replace('1 0 ', '1 -5 '))],
    /before\.swf:2: submit time: found "-5", expected a number >= 0/,
  ],
  [
    'a negative run time',
    ['--trace', file('negative.swf', SWF.replace(' 10 ', ' -10 '))],
    /negative\.swf:2: run time: found "-10", expected a number >= 0, or -1/,
  ],
  [
    'jobs out of order',
    ['--trace', file('order.csv', 'job_id,submit,duration,cpus\na,9,1,1\nb,0,1,1\n'), '--machines', '1x4cpu'],
    /order\.csv:3: submit: found "0", expected a time not before/,
  ],
  [
    'a header that makes no sense',
    ['--trace', file('procs.swf', SWF.replace(': 4', ': many'))],
    /procs\.swf:1: MaxProcs: found "many"/,
  ],
  [
    'a log without a size of the cluster',
    ['--trace', file('size.swf', `${JOB}\n`)],
    /size\.swf: the header has no MaxProcs/,
  ],
  [
    'a binary file',
    ['--trace', file('binary.swf', new Uint8Array([0, 1, 2, 255, 10, 3, 4]))],
    /binary\.swf:1: binary data, expected text/,
  ],
  [
    'a line of two megabytes',
    ['--trace', file('long.swf', `; MaxProcs: 4\n${'1 '.repeat(1 << 20)}\n`)],
    /long\.swf:2: the line has more than 1048576 characters/,
  ],
  [
    'a compressed file that is cut off',
    ['--trace', file('cut.swf.gz', gzipSync(SWF.repeat(50)).subarray(0, 40))],
    /cut\.swf\.gz: the compressed data is truncated/,
  ],
  [
    'a file that is not gzip',
    ['--trace', file('not.swf.gz', SWF)],
    /not\.swf\.gz: has the ending \.gz but is not valid gzip data/,
  ],
  ['a form that nobody knows', ['--trace', file('what.txt', 'hello\n')], /what\.txt: has an unknown format/],
  [
    'a CSV trace without a column',
    ['--trace', file('column.csv', 'job_id,submit,cpus\n1,0,1\n'), '--machines', '1x4cpu'],
    /column\.csv:1: has no column "duration"/,
  ],
  [
    'a CSV trace without resources',
    ['--trace', file('none.csv', 'job_id,submit,duration\n1,0,1\n'), '--machines', '1x4cpu'],
    /none\.csv:1: has no resource column/,
  ],
  [
    'a CSV trace without machines',
    ['--trace', file('bare.csv', 'job_id,submit,duration,cpus\n1,0,1,1\n')],
    /bare\.csv: the trace has no machines/,
  ],
  [
    'a negative demand',
    ['--trace', file('demand.csv', 'job_id,submit,duration,cpus\n1,0,1,-2\n'), '--machines', '1x4cpu'],
    /demand\.csv:2: cpus: found "-2", expected a number >= 0/,
  ],
  [
    'a missing demand of time',
    ['--trace', file('missing.csv', 'job_id,submit,duration,cpus\n1,0,,1\n'), '--machines', '1x4cpu'],
    /missing\.csv:2: duration: found nothing, expected a number >= 0/,
  ],
  [
    'a line with too few fields',
    ['--trace', file('few.csv', 'job_id,submit,duration,cpus\n1,0,1\n'), '--machines', '1x4cpu'],
    /few\.csv:2: the number of fields differs/,
  ],
  [
    'an open quote',
    ['--trace', file('quote.csv', 'job_id,submit,duration,cpus\n"1,0,1,1\n'), '--machines', '1x4cpu'],
    /quote\.csv:\d+: a quote is not closed/,
  ],
  [
    'a service without an end',
    ['--trace', file('forever.csv', 'job_id,submit,duration,cpus\n1,0,forever,1\n'), '--machines', '1x4cpu'],
    /job "1" never ends, so the run needs a time limit/,
  ],
  [
    'a GPU and a half',
    ['--trace', file('gpu.csv', 'job_id,submit,duration,gpus\n1,0,1,1.5\n'), '--machines', '1x4gpu'],
    /gpu\.csv:2: gpus: found "1\.5", expected a part of one GPU/,
  ],
  [
    'silos larger than the cluster',
    ['--policy', 'silos', '--set', 'partitions=spark:200,kafka:100'],
    /partitions: "spark:200,kafka:100" needs at least 300 machines, but the cluster has 240/,
  ],
  [
    'a silo of nobody',
    ['--policy', 'silos', '--set', 'partitions=nobody:4'],
    /partitions: found "nobody", expected one of the frameworks kafka/,
  ],
  [
    'offers that come back for ever',
    ['--policy', 'drf', '--set', 'interval=0', '--set', 'refuse=0'],
    /refuse: with interval=0, hold=0 and refuse=0 a declined offer is made again at once/,
  ],
  ['an output folder that is a file', ['--out', GOOD_SWF], /good\.swf: cannot be written/],
  [
    'a report in a folder that cannot be made',
    ['--policy', 'fcfs', '--trace', GOOD_SWF, '--report', join(GOOD_SWF, 'r.html')],
    /cannot be written/,
  ],
  [
    'a scenario with an unknown key',
    ['--scenario', file('key.yaml', 'policy: drf\nuntill: 1h\n')],
    /key\.yaml:2:\d+: untill: unknown key, expected one of policy, policies, workload/,
  ],
  [
    'a scenario with a wrong type',
    ['--scenario', file('type.yaml', 'set: 5\n')],
    /type\.yaml:1:\d+: set: found "5", expected keys with values$/m,
  ],
  ['a scenario that is not YAML', ['--scenario', file('bad.yaml', 'policy: [drf\n')], /bad\.yaml:\d+:\d+: /],
  [
    'a negative rate in a scenario',
    scenario('rate', 'services:\n  akka:\n  spark: { jobsPerHour: -5 }\n'),
    /rate\.yaml:6:\d+: services\.spark\.jobsPerHour: found "-5", expected a number >= 0/,
  ],
  [
    'an unknown service in a scenario',
    scenario('service', 'services:\n  akka:\n  kafkaa:\n'),
    /service\.yaml:6:\d+: services\.kafkaa: unknown service "kafkaa", expected one of kafka, cassandra/,
  ],
  [
    'an unknown parameter of a service in a scenario',
    scenario('parameter', 'services:\n  akka:\n  kafka: { borkers: 3 }\n'),
    /parameter\.yaml:6:\d+: services\.kafka\.borkers: unknown parameter "kafka\.borkers", expected one of kafka\.brokers/,
  ],
  [
    'instances that cannot be spread so far',
    scenario('spread', 'services:\n  hdfs: { nodes: 21, perMachine: 1 }\n'),
    /spread\.yaml:5:\d+: services\.hdfs: 21 instances with at most 1 per machine need 21 of them, but the cluster has 20/,
  ],
  [
    'a volume that is larger than any disk',
    scenario('volume', 'services:\n  akka:\n  hdfs:\n    diskGiB: 8192\n'),
    /volume\.yaml:6:\d+: services\.hdfs: an instance needs 8388608 MiB of disk, and the largest machine has 4194304 MiB/,
  ],
  [
    'services that wait for each other',
    scenario('circle', 'services:\n  akka: { after: kafka }\n  kafka:\n    after: [akka]\n'),
    /circle\.yaml:5:\d+: services\.akka\.after: cyclic dependency between services: akka after kafka after akka/,
  ],
  [
    'a fault on a machine that is not there',
    scenario('fault', 'faults:\n  - "at 1m: kill all for 1m"\n  - "at 1m: kill machine m-99"\n'),
    /fault\.yaml:6:\d+: faults\.1: found "m-99", expected a machine of the run/,
  ],
  [
    'an operation on a service that is not there',
    scenario('operation', 'services:\n  akka:\noperations:\n  - "at 1m: upgrade kafka"\n'),
    /operation\.yaml:7:\d+: operations\.0: unknown service "kafka", expected one of akka/,
  ],
  [
    'a tenant whose framework is not there',
    scenario('tenant', 'services:\n  akka:\ntenants:\n  a:\n    frameworks: [akkka]\n'),
    /tenant\.yaml:8:\d+: tenants\.a\.frameworks: found "akkka", expected one of the frameworks akka/,
  ],
  [
    'a tenant that is promised more than there is',
    [
      ...scenario('promise', 'services:\n  akka:\n'),
      '--tenants',
      file('tenants.yaml', 'a:\n  frameworks: [akka]\n  guarantee: 400cpu\n'),
    ],
    /tenants: the guarantees add up to 400 cpus, but the machines have 320/,
  ],
  [
    'a mistake on the command line, beside a scenario',
    [...scenario('beside', 'services:\n  akka:\n'), '--seeds', '5-1'],
    /^simulate: --seeds: found "5-1"/,
  ],
  [
    'a policy that does not type-check',
    ['--policy', file('misspelt.ts', readFileSync(join(PROJECT, 'test/cli/policies/misspelt.ts.txt')))],
    /misspelt\.ts:6: Property 'strat' does not exist/,
  ],
  [
    'a policy file that exports no policy',
    ['--policy', file('number.ts', 'export default 3;\n')],
    /number\.ts: the default export is not a policy/,
  ],
  [
    'a policy that throws',
    ['--policy', 'test/cli/policies/throws.ts'],
    /throws\.ts:7: schedule\(\) failed at 0 s: no idea/,
  ],
  ['a baseline that is not there', ['gate', '--baseline', 'nope.json'], /nope\.json: no such file or folder/],
  [
    'a baseline that is not a summary',
    ['gate', '--baseline', file('other.json', '{"a": 1}')],
    /other\.json: \S+: is not a summary of this version/,
  ],
  ['a result that is not JSON', ['compare', file('text.json', 'hello')], /text\.json: is not JSON/],
  ['a folder without results', ['compare', 'src'], /src: no results in this folder, expected summary\.json/],
  ['an unknown study', ['reproduce', 'nope'], /unknown study "nope", expected one of \w+, /],
  [
    'reference data that is not there',
    ['reproduce', 'openb', '--data', '/nope'],
    /nope: folder of reference data not found/,
  ],
];

describe('what a person gets wrong', () => {
  it.each(MISTAKES)('%s gets one line, exit code 2 and no stack', (_what, args, message) => {
    const { code, stdout, stderr } = simulate(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('an output folder that may not be written is named before anything is computed', () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    const { code, stderr } = simulate('--out', join(closed, 'out'));
    // The superuser may write everywhere.
    if (process.getuid?.() === 0) expect(code).toBe(0);
    else
      expect([code, stderr]).toEqual([2, expect.stringContaining('cannot be written (permission denied)')]);
  });

  it('a job with more processors than the cluster is rejected, counted and reported, and the rest runs', () => {
    const log = file('wide.swf', `; MaxProcs: 4\n${JOB.replaceAll(' 1 -1 -1 1 ', ' 8 -1 -1 8 ')}\n${JOB}\n`);
    const { code, stdout, stderr } = simulate('--policy', 'fcfs', '--trace', log);
    expect(code).toBe(0);
    expect(stdout).toMatch(/tasks\.rejected +1/);
    expect(stderr).toContain('fcfs: 1 of 2 tasks were rejected: they can never run.');
  });

  it('decisions that cannot be carried out are counted and reported, and the ledger stays whole', () => {
    const { code, stdout, stderr } = simulate(
      '--policy',
      'test/cli/policies/everywhere.js',
      '--until',
      '10m',
      '--all',
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/everywhere: The ledger refused [\d,]+ decisions of the policy \(does-not-fit\)/);
    expect(stderr).toMatch(/everywhere: The ledger refused [\d,]+ decisions of the policy \(not-pending\)/);
    expect(stdout).toMatch(/utilization\.cpus\.allocated\.mean +0\.4 %/);
  });
});
