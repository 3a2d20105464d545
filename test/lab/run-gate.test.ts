import alea from 'seedrandom/lib/alea.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GateRequest, runGate } from '../../src/lab/gate/run-gate.js';
import { parseTolerances } from '../../src/lab/gate/tolerance.js';
import { parsePolicyUse } from '../../src/lab/policy-file/policy-use.js';
import type { RunSpec } from '../../src/lab/run/run-spec.js';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { smallSpec, summaryOf } from './small-runs.js';

let real: Summary;

beforeAll(async () => {
  real = await summaryOf(smallSpec());
});

const CANDIDATE = 'drf(refuse=6s)';

/** The mean wait of a run, s. */
type Waits = (policy: string, seed: string) => number;

/** What happened in a gate whose runs are sketches. */
interface Observed {
  readonly verdict: string;
  readonly seeds: number;
  readonly looks: readonly number[];
  readonly notes: readonly string[];
  /** Runs that were made, as `policy seed`. */
  readonly made: readonly string[];
}

/** A standard normal number for each text. */
function normal(text: string): number {
  const draw = alea(text);
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

function sketch(policy: string, seed: string, wait: number): Summary {
  const { run } = real;
  return {
    ...real,
    run: { ...run, policy: { ...run.policy, name: policy }, seed },
    wait: { ...real.wait, mean: wait },
  };
}

async function gated(waits: Waits, stored: number, changes: Partial<GateRequest> = {}): Promise<Observed> {
  const made: string[] = [];
  const perform = async (tasks: readonly { readonly spec: RunSpec }[]) =>
    tasks.map(({ spec }) => {
      const policy =
        spec.label ??
        (parsePolicyUse(spec.policy).arguments.length > 0 ? spec.policy : parsePolicyUse(spec.policy).name);
      made.push(`${policy} ${spec.seed}`);
      return { summary: sketch(policy, spec.seed, waits(policy, spec.seed)) } as RunRecord;
    });
  const seeds = Array.from({ length: stored }, (_, i) => String(i + 1));
  const { result, design, notes } = await runGate({
    baseline: seeds.map((seed) => sketch('drf', seed, waits('drf', seed))),
    candidate: { kind: 'policy', use: CANDIDATE },
    rerun: { policyFiles: new Map() },
    tolerances: parseTolerances(['wait.mean=5%']),
    perform,
    ...changes,
  });
  return {
    verdict: result.verdict,
    seeds: result.policies[0].seeds.length,
    looks: design.looks,
    notes,
    made,
  };
}

/** The baseline waits 100 s or so; the candidate `effect` more, give or take `noise`. */
const waits =
  (effect: number, noise: number): Waits =>
  (policy, seed) =>
    100 + normal(`base ${seed}`) * 30 + (policy === 'drf' ? 0 : effect + noise * normal(`candidate ${seed}`));

describe('a gate that may add seeds', () => {
  it('compares the seeds of the baseline once if it may not', async () => {
    const { looks, seeds, made } = await gated(waits(10, 20), 6);
    expect([looks, seeds]).toEqual([[6], 6]);
    expect(made).toEqual([1, 2, 3, 4, 5, 6].map((seed) => `${CANDIDATE} ${seed}`));
  });

  it('stops at the first look that decides', async () => {
    const { verdict, seeds, looks } = await gated(waits(40, 2), 6, { maxSeeds: 40, spending: 'pocock' });
    expect([verdict, seeds]).toEqual(['fail', 6]);
    expect(looks).toEqual([6, 15, 24, 33, 40]);
  });

  it('adds seeds on both sides while it is undecided, after it has repeated a stored run of the baseline', async () => {
    const { verdict, seeds, made } = await gated(waits(12, 12), 6, { maxSeeds: 40 });
    expect(verdict).toBe('fail');
    expect(seeds).toBeGreaterThan(6);
    const ofBaseline = made.filter((run) => run.startsWith('drf '));
    expect(ofBaseline[0]).toBe('drf 1');
    expect(new Set(ofBaseline.filter((run) => run !== 'drf 1'))).toEqual(
      new Set(Array.from({ length: seeds - 6 }, (_, i) => `drf ${i + 7}`)),
    );
  });

  it('ends undecided at the limit when the effect is at the tolerance', async () => {
    const { verdict, seeds } = await gated(waits(5, 20), 4, { maxSeeds: 12 });
    expect([verdict, seeds]).toEqual(['undecided', 12]);
  });

  it('looks at a part of many stored seeds first', async () => {
    const { looks, seeds } = await gated(waits(40, 2), 30, { maxSeeds: 30 });
    expect([looks, seeds]).toEqual([[6, 12, 18, 24, 30], 6]);
  });

  it('adds none that the baseline cannot have, and says so', async () => {
    const rerun = await gated(waits(0, 20), 3, { maxSeeds: 20, candidate: { kind: 'rerun' } });
    expect([rerun.seeds, rerun.looks]).toEqual([3, [3]]);
    expect(rerun.notes).toEqual([
      'The baseline has 3 seeds, so the gate uses no more; the policy of the baseline is needed for more: --candidate POLICY, or --baseline-policy FILE.',
    ]);
  });

  it('adds none to a baseline that this version does not repeat', async () => {
    let isStored = true;
    const drifting: Waits = (policy, seed) => {
      const wait = waits(5, 20)(policy, seed) + (policy === 'drf' && !isStored ? 1 : 0);
      if (policy !== 'drf') isStored = false;
      return wait;
    };
    await expect(gated(drifting, 4, { maxSeeds: 20 })).rejects.toThrow(
      /--max-seeds: this version does not repeat the baseline's run of drf with seed 1/,
    );
  });
});
