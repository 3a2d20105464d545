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

/** The trace to generate, as chosen by the user. */
export interface TraceOrder {
  readonly generator: string;
  readonly seed: string;
  /** Only jobs submitted before this time are generated. The default is the length of the workload. */
  readonly until?: Micros;
  /** `--set key=value`. */
  readonly set: Readonly<Record<string, string>>;
  /** Path of the trace. It is compressed if the name ends with `.gz`. */
  readonly out: string;
  /** Path of the file of machines; without it, no machines are written. */
  readonly machinesOut?: string;
}

/** Counts of the written trace. */
export interface GeneratedTrace {
  readonly jobs: number;
  readonly tasks: number;
  readonly lastSubmission: Micros;
  /** 0 without `machinesOut`. */
  readonly machines: number;
}

/** Generates a trace and writes it in Fairground's own format. @throws InputError */
export async function generateTrace(order: TraceOrder): Promise<GeneratedTrace> {
  const workload = generatedWorkload({ kind: 'generated', name: order.generator });
  const [settings] = assignSettings(order.set, [workload]);
  const source = await workload.defaultMachines(settings);
  const space = new ResourceSpace(workload.resources.filter((name) => source.resources.includes(name)));
  const horizon = order.until ?? workload.defaultHorizon ?? Number.POSITIVE_INFINITY;
  if ((workload.open(space, horizon, order.seed, settings).trace.applications ?? []).length > 0)
    throw new InputError(
      { field: '--set scaling' },
      'a trace cannot contain applications with a controller, because they scale during the run; use scaling=ideal',
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

/** The trace with a count of its rows. Each pass over the rows counts from 0. */
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

/** A fast level. At zlib's default of 6, compression takes longer than the generation of the rows. */
const GZIP_LEVEL = 2;

/**
 * Writes pieces of text to a file, compressed if the name ends with `.gz`. The file gets its name only when it is complete.
 * @throws InputError when the file cannot be written.
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
