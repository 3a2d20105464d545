import { InputError, type Micros, ResourceSpace } from '../model/index.js';
import { csvText } from '../workloads/formats/fairground-csv-text.js';
import { machinesText } from '../workloads/machines-text.js';
import type { TaskBatch, Trace } from '../workloads/trace.js';
import { assignSettings } from './settings.js';
import { chooseWorkload } from './workload.js';
import { writeText } from './write-text.js';

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
  const workload = await chooseWorkload({ kind: 'generated', name: order.generator });
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
