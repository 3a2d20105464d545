import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import type { RunSpec } from '../../src/lab/run/run-spec.js';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { HOUR } from '../../src/model/index.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Two hours of the default workload on a small cluster, under each policy with each seed. */
export async function smackRecords(
  policies: readonly string[],
  seeds: readonly string[] = ['1'],
): Promise<RunRecord[]> {
  const workload = { kind: 'generated', name: 'smack' } as const;
  const set = { 'spark.jobsPerHour': '40' };
  return allRuns(policies, seeds, { workload, machines: '80x16cpu/64GiB/4TiBdisk', until: 2 * HOUR, set });
}

/** An hour of a small cluster whose second rack stops for ten minutes, under each policy with each seed. */
export function outageRecords(
  policies: readonly string[],
  seeds: readonly string[] = ['1'],
): Promise<RunRecord[]> {
  return allRuns(policies, seeds, {
    workload: { kind: 'generated', name: 'services', services: ['akka', 'spark'] },
    machines: '80x16cpu/64GiB/4TiBdisk',
    until: HOUR,
    failures: { faults: ['at 20m: kill rack rack-1 for 10m'] },
    set: { 'akka.instances': '60', 'spark.jobsPerHour': '60' },
  });
}

/** A job of a trace in a test: framework, submission and duration in seconds, cores, and who submitted it. */
export type JobLine = readonly [
  framework: string,
  submit: number,
  duration: number,
  cpus: number,
  user?: string,
];

/** Runs of a trace of these jobs, read from a file of this name. */
export async function traceRecords(
  jobs: readonly JobLine[],
  options: { readonly machines?: string; readonly policies?: readonly string[]; readonly name?: string } = {},
): Promise<RunRecord[]> {
  const path = join(folder, options.name ?? 'trace.csv');
  const lines = jobs.map(([framework, submit, duration, cpus, user = ''], i) =>
    [`job-${i}`, submit, duration, cpus, quoted(framework), user].join(','),
  );
  writeFileSync(path, `${['job_id,submit,duration,cpus,framework,user', ...lines].join('\n')}\n`);
  return allRuns(options.policies ?? ['fcfs'], ['1'], {
    workload: { kind: 'trace', path },
    machines: options.machines ?? '2x4cpu',
    set: {},
  });
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

async function allRuns(
  policies: readonly string[],
  seeds: readonly string[],
  spec: Omit<RunSpec, 'policy' | 'seed'>,
): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  for (const policy of policies)
    for (const seed of seeds)
      records.push(
        await run({ ...spec, policy, seed }, { details: seed === seeds[0] ? 'all' : 'distributions' }),
      );
  return records;
}

/** Malicious names in a trace, such as HTML, which must not break the page. */
export const HOSTILE_NAMES: readonly string[] = [
  '</script><img src=x onerror="globalThis.broken = true">',
  '<!--<script>globalThis.broken = true</script>',
  `"quoted" 'twice' & <b>bold</b>`,
  'line\u2028and\u2029paragraph',
  '\u{1f680} rocket',
  '__proto__',
  'constructor',
  '\u202eright to left',
  'a very long name '.repeat(20),
];
