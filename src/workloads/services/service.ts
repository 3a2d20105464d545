import type { Micros, Parameter, ParameterValues, PlacementRule, ResourceSpace } from '../../model/index.js';
import type { ServiceTerms } from '../recovery.js';
import type { ScaledApplication } from '../scaled-application.js';
import type { LoadCurve, TaskRow } from '../trace.js';

/** A number in [0, 1). */
export type Draw = () => number;

/** All inputs of a generator. Nothing else may influence its rows. */
export interface ServiceContext {
  readonly space: ResourceSpace;
  /** Rows cover the time from 0 to here. */
  readonly horizon: Micros;
  /** Returns a named random stream of the run's seed, from its beginning. */
  stream(name: string): Draw;
  /** Index of the service's framework. */
  readonly framework: number;
  /** Registers a load curve and returns its index. */
  addCurve(curve: LoadCurve): number;
  /** Registers an application. Its instances are not rows; they follow its load during the run. */
  addApplication(application: ScaledApplication): void;
  /** Registers a placement rule and returns its index. */
  addRule(rule: PlacementRule): number;
  /**
   * Returns a demand vector from amounts in units. Resources that no machine of the run has are left out, so a
   * generated workload adapts to its cluster.
   */
  demand(amounts: Readonly<Record<string, number>>): number[];
  /** Used shares of the demand, in the order of the space; unknown (NaN) for unnamed resources. */
  usage(shares: Readonly<Record<string, number>>): number[];
}

/** A generator of one kind of service. All its numbers are parameters. */
export interface Service {
  readonly name: string;
  /** One sentence for help and docs. */
  readonly about: string;
  readonly parameters: readonly Parameter[];
  /** Its jobs end by themselves; the instances of other services run until they are stopped. */
  readonly isBatch?: true;
  /** Its tasks, in order of submission. */
  rows(values: ParameterValues, context: ServiceContext): Iterable<TaskRow>;
  /** Recovery from failures. A service without it restarts elsewhere, and its health is not measured. */
  readonly recovery?: ServiceRecovery;
}

/** Recovery of a service. Its parameters matter, and appear in results, only in runs with failures. */
export interface ServiceRecovery {
  readonly parameters: readonly Parameter[];
  /** `values` contain the parameters of the service and of its recovery. */
  terms(values: ParameterValues): ServiceTerms;
}
