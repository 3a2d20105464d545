import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { simulateSignalled, temporaryFolder } from './simulate-command.js';

/** All jobs wait at time 0, so the first pass plans each of them behind all others: that takes minutes. */
const JOBS = 200_000;
/** A run that does not react lasts longer. */
const PATIENCE = 60_000;

let trace: string;
beforeAll(() => {
  trace = join(temporaryFolder(), 'trace.csv');
  const rows = Array.from(
    { length: JOBS },
    (_, i) => `j${i},0,${100 + (i % 777)},${1 + (i % 3)},${200 + (i % 991)}`,
  );
  writeFileSync(trace, ['job_id,submit,duration,cpus,estimate', ...rows, ''].join('\n'));
});

const POLICY = ['--policy', 'conservative', '--machines', '4x16cpu'];

type Way = readonly [way: string, args: (folder: string) => readonly string[]];

const ONE_RUN: readonly Way[] = [
  ['a run that writes no file', () => ['run', ...POLICY, '--json']],
  [
    'a run that writes files',
    (folder) => ['run', ...POLICY, '--out', folder, '--events-out', join(folder, 'events.jsonl')],
  ],
];
const SEVERAL: readonly Way[] = [
  ['several policies', () => ['run', '--policy', 'fcfs,conservative', ...POLICY.slice(2)]],
  ['several seeds', () => ['run', ...POLICY, '--seeds', '1-3']],
  ['compact', () => ['compact', ...POLICY]],
];

describe.each([
  ['SIGINT' as const, ONE_RUN],
  ['SIGTERM' as const, [...ONE_RUN, ...SEVERAL]],
])('%s ends, in the middle of a long pass,', (signal, ways) => {
  it.each(ways)('%s', { timeout: PATIENCE }, async (_, args) => {
    const folder = temporaryFolder();
    const { code, signal: by } = await simulateSignalled(signal, 4000, ...args(folder), '--trace', trace);
    // What leaves nothing behind is ended by the signal itself.
    if (code === null) expect(by).toBe(signal);
    else expect(code).toBe(130);
    const files = readdirSync(folder, { recursive: true }).map(String);
    expect(files.filter((name) => name.endsWith('.partial'))).toEqual([]);
  });
});
