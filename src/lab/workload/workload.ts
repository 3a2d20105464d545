import {
  didYouMean,
  InputError,
  type MachineSpec,
  type Micros,
  type Parameter,
  type ParameterValue,
  ParameterValues,
  quote,
  type ResourceSpace,
} from '../../model/index.js';
import type { MachineEvent } from '../../sim/machine-changes.js';
import { RandomStreams } from '../../sim/random-streams.js';
import {
  compose,
  compositionParameters,
  recoveryParameters,
  type ServiceUse,
  serviceNamed,
  serviceTerms,
} from '../../workloads/composition.js';
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

/** The workload that the user chose: a generator or a file. */
export type WorkloadChoice = GeneratedChoice | FileChoice;

/** A generator by its name. */
export interface GeneratedChoice {
  readonly kind: 'generated';
  readonly name: string;
  /** Its services, each `service` or `name=service`. The default is the services of the generator. */
  readonly services?: readonly string[];
  /** For each later service, the names of the services that it comes after. */
  readonly after?: Readonly<Record<string, string[]>>;
}

/** A workload in a file. */
export type FileChoice =
  | { readonly kind: 'trace'; readonly path: string; readonly format?: string }
  /** The load of a real master, from its decision log. */
  | { readonly kind: 'decision-log'; readonly path: string };

/** A workload. It is opened for each run, and once more if the policy needs a survey of it. */
export interface Workload {
  readonly kind: 'generated' | 'trace';
  readonly name: string;
  readonly format?: string;
  readonly sha256?: string;
  /** Its services, if the user listed them. */
  readonly services?: readonly string[];
  /** For each later service, the names of the services that it comes after. */
  readonly after?: Readonly<Record<string, string[]>>;
  readonly parameters: readonly Parameter[];
  /** Parameters of recovery. They have no effect in a run without failures. */
  readonly recoveryParameters: readonly Parameter[];
  /** How each framework recovers, by the settings of all these parameters; undefined for the default. */
  terms(settings: Readonly<Record<string, ParameterValue>>): readonly (ServiceTerms | undefined)[];
  /** Length of the run by default; undefined to run until no event is left. */
  readonly defaultHorizon: Micros | undefined;
  /** Resources that its tasks demand. */
  readonly resources: readonly string[];
  /** When machines of the workload leave and return. */
  readonly machineEvents?: readonly MachineEvent[];
  /** The machines of the workload. @throws InputError when it has none, with advice. */
  defaultMachines(settings: Readonly<Record<string, ParameterValue>>): Promise<MachineSource>;
  open(
    space: ResourceSpace,
    horizon: Micros,
    seed: string,
    settings: Readonly<Record<string, ParameterValue>>,
    machines?: readonly MachineSpec[],
  ): OpenWorkload;
}

/** A workload opened for one run. */
export interface OpenWorkload {
  readonly trace: Trace;
  /** Start of the run: time 0, or the first submission. */
  readonly startsAt: 'zero' | 'first-submission';
  /** Number of rows that were left out, by reason; final once all rows are read. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Number of rows that the reader changed, for each kind of change; final once all rows are read. */
  readonly adjusted?: Readonly<Record<string, number>>;
  /** Share of the file that has been read; undefined for a generator. */
  readonly readShare?: () => number;
}

/** The source of machines in a summary, if they come from the trace. */
export const MACHINES_OF_TRACE = 'of the trace';

/** All generators of `--workload NAME` and `trace generate NAME`. */
const GENERATORS: Readonly<Record<string, () => Workload>> = {
  smack: () => composedWorkload('smack', SMACK),
  'google-2011': google2011Workload,
};

/** The names of the generators, for help and messages. */
export const GENERATOR_NAMES: readonly string[] = Object.keys(GENERATORS);

/** @throws InputError when there is no such generator or service. */
export function generatedWorkload({ name, services, after }: GeneratedChoice): Workload {
  if (services !== undefined) {
    const uses = services.map(useOf).map((use) => ({ ...use, after: after?.[use.name] ?? [] }));
    return { ...composedWorkload(name, uses), services, ...(after !== undefined && { after }) };
  }
  if (!GENERATOR_NAMES.includes(name)) {
    throw new InputError(
      { field: '--workload' },
      `unknown workload ${quote(name)}, expected one of ${GENERATOR_NAMES.join(', ')}${didYouMean(name, GENERATOR_NAMES)}`,
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
    resources: SERVICE_RESOURCES,
    defaultMachines: async () => parseMachines(SMACK_MACHINES),
    open(space, horizon, seed, settings) {
      if (!Number.isFinite(horizon))
        throw new InputError({ field: '--until' }, 'a generated workload needs an end, such as --until 1d');
      const streams = new RandomStreams(seed);
      const scene = { space, horizon, stream: (stream: string) => streams.stream(stream), settings };
      return { trace: compose(uses, scene), startsAt: 'zero', dropped: {} };
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
    resources: GOOGLE_2011_RESOURCES,
    defaultMachines: async (settings) => google2011Machines(new ParameterValues(parameters, settings)),
    open(space, horizon, seed, settings) {
      const streams = new RandomStreams(seed);
      const values = new ParameterValues(parameters, settings);
      const trace = google2011(space, horizon, (name) => streams.stream(name), values);
      return { trace, startsAt: 'zero', dropped: {} };
    },
  };
}
