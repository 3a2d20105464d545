import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { InputError, type Micros, ResourceSpace } from '../../model/index.js';
import { partialPath } from '../../results/files/result-files.js';
import { csvText } from '../../workloads/formats/fairground-csv-text.js';
import { machinesText } from '../../workloads/machines-file.js';
import type { TaskBatch, Trace } from '../../workloads/trace.js';
import { assignSettings } from '../scenario/settings.js';
import { generatedWorkload } from './workload.js';

/** A trace that is to be made, as a person asks for it. */
export interface TraceOrder {
  readonly generator: string;
  readonly seed: string;
  /** Only jobs that are submitted before this are made; the workload's own length when left out. */
  readonly until?: Micros;
  /** `--set key=value`. */
  readonly set: Readonly<Record<string, string>>;
  /** Packed when the name ends with `.gz`. */
  readonly out: string;
  /** Where its machines are written; nowhere when left out. */
  readonly machinesOut?: string;
}

/** What has been written. */
export interface GeneratedTrace {
  readonly jobs: number;
  readonly tasks: number;
  readonly lastSubmission: Micros;
  /** 0 when they were not asked for. */
  readonly machines: number;
}

/** Makes a trace and writes it in Fairground's own form. @throws InputError */
export async function generateTrace(order: TraceOrder): Promise<GeneratedTrace> {
  const workload = generatedWorkload({ kind: 'generated', name: order.generator });
  const [settings] = assignSettings(order.set, [workload]);
  const source = await workload.defaultMachines(settings);
  const space = new ResourceSpace(workload.resources.filter((name) => source.resources.includes(name)));
  const horizon = order.until ?? workload.defaultHorizon ?? Number.POSITIVE_INFINITY;
  if ((workload.open(space, horizon, order.seed, settings).trace.applications ?? []).length > 0)
    throw new InputError(
      { field: '--set scaling' },
      'a trace holds what is known beforehand; applications with a controller scale while a run goes on (scaling=ideal has rows)',
    );
  const counts = { jobs: 0, tasks: 0, lastSubmission: 0 };
  await writeText(
    order.out,
    csvText(() => counted(workload.open(space, horizon, order.seed, settings).trace, counts)),
  );
  if (order.machinesOut === undefined) return { ...counts, machines: 0 };
  const machines = await source.machines(space);
  await writeText(order.machinesOut, [machinesText(machines, space)]);
  return { ...counts, machines: machines.length };
}

interface Counts {
  jobs: number;
  tasks: number;
  lastSubmission: Micros;
}

/** The trace, whose rows are counted from nothing whenever they are gone through. */
function counted(trace: Trace, counts: Counts): Trace {
  return { ...trace, batches: () => countedBatches(trace, counts) };
}

async function* countedBatches(trace: Trace, counts: Counts): AsyncGenerator<TaskBatch> {
  Object.assign(counts, { jobs: 0, tasks: 0, lastSubmission: 0 });
  let job: string | number | undefined;
  let framework = -1;
  for await (const batch of trace.batches()) {
    for (let row = 0; row < batch.length; row++) {
      if (batch.job[row] !== job || batch.framework[row] !== framework) counts.jobs++;
      job = batch.job[row];
      framework = batch.framework[row];
      counts.tasks += batch.tasks[row];
      counts.lastSubmission = batch.submit[row];
    }
    yield batch;
  }
}

/** Fast rather than small: packing costs more than making the rows at zlib's own default of 6. */
const GZIP_LEVEL = 2;

/**
 * Writes text that is made piece by piece, packed when the name ends with `.gz`. The file appears under its name only when it
 * is whole. @throws InputError when the place cannot be written.
 */
async function writeText(path: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const partial = partialPath(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = createWriteStream(partial);
    const text = Readable.from(pieces, { objectMode: true });
    if (path.endsWith('.gz')) await pipeline(text, asBytes(), createGzip({ level: GZIP_LEVEL }), file);
    else await pipeline(text, file);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new InputError({ file: path }, `cannot be written (${code})`);
  }
}

function asBytes(): Transform {
  return new Transform({
    writableObjectMode: true,
    transform: (text: string, _encoding, done) => done(null, Buffer.from(text)),
  });
}
