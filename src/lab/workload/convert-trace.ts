import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError, type MachineSpec, ParameterValues, ResourceSpace } from '../../model/index.js';
import { checkWritable } from '../../results/files/result-files.js';
import type { OpenTrace } from '../../workloads/formats/format.js';
import { formatNamed, formatOf } from '../../workloads/formats/index.js';
import { isMachineSpecification, parseMachines } from '../../workloads/machines.js';
import { machinesText, readMachines } from '../../workloads/machines-file.js';
import { assignSettings } from '../scenario/settings.js';
import { traceEnding, type WrittenTrace, writeFile, writeTrace } from './write-trace.js';

/** The trace to convert, as chosen by the user. */
export interface TraceConversion {
  readonly file: string;
  /** Name of its format; detected when left out. */
  readonly format: string | undefined;
  /** `--set key=value` for the reader of that format. */
  readonly set: Readonly<Record<string, string>>;
  /** The machines for which the trace is read, as for `--machines`: some readers divide jobs by them. Default: its own. */
  readonly machines: string | undefined;
  /** Path of the conversion; its ending chooses the form. */
  readonly out: string;
  /** Whether files that exist are replaced. */
  readonly replaces: boolean;
}

/** What was written. */
export interface ConvertedTrace extends WrittenTrace {
  readonly format: string;
  /** The file of the trace's own machines, and their number; null if it has none. */
  readonly machines: { readonly file: string; readonly count: number } | null;
  /** `--set` for the replay, such as `parquet.start=zero`; empty if the defaults are right. */
  readonly set: readonly string[];
  /** Number of rows that the reader left out, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Number of rows that the reader changed, for each kind of change. */
  readonly adjusted: Readonly<Record<string, number>>;
  /** Whether the reader has a history of demands of its own, which is not converted. */
  readonly losesHistory: boolean;
}

/**
 * Writes a trace of any format in Fairground's own, and the machines of the trace to `NAME.machines.csv` beside it. A replay of the
 * conversion has the events of a replay of the original.
 * @throws InputError
 */
export async function convertTrace(order: TraceConversion, signal?: AbortSignal): Promise<ConvertedTrace> {
  const ending = traceEnding(order.out, 'OUT');
  checkOutput(order.out, order);
  const format = order.format === undefined ? await formatOf(order.file) : formatNamed(order.format);
  const [assigned] = assignSettings(order.set, [format]);
  const settings = new ParameterValues(format.parameters, assigned);
  const cluster = await format.describeCluster(order.file, settings);
  const space = new ResourceSpace(cluster.resources);
  const own = order.machines === undefined ? await cluster.machines?.(space) : undefined;
  const machinesFile = `${order.out.slice(0, -ending.length)}.machines.csv`;
  const text = own === undefined ? '' : machinesText(own, space);
  const isThere = own !== undefined && hasText(machinesFile, text);
  if (own !== undefined && !isThere) checkOutput(machinesFile, order);
  const machines = own ?? (await givenMachines(order.machines, space));
  let trace: OpenTrace | undefined;
  const written = await writeTrace(
    order.out,
    () => {
      trace = format.open(order.file, space, settings, machines);
      return trace;
    },
    signal,
  );
  if (own !== undefined && !isThere) await writeFile(machinesFile, [text], signal);
  const { dropped = {}, adjusted = {}, startsAt, history } = trace ?? {};
  return {
    ...written,
    format: format.name,
    machines: own === undefined ? null : { file: machinesFile, count: own.length },
    set: startsAt === 'zero' ? [`${ending === '.parquet' ? 'parquet' : 'csv'}.start=zero`] : [],
    dropped,
    adjusted,
    losesHistory: history !== undefined,
  };
}

async function givenMachines(
  text: string | undefined,
  space: ResourceSpace,
): Promise<MachineSpec[] | undefined> {
  if (text === undefined) return undefined;
  const source = isMachineSpecification(text) ? parseMachines(text) : await readMachines(text);
  return source.machines(space);
}

/** Whether a file has this text, such as that of an earlier conversion to another form. */
function hasText(path: string, text: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true && readFileSync(path, 'utf8') === text;
}

/** @throws InputError when the file exists, is that of the trace, or cannot be written. */
function checkOutput(path: string, { file, replaces }: TraceConversion): void {
  checkWritable(path, 'file');
  if (resolve(path) === resolve(file)) throw new InputError({ file: path }, 'is also the trace to convert');
  if (!replaces && statSync(path, { throwIfNoEntry: false }) !== undefined)
    throw new InputError({ file: path }, 'exists already; --force replaces it');
}
