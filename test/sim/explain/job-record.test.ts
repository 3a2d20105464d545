import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, type WaitCause } from '../../../src/model/index.js';
import { shownHistory } from '../../../src/results/explanation-text.js';
import { type Found, JobRecord } from '../../../src/sim/explain/job-record.js';
import { onCores } from '../../on-cores.js';

function newRecord(): JobRecord {
  const history = {
    job: 'a',
    framework: 'f',
    submitted: 0,
    tasks: 1,
    isGang: false,
    needs: { cpus: 1 },
    requires: '',
    waited: null,
    entries: [],
    leftOut: 0,
    leftOutTimes: 0,
  };
  return new JobRecord(history, 0, true);
}

/** A consideration on 10 machines of one core, of which so many are full. */
function found(cause: WaitCause, full = 10, holder?: string): Found {
  const short = [{ resource: 'cpus', needed: 1, most: 0, least: full, greatest: full }];
  const answers = [{ reason: 'too-little-free' as const, holders: [], least: full, greatest: full, short }];
  return {
    cause,
    holders: holder === undefined ? [] : [holder],
    until: FOREVER,
    detail: '',
    waiting: 1,
    standing: null,
    classes: [{ capacity: { cpus: 1 }, machines: 10, answers }],
    classesLeftOut: 0,
  };
}

describe('a record of a job', () => {
  test('counts numbers that change within an entry as a range', () => {
    const record = newRecord();
    for (const [second, full] of [7, 9, 8].entries())
      record.considered(found('no-room', full), fromSeconds(second));
    const [entry] = shownHistory(record.history).entries;
    expect(entry.what).toBe('waits; considered 3 times');
    expect(entry.details).toContain(
      '10 machines of 1 core: with too little free (1 core needed, nothing free).',
    );
    expect(record.history.entries[0]).toMatchObject({
      from: 0,
      to: 2,
      classes: [{ answers: [{ least: 7, greatest: 9 }] }],
    });
  });

  test('keeps entries with other holders apart', () => {
    const record = newRecord();
    record.considered(found('behind-head', 10, 'x'), 0);
    record.considered(found('behind-head', 10, 'y'), 1);
    expect(record.history.entries).toHaveLength(2);
  });

  test('merges answers that come in turn, and begins anew when something else comes', () => {
    const record = newRecord();
    let second = 0;
    for (let round = 0; round < 50; round++)
      for (const cause of ['no-room', 'no-offers', 'conflict'] as const)
        record.considered(found(cause), fromSeconds(second++));
    expect(record.history.entries).toMatchObject([
      { cause: 'no-room', from: 0, to: 147, times: 50, isInTurn: true },
      { cause: 'no-offers', from: 1, to: 148, times: 50 },
      { cause: 'conflict', from: 2, to: 149, times: 50 },
    ]);
    record.considered(found('limit'), fromSeconds(200));
    record.considered(found('no-room'), fromSeconds(201));
    expect(record.history.entries).toHaveLength(5);
  });

  test('has at most 60 entries, and counts those that it leaves out with their considerations', () => {
    const record = newRecord();
    for (let i = 0; i < 100; i++)
      for (let times = 0; times < 2; times++) record.considered(found('behind-head', 10, `job-${i}`), i);
    expect(record.history).toMatchObject({ leftOut: 40, leftOutTimes: 80 });
    const shown = shownHistory(record.history).entries;
    expect(shown).toHaveLength(61);
    expect(shown[29].details[0]).toContain('"job-29"');
    expect(shown[30].what).toBe('40 entries with 80 considerations left out');
    expect(shown[31].details[0]).toContain('"job-70"');
  });
});

describe('the histories of a run', () => {
  test('are those of 100 jobs, the ones that waited longest, and count the others', async () => {
    // One machine, one job after another: job i waits i seconds.
    const rows = Array.from({ length: 150 }, (_, i) => ({ job: i, at: i, needs: { cpus: 1 }, runs: 2 }));
    const { explainer } = await onCores([1], rows, { explain: ['default'] });
    const { jobs, jobsLeftOut } = explainer?.histories() ?? { jobs: [], jobsLeftOut: 0 };
    expect([jobs.length, jobsLeftOut]).toEqual([100, 50]);
    expect(jobs[0].job).toBe('50');
    expect(jobs.at(-1)).toMatchObject({ job: '149', waited: 149 });
  });

  test('keep a job that is asked for by name, however short it waited', async () => {
    const rows = Array.from({ length: 150 }, (_, i) => ({ job: i, at: i, needs: { cpus: 1 }, runs: 2 }));
    const { explainer } = await onCores([1], rows, { explain: ['default', '0'] });
    const names = explainer?.histories().jobs.map(({ job }) => job);
    expect(names?.slice(0, 2)).toEqual(['0', '51']);
  });
});
