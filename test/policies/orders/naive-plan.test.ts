import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../../src/sim/random-streams.js';
import type { RowSketch } from '../../traces-in-memory.js';
import { type NaiveJob, type NaiveMachine, NaivePlan } from './naive-plan.js';
import { runPreset } from './run-preset.js';

const NOTHING = { spread: [], together: [], avoid: [], beside: [], prefers: [] };
/** The full campaign: NAIVE_PLANS=500. */
const INSTANCES = Number(process.env.NAIVE_PLANS ?? 40);

interface Instance {
  readonly machines: readonly NaiveMachine[];
  readonly jobs: readonly NaiveJob[];
}

function instance(seed: number): Instance {
  const random = new RandomStreams(`naive-plan/${seed}`).stream('instance');
  const upTo = (most: number) => 1 + Math.floor(random() * most);
  const machines = Array.from({ length: upTo(4) }, () => ({ cpus: 1 + upTo(5), gpus: upTo(4) - 1 }));
  const most = (read: (machine: NaiveMachine) => number) => Math.max(...machines.map(read));
  const jobs: NaiveJob[] = [];
  for (let at = 0; jobs.length < 16; at += upTo(5) - 1) {
    const estimate = upTo(20);
    const cpus = upTo(
      Math.min(
        4,
        most((machine) => machine.cpus),
      ),
    );
    const fits = machines.filter((machine) => machine.cpus >= cpus);
    const gpus = random() < 0.4 ? upTo(2) : 0;
    const holders = fits.filter((machine) => machine.gpus >= gpus).length;
    if (holders === 0) continue;
    jobs.push({
      at,
      estimate,
      runs: random() < 0.5 ? estimate : upTo(estimate),
      cpus,
      gpus,
      members: random() < 0.6 ? upTo(holders) : 1,
      isSpread: random() < 0.3,
    });
  }
  return { machines, jobs };
}

async function startsOf(policy: string, { machines, jobs }: Instance): Promise<number[]> {
  const rows: RowSketch[] = jobs.map(({ at, runs, estimate, cpus, gpus, members, isSpread }) => ({
    at,
    runs,
    estimate,
    needs: { cpus, gpus },
    gpus,
    tasks: members,
    gang: members > 1,
    rule: isSpread ? 1 : 0,
  }));
  const { events } = await runPreset(
    policy,
    machines.map((machine) => ({ ...machine })),
    rows,
    {
      rules: [undefined, { ...NOTHING, spread: [{ attribute: 'machine', atMost: 1 }] }],
    },
  );
  const starts: number[] = [];
  const first = jobs.map((_, job) => jobs.slice(0, job).reduce((sum, { members }) => sum + members, 0));
  for (const event of events) {
    const [, time, task] = /^(\S+) task (\d+) started/.exec(event) ?? [];
    if (time === undefined) continue;
    const job = first.findLastIndex((serial) => serial <= Number(task));
    starts[job] ??= Number(time);
  }
  return starts;
}

describe.each(['easy', 'conservative'] as const)('%s', (policy) => {
  test('starts gangs, with devices and rules, when an independent plan does', async () => {
    for (let seed = 0; seed < INSTANCES; seed++) {
      const drawn = instance(seed);
      const expected = new NaivePlan(drawn.machines, drawn.jobs).run(policy, 900);
      expect(await startsOf(policy, drawn), `seed ${seed}`).toEqual(expected);
    }
  });
});
