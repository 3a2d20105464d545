import { run } from '../../src/lab/run/node/run.js';
import type { RunSpec } from '../../src/lab/run/run-spec.js';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { fromSeconds } from '../../src/model/index.js';

/** A run of a data centre of 12 machines for half an hour, with small versions of all services. */
const SMALL: RunSpec = {
  policy: 'drf',
  workload: { kind: 'generated', name: 'smack' },
  machines: '12x16cpu/64GiB/4TiBdisk',
  seed: '1',
  until: fromSeconds(1800),
  set: {
    'kafka.brokers': '3',
    'kafka.ingressMBps': '1',
    'cassandra.nodes': '4',
    'elasticsearch.nodes': '2',
    'web.applications': '2',
    'web.instances': '5',
    'spark.jobsPerHour': '30',
    'spark.burstJobs': '3',
    'spark.sizeMax': '40',
  },
};

/** The small data centre with changes. */
export function smallSpec(changes: Partial<RunSpec> = {}): RunSpec {
  return { ...SMALL, ...changes, set: { ...SMALL.set, ...changes.set } };
}

/** The small data centre with a cloud: machines are rented, interrupted and given back, and own machines fail often. */
export const RENTED_AND_FAILING: RunSpec = smallSpec({
  until: fromSeconds(4 * 3600),
  failures: { preset: 'g5k06' },
  set: {
    'spark.jobsPerHour': '200',
    'cloud.machines': '20x16cpu/64GiB',
    'cloud.pricePerHour': '0.9',
    'cloud.interruptedAfter': '1h',
    'cost.machineHour': '0.5',
    'failures.flakyShare': '1',
    'failures.flakyFactor': '20',
  },
});

/** The record of that run. */
export async function summaryOf(spec: RunSpec): Promise<Summary> {
  return (await run(spec)).summary;
}

/** Makes copies of a summary: runs of a policy with this mean wait, in seconds. */
export function waitingLike(base: Summary) {
  return (policy: string, seed: string, mean: number): Summary => {
    const copy = structuredClone(base);
    copy.run.policy.name = policy;
    copy.run.seed = seed;
    copy.wait.mean = mean;
    return copy;
  };
}
