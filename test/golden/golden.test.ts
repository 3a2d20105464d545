import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import { EventLog } from '../../src/metrics/files/event-log.js';
import { fromSeconds } from '../../src/model/index.js';
import { POLICIES } from '../../src/policies/registry.js';

const HERE = import.meta.dirname;

/** Settings with which a policy is logged where its own make a log that nobody would read. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Without a longer refusal most of the log is the same offers, declined every five seconds.
  drf: { refuse: '2m' },
  lottery: { refuse: '2m' },
};

/** The event log of one run, as text. */
async function logOf(
  trace: string,
  machines: string,
  policy: string,
  set: Readonly<Record<string, string>>,
): Promise<string> {
  const lines: string[] = [];
  await run(
    {
      policy,
      workload: { kind: 'trace', path: join(HERE, 'traces', trace) },
      machines,
      seed: '1',
      until: fromSeconds(900),
      set,
    },
    { observers: (cluster) => [new EventLog(cluster, (line) => lines.push(line))] },
  );
  return lines.join('');
}

/**
 * What every policy does with fifty tasks on four machines, event by event: gangs, GPUs whole and shared, constraints, a task
 * that fails once, one that exceeds its estimate, one that fits nowhere, a service that never ends.
 * A change of behaviour shows as a change of these files. `npx vitest run test/golden -u` writes them anew; read the
 * difference before it is committed.
 */
describe('the golden log', () => {
  const machines = join(HERE, 'traces/golden-machines.csv');

  test.each(POLICIES.map(({ name }) => name))('of %s is as it was read and understood', async (policy) => {
    const log = await logOf('golden-50.csv', machines, policy, SETTINGS[policy] ?? {});
    await expect(log).toMatchFileSnapshot(join(HERE, `logs/${policy}.csv`));
  });

  /**
   * Up to 28 tasks of different shapes wait while others of the same pass start. A placement that draws random numbers
   * draws for each of them, so a pass that leaves one out shows here.
   */
  test.each(['random', 'gpu-random'])('of placement=%s where most tasks wait', async (placement) => {
    const log = await logOf('saturated-48.csv', machines, 'bin-packing', { placement });
    await expect(log).toMatchFileSnapshot(join(HERE, `logs/saturated-${placement}.csv`));
  });
});
