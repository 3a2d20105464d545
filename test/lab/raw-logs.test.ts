import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profileTrace } from '../../src/lab/workload/trace-profile.js';
import { ParameterValues, ResourceSpace } from '../../src/model/index.js';
import { formatOf } from '../../src/workloads/formats/index.js';
import { DATA } from '../reference-data.js';

/** Logs as their archives give them; counts from data/README.md and, for what it leaves open, the rules of docs/formats.md. */
const LOGS = [
  {
    file: 'KTH-SP2-1996-2.swf.gz',
    jobs: 28_481,
    dropped: { 'no run time': 8 },
    overEstimate: 475,
    processors: 100,
    widest: 100,
  },
  {
    file: 'HPC2N-alea-excerpt.swf',
    jobs: 3145,
    dropped: { 'no run time': 25 },
    overEstimate: 320,
    processors: 240,
    widest: 128,
  },
  {
    file: 'LCG-2005-1.swf.gz',
    jobs: 187_520,
    dropped: { 'no run time': 521 },
    overEstimate: 0,
    processors: 24_515,
    // A log of the LHC grid: one processor a job.
    widest: 1,
  },
  {
    file: 'LLNL-Atlas-2006-2.1-cln.swf.gz',
    jobs: 36_600,
    // 7,178 jobs ran for 0 s; 4,571 of them are those without processors.
    dropped: { 'no processors': 4571, 'no run time': 7178 - 4571 },
    overEstimate: 3351,
    processors: 9216,
    widest: 9120,
  },
];

const raw = (file: string) => join(DATA as string, 'swf', 'raw', file);

describe.skipIf(DATA === undefined)('logs as their archives give them', () => {
  it.each(LOGS)(
    '$file is read with its dropped and kept jobs counted',
    async ({ file, processors, widest, ...counts }) => {
      const profile = await profileTrace(raw(file), undefined, {});
      expect(profile).toMatchObject({ format: 'swf', ...counts });
      expect(profile.demand.cpus.max).toBe(widest);
      const format = await formatOf(raw(file));
      const { machines } = await format.describeCluster(raw(file), new ParameterValues(format.parameters));
      const space = new ResourceSpace(['cpus']);
      expect(await machines?.(space)).toEqual([{ name: 'pool', capacity: [processors * 1000] }]);
    },
  );

  it('a log with two damaged jobs names the first, or leaves both out when it is told to', async () => {
    const zewura = raw('Zewura-wagap-2013.swf.gz');
    await expect(profileTrace(zewura, undefined, {})).rejects.toThrow(
      /Zewura-wagap-2013\.swf\.gz:\d+: .*expected a number >= 0, or -1 for unknown \(--set swf\.damaged=drop/,
    );
    const profile = await profileTrace(zewura, undefined, { damaged: 'drop' });
    expect(profile).toMatchObject({
      jobs: 17_898,
      dropped: { 'negative numbers': 2 },
      overEstimate: 702,
      firstSubmission: 1_356_996_147,
    });
  });

  it('the users of the KTH log, each a framework, are the 214 of its archive', async () => {
    const { frameworks } = await profileTrace(raw('KTH-SP2-1996-2.swf.gz'), undefined, { framework: 'user' });
    expect(frameworks).toHaveLength(214);
  });
});
