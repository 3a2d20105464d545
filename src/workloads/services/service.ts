import type { Micros, Parameter, ParameterValues, PlacementRule, ResourceSpace } from '../../model/index.js';
import type { ServiceTerms } from '../recovery.js';
import type { ScaledApplication } from '../scaled-application.js';
import type { LoadCurve, TaskRow } from '../trace.js';

/** A number in [0, 1). */
export type Draw = () => number;

/** What a generator gets: nothing else may influence what it makes. */
export interface ServiceContext {
  readonly space: ResourceSpace;
  /** Rows are made for this long from 0. */
  readonly horizon: Micros;
  /** A named random stream of the run's seed, at its beginning. */
  stream(name: string): Draw;
  /** Index of the service's framework. */
  readonly framework: number;
  /** Registers a curve of usage over time and returns its index. */
  addCurve(curve: LoadCurve): number;
  /** Registers an application whose instances are not rows: they come and go with its load while the run goes on. */
  addApplication(application: ScaledApplication): void;
  /** Registers a placement rule and returns its index. */
  addRule(rule: PlacementRule): number;
  /**
   * A demand vector from amounts in units. Resources that no machine of the run has are left out: a generated workload
   * adapts to the cluster it is made for.
   */
  demand(amounts: Readonly<Record<string, number>>): number[];
  /** Shares of the demand that are used, in the order of the space; 0 where not named. */
  usage(shares: Readonly<Record<string, number>>): number[];
}

/** A generator of one kind of service. Every number in it is a parameter. */
export interface Service {
  readonly name: string;
  /** One sentence for help and docs. */
  readonly about: string;
  readonly parameters: readonly Parameter[];
  /** Its tasks, in order of submission. */
  rows(values: ParameterValues, context: ServiceContext): Iterable<TaskRow>;
  /** What it does about failures; one without is restarted elsewhere, and its health is not watched. */
  readonly recovery?: ServiceRecovery;
}

/** How a service recovers. Its parameters matter, and show in results, only where something can fail. */
export interface ServiceRecovery {
  readonly parameters: readonly Parameter[];
  /** `values` are those of the service and of these parameters. */
  terms(values: ParameterValues): ServiceTerms;
}
