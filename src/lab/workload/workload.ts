import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  InputError,
  type Micros,
  type Parameter,
  type ParameterValue,
  ParameterValues,
  quote,
  type ResourceSpace,
} from '../../model/index.js';
import { RandomStreams } from '../../sim/random-streams.js';
import type { MachineEvent } from '../../sim/simulation.js';
import {
  compose,
  compositionParameters,
  recoveryParameters,
  type ServiceUse,
  serviceNamed,
  serviceTerms,
} from '../../workloads/composition.js';
import type { Format, TraceCluster } from '../../workloads/formats/format.js';
import { formatNamed, formatOf } from '../../workloads/formats/index.js';
import { fileName } from '../../workloads/formats/text-file.js';
import {
  GOOGLE_2011_PARAMETERS,
  GOOGLE_2011_RESOURCES,
  google2011,
  google2011Machines,
} from '../../workloads/google-2011/google-2011.js';
import { type MachineSource, parseMachines } from '../../workloads/machines.js';
import type { ServiceTerms } from '../../workloads/recovery.js';
import { SERVICES } from '../../workloads/services/index.js';
import { SERVICE_RESOURCES, SMACK, SMACK_HORIZON, SMACK_MACHINES } from '../../workloads/smack.js';
import type { Trace } from '../../workloads/trace.js';

/** What to run, as a person names it: a generator, or a file. */
export type WorkloadChoice =
  | {
      readonly kind: 'generated';
      readonly name: string;
      /** What it is composed of, each `service` or `name=service`; its own services when left out. */
      readonly services?: readonly string[];
      /** Those that others come after, by the name of the later one. */
      readonly after?: Readonly<Record<string, string[]>>;
    }
  | { readonly kind: 'trace'; readonly path: string; readonly format?: string }
  /** The load that a real master met, out of its decision log. */
  | { readonly kind: 'decision-log'; readonly path: string };

/** A workload that can be opened again and again: once per run, and once more for a forecast. */
export interface Workload {
  readonly kind: 'generated' | 'trace';
  readonly name: string;
  readonly format?: string;
  readonly sha256?: string;
  /** What it is composed of, where a person said so. */
  readonly services?: readonly string[];
  /** Those that others come after, by the name of the later one. */
  readonly after?: Readonly<Record<string, string[]>>;
  readonly parameters: readonly Parameter[];
  /** How its services recover; they matter only where something can fail. */
  readonly recoveryParameters: readonly Parameter[];
  /** What each framework does about failures, by the settings of all those parameters; undefined for the usual. */
  terms(settings: Readonly<Record<string, ParameterValue>>): readonly (ServiceTerms | undefined)[];
  /** Length of the run when none is asked for; undefined to run until nothing is left. */
  readonly defaultHorizon: Micros | undefined;
  /** The run starts at 0, or with the first submission. */
  readonly startsAt: 'zero' | 'first-submission';
  /** Resources its tasks ask for. */
  readonly resources: readonly string[];
  /** When its own machines come and go, where they do. */
  readonly machineEvents?: readonly MachineEvent[];
  /** The machines it comes with; an error says what to do when there are none. */
  defaultMachines(settings: Readonly<Record<string, ParameterValue>>): Promise<MachineSource>;
  open(
    space: ResourceSpace,
    horizon: Micros,
    seed: string,
    settings: Readonly<Record<string, ParameterValue>>,
  ): OpenWorkload;
}

/** A workload opened for one run. */
export interface OpenWorkload {
  readonly trace: Trace;
  /** Rows of a file that were left out, by reason; final once all rows are read. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Share of the file that has been read; undefined for a generator. */
  readonly readShare?: () => number;
}

/** What a summary calls machines that came with their trace. */
export const MACHINES_OF_TRACE = 'of the trace';

/** Every generator that `--workload NAME` and `trace generate NAME` know. */
const GENERATORS: Readonly<Record<string, () => Workload>> = {
  smack: () => composedWorkload('smack', SMACK),
  'google-2011': google2011Workload,
};

/** The names of the generators, for help and messages. */
export const GENERATOR_NAMES: readonly string[] = Object.keys(GENERATORS);

