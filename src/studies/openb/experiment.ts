import { run } from '../../lab/run/node/run.js';
import { taskMixOf } from '../../lab/workload/task-mix.js';
import { type Micros, ParameterValues, ResourceSpace } from '../../model/index.js';
import type { Ties } from '../../policies/placement/placement.js';
import { type TypicalTask, typicalTasks } from '../../policies/placement/typical-tasks.js';
import { OPENB_RESOURCES, openb } from '../../workloads/formats/openb.js';
import { orderFile, podList } from './folder.js';
import { type PackingLine, PackingLog } from './packing-log.js';

/** One run of the experiment. */
export interface Packing {
  readonly workload: string;
  readonly seed: string;
  readonly policy: string;
  readonly ties: Ties;
  /** Rank of the nodes for ties: the order of the seed, or the order of the node list. */
  readonly nodeOrder: 'of the seed' | 'of the list';
}

/** The result of one run. */
export interface PackingResult {
  readonly lines: readonly PackingLine[];
  /** Capacity of the cluster, in thousandths of a GPU. */
  readonly gpuCapacity: number;
}

/** Pods arrive one per second and stay, so any horizon after the last arrival gives the same result. */
const FOR_ALL_ARRIVALS: Micros = 10_000_000_000_000;

/** Performs one run on the pod list, node list and orders of the folder. @throws InputError when a file is missing or damaged. */
export async function pack(
  folder: string,
  packing: Packing,
  typical: readonly TypicalTask[],
): Promise<PackingResult> {
  const { workload, seed, policy, ties, nodeOrder } = packing;
  let log: PackingLog | undefined;
  let gpuCapacity = 0;
  await run(
    {
      policy,
      workload: { kind: 'trace', path: podList(folder, workload), format: openb.name },
      seed,
      until: FOR_ALL_ARRIVALS,
      set: {
        podOrder: orderFile(folder, workload, 'pods', seed),
        ...(nodeOrder === 'of the seed' && { nodeOrder: orderFile(folder, workload, 'nodes', seed) }),
        ties,
        patience: '0',
      },
    },
    {
      observers: (cluster) => {
        gpuCapacity = cluster.total[cluster.space.gpuDimension];
        log = new PackingLog(cluster, typical);
        return [log];
      },
    },
  );
  return { lines: log?.lines ?? [], gpuCapacity };
}

/** The typical tasks of a pod list, for which fragmentation is measured under every policy. @throws InputError */
export async function typicalPods(folder: string, workload: string): Promise<readonly TypicalTask[]> {
  const space = new ResourceSpace(OPENB_RESOURCES);
  const trace = openb.open(podList(folder, workload), space, new ParameterValues(openb.parameters));
  return typicalTasks(await taskMixOf(trace, Number.POSITIVE_INFINITY), space);
}
