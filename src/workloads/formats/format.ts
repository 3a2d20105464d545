import type { MachineSpec, Parameter, ParameterValues, ResourceSpace } from '../../model/index.js';
import type { Trace } from '../trace.js';
import type { ReadMeter } from './text-file.js';

/** A public or own form of trace files. One reader per form, registered in `formats/index.ts`. */
export interface Format {
  readonly name: string;
  /** One line for help and docs. */
  readonly about: string;
  readonly parameters: readonly Parameter[];
  /** Times count from the start of the run (zero), or, when left out, the run starts with the first submission. */
  readonly startsAt?: 'zero';
  /** Is this file of this form? Asked in the order of the registry, with the first lines of the file. */
  recognizes(path: string, head: readonly string[]): boolean;
  /**
   * What the trace itself says of the cluster: resource names its tasks ask for, and machines, when it has any.
   * Reads no more than it must. @throws InputError
   */
  describeCluster(path: string, settings: ParameterValues): Promise<TraceCluster>;
  /** Opens the trace for one run over machines of this space. @throws InputError while it is read. */
  open(path: string, space: ResourceSpace, settings: ParameterValues): OpenTrace;
}

/** What a trace says of its cluster. */
export interface TraceCluster {
  /** Resources that rows of the trace ask for. */
  readonly resources: readonly string[];
  /** Makes the machines that the trace itself names, in the run's space. */
  readonly machines?: (space: ResourceSpace) => MachineSpec[] | Promise<MachineSpec[]>;
  /** What to say when machines are needed and neither the trace nor the user gives them. */
  readonly machinesHint: string;
}

/** A trace in a file, which counts what it leaves out; the counts are final once all rows are read. */
export interface OpenTrace extends Trace {
  readonly meter: ReadMeter;
  /** Rows left out, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}
