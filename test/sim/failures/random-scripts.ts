import fc from 'fast-check';
import { fromSeconds, ParameterValues } from '../../../src/model/index.js';
import { POLICIES } from '../../../src/policies/registry.js';
import type { Outage } from '../../../src/sim/failures/outage.js';
import { RESTART_ELSEWHERE, type RecoveryTerms } from '../../../src/workloads/recovery.js';
import { CPUS_MEM, machinesOf, type SimulationResult, simulate } from '../../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../../traces-in-memory.js';
import { failuresOf, outage } from './outages.js';

/** Length of each run, seconds. */
export const UNTIL = 3000;
const FRAMEWORKS = ['a', 'b', 'c'].map((name) => ({ name }));
export const MACHINES = machinesOf(
  CPUS_MEM,
  Array.from({ length: 6 }, (_, i) => ({ cpus: i % 2 === 0 ? 4 : 8, mem: 16 })),
  Array.from({ length: 6 }, (_, i) => ({ rack: `r${Math.floor(i / 2)}` })),
);

const rows = fc.array(
  fc.record({
    at: fc.nat(1500),
    framework: fc.nat(2),
    tasks: fc.integer({ min: 1, max: 4 }),
    cpus: fc.integer({ min: 1, max: 3 }),
    runs: fc.integer({ min: 1, max: 600 }),
    gang: fc.boolean(),
  }),
  { minLength: 1, maxLength: 15 },
);
const outages = fc.array(
  fc.record({
    kind: fc.constantFrom(
      'off' as const,
      'cut' as const,
      'isolated' as const,
      'disk' as const,
      'planned' as const,
      'drained' as const,
      'master' as const,
      'framework' as const,
    ),
    machines: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 6 }),
    start: fc.nat(2000),
    length: fc.option(fc.integer({ min: 1, max: 900 }), { freq: 8 }),
    notice: fc.nat(100),
  }),
  { maxLength: 8 },
);
const terms: fc.Arbitrary<RecoveryTerms> = fc.record({
  wait: fc.constantFrom(0, fromSeconds(60), fromSeconds(400), Number.POSITIVE_INFINITY),
  waitFrom: fc.constantFrom('detection' as const, 'last-heartbeat' as const),
  restart: fc.constantFrom('anywhere' as const, 'in-place' as const),
  scope: fc.constantFrom('task' as const, 'job' as const),
});
/** Random tasks, faults of machines and the master, and recovery settings of frameworks. */
export const scenario = fc.record({
  rows,
  outages,
  terms,
  gap: fc.constantFrom(0, 40),
  checkpoint: fc.option(fc.integer({ min: 10, max: 300 })),
  failover: fc.constantFrom(0, 100, Number.POSITIVE_INFINITY),
});
export type Drawn = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function outageOf({ kind, machines, start, length, notice }: Drawn['outages'][number]): Outage {
  // A new master is always elected.
  const end = length === null ? (kind === 'master' ? start + 10 : Number.POSITIVE_INFINITY) : start + length;
  const hasNone = kind === 'master' || kind === 'framework';
  const drawn = outage(
    kind,
    hasNone ? [] : machines,
    start,
    end,
    Math.max(0, start - (kind === 'planned' ? notice : 0)),
  );
  return kind === 'framework' ? { ...drawn, framework: FRAMEWORKS[machines[0] % 3].name } : drawn;
}

function checkpointsOf({ checkpoint }: Drawn) {
  return checkpoint === null ? undefined : () => ({ every: fromSeconds(checkpoint), cost: fromSeconds(1) });
}

/** Runs a script under a policy until UNTIL. */
export function runScript(drawn: Drawn, policyName: string): Promise<SimulationResult> {
  const policy = POLICIES.find((one) => one.name === policyName);
  if (policy === undefined) throw new Error(policyName);
  const sketches: RowSketch[] = [...drawn.rows]
    .sort((a, b) => a.at - b.at)
    .map(({ cpus, ...row }) => ({ ...row, needs: { cpus, mem: 1 } }));
  return simulate({
    space: CPUS_MEM,
    machines: MACHINES,
    trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, sketches), { frameworks: FRAMEWORKS }),
    parts: policy.build(new ParameterValues(policy.parameters), {
      space: CPUS_MEM,
      machines: MACHINES,
      frameworks: FRAMEWORKS,
      forecast: undefined,
    }),
    failures: {
      ...failuresOf(drawn.outages.map(outageOf), drawn.terms ?? RESTART_ELSEWHERE, {
        removalGap: fromSeconds(drawn.gap),
      }),
      checkpoints: checkpointsOf(drawn),
      failoverTimeout: fromSeconds(drawn.failover),
    },
    until: UNTIL,
  });
}
