import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assignSettings } from '../../src/lab/scenario/settings.js';
import {
  type Constraint,
  type MachineSpec,
  ParameterValues,
  type PlacementRule,
  ResourceSpace,
  toSeconds,
} from '../../src/model/index.js';
import { formatNamed, formatOf } from '../../src/workloads/formats/index.js';
import type { TaskBatch, TaskRow } from '../../src/workloads/trace.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-formats-'));

/** Creates a file with this content in a temporary folder. */
export function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A readable row: times in seconds, demand in quanta, names instead of indexes. */
export interface ReadRow {
  readonly job: string | number;
  readonly framework: string;
  readonly submit: number;
  readonly tasks: number;
  readonly demand: readonly number[];
  readonly gpuCount: number;
  readonly gpuMilliEach: number;
  readonly constraint: readonly Constraint[];
  /** Undefined if the row has none. */
  readonly rule?: PlacementRule;
  readonly estimate: number;
  readonly priority: number;
  readonly gang: boolean;
  /** Left out while no gang of the batch has one. */
  readonly minimum?: number;
  readonly duration: number;
  readonly failAfter: number;
  /** Used shares; NaN if the trace has none. */
  readonly usage: readonly number[];
  /** Offsets in seconds, and used shares, step by step. Left out where usage is constant. */
  readonly profile?: { readonly offsets: readonly number[]; readonly shares: readonly number[] };
  /** Left out where the row has none. */
  readonly attempts?: TaskRow['attempts'];
  readonly ended?: TaskRow['ended'];
}

export interface ReadTrace {
  readonly format: string;
  readonly resources: readonly string[];
  readonly rows: readonly ReadRow[];
  readonly dropped: Readonly<Record<string, number>>;
  readonly adjusted: Readonly<Record<string, number>>;
}

/** Reads a whole file in the named format, or else in the detected one. */
export async function readTrace(
  path: string,
  set: Readonly<Record<string, string>> = {},
  formatName?: string,
  machines?: readonly MachineSpec[],
): Promise<ReadTrace> {
  const format = formatName === undefined ? await formatOf(path) : formatNamed(formatName);
  const settings = new ParameterValues(format.parameters, assignSettings(set, [format])[0]);
  const { resources } = await format.describeCluster(path, settings);
  const trace = format.open(path, new ResourceSpace(resources), settings, machines);
  const rows: ReadRow[] = [];
  for await (const batch of trace.batches()) {
    for (let row = 0; row < batch.length; row++) {
      rows.push({
        ...plainRow(batch, row),
        framework: trace.frameworks[batch.framework[row]].name,
        constraint: trace.constraints[batch.constraint[row]],
        ...(batch.rule[row] > 0 && { rule: trace.rules?.[batch.rule[row]] as PlacementRule }),
      });
    }
  }
  return { format: format.name, resources, rows, dropped: trace.dropped, adjusted: trace.adjusted };
}

function plainRow(batch: TaskBatch, row: number): Omit<ReadRow, 'framework' | 'constraint' | 'rule'> {
  const vector = (column: Int32Array | Float64Array) => [
    ...column.subarray(row * batch.dims, (row + 1) * batch.dims),
  ];
  const profile = batch.profile[row];
  return {
    job: batch.job[row],
    submit: toSeconds(batch.submit[row]),
    tasks: batch.tasks[row],
    demand: vector(batch.demand),
    gpuCount: batch.gpuCount[row],
    gpuMilliEach: batch.gpuMilliEach[row],
    estimate: toSeconds(batch.estimate[row]),
    priority: batch.priority[row],
    gang: batch.gang[row] === 1,
    ...(batch.minimum !== undefined && { minimum: batch.minimum[row] }),
    duration: toSeconds(batch.duration[row]),
    failAfter: toSeconds(batch.failAfter[row]),
    usage: vector(batch.usage),
    ...(profile !== undefined && {
      profile: { offsets: Array.from(profile.offsets, toSeconds), shares: [...profile.shares] },
    }),
    ...(batch.attempts[row] !== undefined && { attempts: batch.attempts[row] }),
    ...(batch.ended[row] !== undefined && { ended: batch.ended[row] }),
  };
}