/** @throws InputError when there is no such generator, file or format. */
export async function chooseWorkload(choice: WorkloadChoice): Promise<Workload> {
  if (choice.kind === 'trace') return traceWorkload(choice.path, choice.format);
  if (choice.kind === 'decision-log') {
    const { loggedWorkload } = await import('../replay/logged-workload.js');
    return loggedWorkload(choice.path, await fileHash(choice.path));
  }
  const { name, services, after } = choice;
  if (services !== undefined) {
    const uses = services.map(useOf).map((use) => ({ ...use, after: after?.[use.name] ?? [] }));
    return { ...composedWorkload(name, uses), services, ...(after !== undefined && { after }) };
  }
  if (!GENERATOR_NAMES.includes(name)) {
    throw new InputError(
      { field: '--workload' },
      `unknown workload ${quote(name)}, expected one of ${GENERATOR_NAMES.join(', ')}`,
    );
  }
  return GENERATORS[name]();
}

/** Reads `kafka` or `log=kafka`. @throws InputError when there is no such service. */
function useOf(text: string): ServiceUse {
  const [name, service = name] = text.split('=');
  return { name, service: serviceNamed(service, SERVICES, { field: 'services' }) };
}

function composedWorkload(name: string, uses: readonly ServiceUse[]): Workload {
  return {
    kind: 'generated',
    name,
    parameters: compositionParameters(uses),
    recoveryParameters: recoveryParameters(uses),
    terms: (settings) => serviceTerms(uses, settings),
    defaultHorizon: SMACK_HORIZON,
    startsAt: 'zero',
    resources: SERVICE_RESOURCES,
    defaultMachines: async () => parseMachines(SMACK_MACHINES),
    open(space, horizon, seed, settings) {
      if (!Number.isFinite(horizon))
        throw new InputError({ field: '--until' }, 'a generated workload needs an end, such as --until 1d');
      const streams = new RandomStreams(seed);
      const scene = { space, horizon, stream: (stream: string) => streams.stream(stream), settings };
      return { trace: compose(uses, scene), dropped: {} };
    },
  };
}

function google2011Workload(): Workload {
  const parameters = GOOGLE_2011_PARAMETERS;
  return {
    kind: 'generated',
    name: 'google-2011',
    parameters,
    recoveryParameters: [],
    terms: () => [],
    defaultHorizon: undefined,
    startsAt: 'zero',
    resources: GOOGLE_2011_RESOURCES,
    defaultMachines: async (settings) => google2011Machines(new ParameterValues(parameters, settings)),
    open(space, horizon, seed, settings) {
      const streams = new RandomStreams(seed);
      const values = new ParameterValues(parameters, settings);
      return { trace: google2011(space, horizon, (name) => streams.stream(name), values), dropped: {} };
    },
  };
}

async function traceWorkload(path: string, formatName: string | undefined): Promise<Workload> {
  const format = formatName === undefined ? await formatOf(path) : formatNamed(formatName);
  const cluster = await format.describeCluster(path, new ParameterValues(format.parameters));
  return {
    kind: 'trace',
    name: fileName(path),
    format: format.name,
    sha256: await fileHash(path),
    parameters: format.parameters,
    recoveryParameters: [],
    terms: () => [],
    defaultHorizon: undefined,
    startsAt: format.startsAt ?? 'first-submission',
    resources: cluster.resources,
    defaultMachines: (settings) => machinesOfTrace(path, format, settings),
    open: (space, _horizon, _seed, settings) => {
      const trace = format.open(path, space, new ParameterValues(format.parameters, settings));
      return { trace, dropped: trace.dropped, readShare: () => trace.meter.share };
    },
  };
}

async function machinesOfTrace(
  path: string,
  format: Format,
  settings: Readonly<Record<string, ParameterValue>>,
): Promise<MachineSource> {
  const cluster: TraceCluster = await format.describeCluster(
    path,
    new ParameterValues(format.parameters, settings),
  );
  const { machines } = cluster;
  if (machines === undefined) throw new InputError({ file: path }, cluster.machinesHint);
  return {
    name: MACHINES_OF_TRACE,
    resources: cluster.resources,
    machines: async (space) => machines(space),
  };
}

async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
