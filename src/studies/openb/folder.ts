import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../model/index.js';

/** The pod list of a workload. */
export function podList(folder: string, workload: string): string {
  return join(folder, `openb_pod_list_${workload}.csv`);
}

/** The node list, the same for every workload. */
export function nodeList(folder: string): string {
  return join(folder, 'openb_node_list_gpu_node.csv');
}

/** The published order of pods or nodes for a seed, compressed or plain. @throws InputError when it does not exist. */
export function orderFile(folder: string, workload: string, what: 'pods' | 'nodes', seed: string): string {
  const plain = join(folder, 'orders', `${workload}_${what}_${seed}.txt`);
  const found = [`${plain}.gz`, plain].find((path) => existsSync(path));
  if (found === undefined) throw new InputError({ file: `${plain}.gz` }, 'order of pods or nodes not found');
  return found;
}
