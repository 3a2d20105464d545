import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { droppedNotes } from '../../src/results/run-notes.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-rounded-'));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The summary of a run of one job on the machines of a file, with the outages of another. */
async function summaryOf(machines: string, outages: string) {
  const trace = file('one.csv', 'job_id,submit,duration,cpus\na,0,1,1\n');
  const { summary } = await run({
    policy: 'fcfs',
    workload: { kind: 'trace', path: trace },
    machines: file('machines.csv', machines),
    seed: '1',
    set: { 'failures.trace': file('outages.csv', outages) },
  });
  return summary;
}

describe('values of the files of a run that are finer than a quantum', () => {
  it('are rounded, counted per line, and noted once per file', async () => {
    // 1.5 thousandths of a core become 2; half a microsecond becomes 1 (never 0).
    const summary = await summaryOf(
      'name,count,cpus,startup\nm,3,4.0015,0.0000005\nn,1,4,1\n',
      'machine,start,end\nn,5.0000004,6\n',
    );
    expect(summary.run.machines.adjusted).toEqual({
      'amounts rounded up to whole quanta': 1,
      'times rounded to whole microseconds': 1,
    });
    expect(summary.run.machines.capacity).toEqual({ cpus: 16.006 });
    expect(summary.run.failures?.adjusted).toEqual({ 'times rounded to whole microseconds': 1 });
    expect(droppedNotes(summary)).toEqual([
      'machines.csv: amounts rounded up to whole quanta (1).',
      'machines.csv: times rounded to whole microseconds (1).',
      'outages.csv: times rounded to whole microseconds (1).',
    ]);
  });

  it('leave no trace in the summary where there are none', async () => {
    const summary = await summaryOf('name,cpus\nn,4\n', 'machine,start,end\nn,5,6\n');
    expect(summary.run.machines).not.toHaveProperty('adjusted');
    expect(summary.run.failures).not.toHaveProperty('adjusted');
    expect(droppedNotes(summary)).toEqual([]);
  });
});
