import { assignSettings } from '../lab/scenario/settings.js';
import { type MachineSpec, ParameterValues, ResourceSpace } from '../model/index.js';
import type { OpenTrace } from '../workloads/formats/format.js';
import { formatNamed, formatOf } from '../workloads/formats/index.js';
import { fileName } from '../workloads/formats/text-file.js';
import { rowAt } from '../workloads/trace.js';
import { type Amounts, amountsOf, type TraceRow, traceRowOf } from './trace-rows.js';

/** A machine of a trace. */
export interface TraceMachine {
  readonly name: string;
  readonly capacity: Amounts;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A trace file. Iterating reads it once, from the beginning, with a part of it in memory at a time. */
export interface TraceFile extends AsyncIterable<TraceRow> {
  /** Name of the file. */
  readonly name: string;
  readonly format: string;
  /** Resources that its tasks request. */
  readonly resources: readonly string[];
  /** Its own machines; undefined if it has none. */
  readonly machines: readonly TraceMachine[] | undefined;
  /** Number of rows that were left out, by reason; complete after the last row. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Number of rows that were changed, by kind of change; complete after the last row. */
  readonly adjusted: Readonly<Record<string, number>>;
}

/** How a trace is read. */
export interface TraceOptions {
  /** `csv`, `parquet`, `swf`, `openb` or `omega`. It is recognized if left out. */
  readonly format?: string;
  /** Parameters of the format, such as `{ 'swf.cores': '8' }`. */
  readonly set?: Readonly<Record<string, string>>;
}

/**
 * Opens a trace file of any format.
 *
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { readTrace } from 'fairground';
 *
 * writeFileSync('jobs.csv', 'job_id,submit,duration,cpus\na,0,10,2\nb,5,20,1\n');
 * const trace = await readTrace('jobs.csv');
 * let coreSeconds = 0;
 * for await (const { tasks, demand, duration } of trace) coreSeconds += tasks * demand.cpus * duration;
 * console.log(trace.format, trace.resources, coreSeconds);
 * ```
 *
 * @throws An error with the name `InputError` for an unknown format, and, while rows are read, for a mistake in the file.
 */
export async function readTrace(path: string, options: TraceOptions = {}): Promise<TraceFile> {
  const format = options.format === undefined ? await formatOf(path) : formatNamed(options.format);
  const [assigned] = assignSettings(options.set ?? {}, [format]);
  const settings = new ParameterValues(format.parameters, assigned);
  const cluster = await format.describeCluster(path, settings);
  const space = new ResourceSpace(cluster.resources);
  const machines = await cluster.machines?.(space);
  let trace: OpenTrace | undefined;
  return {
    name: fileName(path),
    format: format.name,
    resources: space.names,
    machines: machines?.map((machine) => machineOf(machine, space)),
    get dropped() {
      return { ...trace?.dropped };
    },
    get adjusted() {
      return { ...trace?.adjusted };
    },
    async *[Symbol.asyncIterator]() {
      const opened = format.open(path, space, settings, machines);
      trace = opened;
      for await (const batch of opened.batches())
        for (let row = 0; row < batch.length; row++) yield traceRowOf(rowAt(batch, row), opened);
    },
  };
}

function machineOf({ name, capacity, attributes }: MachineSpec, space: ResourceSpace): TraceMachine {
  return { name, capacity: amountsOf(capacity, space), attributes: { ...attributes } };
}
