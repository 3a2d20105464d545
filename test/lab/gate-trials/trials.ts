import { type GateOutcome, type GateRequest, runGate } from '../../../src/lab/gate/run-gate.js';
import { parseTolerances } from '../../../src/lab/gate/tolerance.js';
import { run } from '../../../src/lab/run/node/run.js';
import type { RunHooks, RunSpec } from '../../../src/lab/run/run-spec.js';
import type { RunRecord } from '../../../src/metrics/run-record.js';
import { fromSeconds } from '../../../src/model/index.js';
import type { Policy } from '../../../src/policies/policy.js';
import { policyNamed } from '../../../src/policies/registry.js';
import type { Trace } from '../../../src/workloads/trace.js';

/** The policy of the baseline: its draws decide which framework is offered a machine. */
const BASELINE = 'lottery(interval=10s)';
/** The same policy, under another text, so that its runs can be told from those of the baseline. */
const CANDIDATE = 'lottery(interval=10s,hold=0s)';

/** Two Spark clusters on four machines for eight hours, at 55 % of the cores. */
const SPEC: Omit<RunSpec, 'seed'> = {
  policy: BASELINE,
  workload: { kind: 'generated', name: 'services', services: ['spark', 'etl=spark'] },
  machines: '4x16cpu/64GiB/4TiBdisk',
  until: fromSeconds(8 * 3600),
  set: Object.fromEntries(
    ['spark', 'etl'].flatMap((name) => [
      [`${name}.jobsPerHour`, '8'],
      [`${name}.sizeMax`, '12'],
      [`${name}.burstJobs`, '1'],
    ]),
  ),
};

/** A change of the candidate. */
export type Change = 'other draws' | 'slowdown';

const HOOKS: Readonly<Record<Change, () => RunHooks>> = {
  'other draws': () => ({ policy: withOtherDraws(policyNamed('lottery') as Policy) }),
  slowdown: () => ({ trace: (trace) => slower(trace, 'spark', 1.05) }),
};

/** The policy, whose own stream begins one draw later: from there on, every draw is another. */
function withOtherDraws(policy: Policy): Policy {
  return {
    ...policy,
    build(settings, context) {
      const parts = policy.build(settings, context);
      if (parts.architecture !== 'two-level' || !('allocator' in parts))
        throw new Error('expected an allocator');
      const { allocator } = parts;
      let isFirst = true;
      return {
        ...parts,
        allocator: {
          ...allocator,
          allocate(view, offers) {
            if (isFirst) view.random();
            isFirst = false;
            allocator.allocate(view, offers);
          },
        },
      };
    },
  };
}

/** The workload, with the run times of one framework multiplied. */
function slower(trace: Trace, framework: string, factor: number): Trace {
  const slow = trace.frameworks.findIndex(({ name }) => name === framework);
  return {
    ...trace,
    async *batches() {
      for await (const batch of trace.batches()) {
        for (let i = 0; i < batch.length; i++)
          if (batch.framework[i] === slow) batch.duration[i] = Math.round(batch.duration[i] * factor);
        yield batch;
      }
    },
  };
}

/** A trial of the gate on runs that no other trial has. Several gates may judge it; they share the runs. */
export class Trial {
  private readonly name: string;
  private readonly change: Change;
  private readonly made = new Map<string, Promise<RunRecord>>();

  constructor(change: Change, place: number) {
    this.name = `${change} ${place}`;
    this.change = change;
  }

  /** The baseline has `first` seeds; the gate adds more up to `most`. */
  async gate(
    tolerances: readonly string[],
    { first, most }: { readonly first: number; readonly most: number },
  ): Promise<GateOutcome> {
    const seeds = Array.from({ length: first }, (_, i) => String(i + 1));
    const baseline = await this.perform(seeds.map((seed) => ({ spec: { ...SPEC, seed } })));
    return runGate({
      baseline: baseline.map(({ summary }) => summary),
      candidate: { kind: 'policy', use: CANDIDATE },
      rerun: { policyFiles: new Map() },
      maxSeeds: most,
      tolerances: parseTolerances(tolerances),
      perform: (tasks) => this.perform(tasks),
    });
  }

  private async perform(tasks: Parameters<GateRequest['perform']>[0]): Promise<RunRecord[]> {
    const records: RunRecord[] = [];
    for (const { spec } of tasks) {
      const key = `${spec.policy} ${spec.seed}`;
      if (!this.made.has(key)) this.made.set(key, this.run(spec));
      records.push((await this.made.get(key)) as RunRecord);
    }
    return records;
  }

  /** Seeds 1, 2, … of each trial are other random numbers. */
  private async run(spec: RunSpec): Promise<RunRecord> {
    const record = await run(
      { ...spec, seed: `${this.name}/${spec.seed}` },
      spec.policy === CANDIDATE ? HOOKS[this.change]() : {},
    );
    record.summary.run.seed = spec.seed;
    return record;
  }
}
