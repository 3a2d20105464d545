import { readCsv } from '../../../workloads/formats/csv-records.js';
import type { Check } from '../study.js';
import type { PackingLine } from './packing-log.js';

/** Every decision of a run against those in a file: pod, node, GPU devices, refusal. @throws InputError */
export async function compareDecisions(
  what: string,
  file: string,
  lines: readonly PackingLine[],
): Promise<Check> {
  let published = 0;
  let equal = 0;
  let first: string | undefined;
  for await (const record of readCsv(file, ['i', 'pod', 'node', 'gpus'])) {
    const wanted = decisionText({
      pod: record.text('pod'),
      node: record.text('node'),
      devices: record.text('gpus'),
    });
    const line = lines[published++];
    const made = line === undefined ? 'nothing' : decisionText(line);
    if (made === wanted) equal++;
    else first ??= `first at ${published - 1}: ${made} instead of ${wanted}`;
  }
  return {
    what: `${what}: decisions`,
    published: String(published),
    ours: `${equal} equal of ${lines.length}`,
    difference: first ?? 'none',
    passed: equal === published && lines.length === published,
  };
}

function decisionText({ pod, node, devices }: Pick<PackingLine, 'pod' | 'node' | 'devices'>): string {
  return node === '' ? `${pod} dropped` : `${pod} on ${node}${devices === '' ? '' : ` gpu ${devices}`}`;
}
