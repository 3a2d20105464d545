import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, InputError, type Observer, type TaskId } from '../../model/index.js';
import { readCsv } from '../../workloads/formats/csv-records.js';
import { run } from '../run.js';
import type { Check, Study, StudyRequest } from './study.js';

/**
 * The openb packing experiment of FGD (Weng et al., USENIX ATC 2023): pods arrive in a published order at a cluster of 1,213
 * GPU nodes, are never deleted, and are dropped when they do not fit. Every decision is compared: node, GPU devices, refusal.
 */
export const openbStudy: Study = {
  name: 'openb',
  about: 'GPU packing on the Alibaba openb trace, decision by decision (Weng et al., FGD, ATC 2023)',
  needsData: () => true,
  parameters: [],
  run: runStudy,
};

/** Names of the publication's policies, as they stand in file names, and ours. */
const POLICY_OF: Readonly<Record<string, string>> = {
  Random: 'gpu-random',
  DotProd: 'dot-product',
  GpuClustering: 'gpu-clustering',
  GpuPacking: 'gpu-packing',
  BestFit: 'gpu-best-fit',
  FGD: 'fgd',
};

async function runStudy({ data, progress }: StudyRequest): Promise<readonly Check[]> {
  const folder = join(data as string, 'openb');
  const checks: Check[] = [];
  for (const recorded of recordedRuns(folder)) {
    progress(`${recorded.policy}, ${recorded.workload}, seed ${recorded.seed}`);
    checks.push(await compareDecisions(folder, recorded));
  }
  if (checks.length === 0)
    throw new InputError(
      { file: join(folder, 'placements') },
      'has no recorded run of a policy that is known here',
    );
  return checks;
}

interface RecordedRun {
  readonly file: string;
  readonly workload: string;
  readonly seed: string;
  readonly policy: string;
}

/** `<workload>_seed<seed>_<Policy>.csv.gz` for each policy that we have. */
function recordedRuns(folder: string): RecordedRun[] {
  const runs: RecordedRun[] = [];
  for (const name of namesIn(join(folder, 'placements'))) {
    const match = /^(\w+)_seed(\d+)_(\w+)\.csv(\.gz)?$/.exec(name);
    if (match === null || !(match[3] in POLICY_OF)) continue;
    const policy = POLICY_OF[match[3]];
    runs.push({ file: join(folder, 'placements', name), workload: match[1], seed: match[2], policy });
  }
  return runs;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    throw new InputError(
      { file: folder },
      'there is no such folder; give the reference data with --data DIR',
    );
  }
}

async function compareDecisions(folder: string, recorded: RecordedRun): Promise<Check> {
  const { workload, seed, policy } = recorded;
  const decisions = await decide(folder, recorded);
  let published = 0;
  let equal = 0;
  let first: string | undefined;
  for await (const record of readCsv(recorded.file, ['i', 'pod', 'node', 'gpus'])) {
    const wanted = decisionText(record.text('pod'), record.text('node'), record.text('gpus'));
    const made = decisions[published++] ?? 'nothing';
    if (made === wanted) equal++;
    else first ??= `first at ${published - 1}: ${made} instead of ${wanted}`;
  }
  return {
    what: `${policy}, ${workload}, seed ${seed}: decisions`,
    published: String(published),
    ours: `${equal} equal of ${decisions.length}`,
    difference: first ?? 'none',
    passed: equal === published && decisions.length === published,
  };
}

/** What becomes of each arrival, in order. */
async function decide(folder: string, { workload, seed, policy }: RecordedRun): Promise<string[]> {
  const orders = (what: string) => join(folder, 'orders', `${workload}_${what}_${seed}.txt.gz`);
  let log: DecisionLog | undefined;
  await run(
    {
      policy,
      workload: { kind: 'trace', path: join(folder, `openb_pod_list_${workload}.csv`), format: 'openb' },
      seed,
      until: FOR_ALL_ARRIVALS,
      set: { podOrder: orders('pods'), nodeOrder: orders('nodes'), patience: '0' },
    },
    {
      observers: (cluster) => {
        log = new DecisionLog(cluster);
        return [log];
      },
    },
  );
  return (log as DecisionLog).decisions;
}

/** Pods arrive one a second and stay; any horizon beyond the last arrival gives the same. */
const FOR_ALL_ARRIVALS = 10_000_000_000_000;

function decisionText(pod: string, node: string, gpus: string): string {
  return node === '' ? `${pod} dropped` : `${pod} on ${node}${gpus === '' ? '' : ` gpu ${gpus}`}`;
}

class DecisionLog implements Partial<Observer> {
  readonly decisions: string[] = [];
  private readonly cluster: Cluster;
  private arrivals = 0;
  /** Number of the arrival in each row of the ledger. */
  private readonly arrivalOf: number[] = [];

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  taskSubmitted(task: TaskId): void {
    this.arrivalOf[task] = this.arrivals++;
  }

  taskStarted(task: TaskId): void {
    const { tasks, machines } = this.cluster;
    this.note(task, machines.specs[tasks.machine[task]].name, deviceText(tasks.devices[task]));
  }

  taskEnded(task: TaskId): void {
    this.note(task, '', '');
  }

  private note(task: TaskId, node: string, gpus: string): void {
    const { tasks, jobs } = this.cluster;
    this.decisions[this.arrivalOf[task]] = decisionText(String(jobs.name[tasks.job[task]]), node, gpus);
  }
}

/** Devices as the reference writes them: `0-1-2`. */
function deviceText(mask: number): string {
  const devices: number[] = [];
  for (let device = 0; mask >>> device !== 0; device++)
    if ((mask & (1 << device)) !== 0) devices.push(device);
  return devices.join('-');
}
