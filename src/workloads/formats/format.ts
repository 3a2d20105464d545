import type { MachineSpec, Parameter, ParameterValues, ResourceSpace } from '../../model/index.js';
import type { MachineTimeline } from '../machine-change.js';
import type { Trace } from '../trace.js';
import type { ReadMeter } from './text-file.js';

/** A format of trace files. Each has one reader, registered in `formats/index.ts`. */
export interface Format {
  readonly name: string;
  /** One line for help and docs. */
  readonly about: string;
  readonly parameters: readonly Parameter[];
  /** Whether the file has this format, from its first lines. Called in the order of the registry. */
  recognizes(path: string, head: readonly string[]): boolean;
  /**
   * Describes the cluster of the trace: the names of the requested resources, and the machines, if any. Reads as little
   * as possible. @throws InputError
   */
  describeCluster(path: string, settings: ParameterValues): Promise<TraceCluster>;
  /**
   * What the rows depend on of the machines: traces with equal texts have equal rows. Left out if the rows of the format do not depend
   * on machines.
   */
  useOfMachines?(space: ResourceSpace, settings: ParameterValues, machines: readonly MachineSpec[]): string;
  /**
   * Opens the trace for one run on machines of this space. Without machines, it is opened to be described.
   * @throws InputError while it is read.
   */
  open(
    path: string,
    space: ResourceSpace,
    settings: ParameterValues,
    machines?: readonly MachineSpec[],
  ): OpenTrace;
}

/** Description of a trace's cluster. */
export interface TraceCluster {
  /** Resources that rows of the trace request. */
  readonly resources: readonly string[];
  /** Creates the trace's own machines in the run's space. */
  readonly machines?: (space: ResourceSpace) => MachineSpec[] | Promise<MachineSpec[]>;
  /** How the trace's own machines change, if they do. */
  readonly machineChanges?: (
    space: ResourceSpace,
    machines: readonly MachineSpec[],
  ) => MachineTimeline | Promise<MachineTimeline>;
  /** Message for the case that neither the trace nor the user specifies machines. */
  readonly machinesHint: string;
}

/** A trace in a file, with counts of the omitted and changed rows. The counts are final after all rows are read. */
export interface OpenTrace extends Trace {
  readonly meter: ReadMeter;
  /** Times are relative to the start of the run (zero). When left out, the run starts with the first submission. */
  readonly startsAt?: 'zero';
  /** Number of omitted rows, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Number of rows that the reader changed, for each kind of change; see Adjustments. */
  readonly adjusted: Readonly<Record<string, number>>;
  /** When left out, the format does not tell which jobs are censored. */
  readonly censored?: Readonly<Censored>;
}

/** Number of jobs of which the trace shows only a part; null where the format does not tell. */
export interface Censored {
  /** Started before the trace begins. */
  cutAtStart: number | null;
  /** Still running when the trace ends. */
  cutAtEnd: number | null;
  neverStarted: number | null;
}
