import { InputError, type Micros, ResourceSpace } from '../../model/index.js';
import { machinesText } from '../../workloads/machines-file.js';
import { assignSettings } from '../scenario/settings.js';
import { generatedWorkload } from './workload.js';
import { type WrittenTrace, writeFile, writeTrace } from './write-trace.js';

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

/** Counts of the generated trace. */
export interface GeneratedTrace extends WrittenTrace {
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
  const counts = await writeTrace(order.out, () => workload.open(space, horizon, order.seed, settings).trace);
  if (order.machinesOut === undefined) return { ...counts, machines: 0 };
  const machines = await source.machines(space);
  await writeFile(order.machinesOut, [machinesText(machines, space)]);
  return { ...counts, machines: machines.length };
}
