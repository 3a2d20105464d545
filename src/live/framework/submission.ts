import type { Constraint, Micros, PlacementRule, ScalingTerms } from '../../model/index.js';
import type { TaskInfo } from '../wire/messages.js';

/** A command and its resource request. */
interface CommandTerms {
  readonly name: string;
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Amounts in units (cores, MiB) by resource name. */
  readonly demand: Readonly<Record<string, number>>;
  readonly priority: number;
  /** What a machine must satisfy; every machine will do when left out. */
  readonly constraint?: readonly Constraint[];
  /** Placement rules of a job. Each instance of a service is a job of its own, so a service has preferences only. */
  readonly rule?: PlacementRule;
  /** Who submits it; left out when unknown. */
  readonly user?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A job: its tasks run to completion. */
export interface JobTerms extends CommandTerms {
  readonly tasks: number;
  /** The user's estimate of the run time; FOREVER when there is none. */
  readonly estimate: Micros;
  /** A task that runs longer is stopped, and has failed for good; FOREVER without a limit. */
  readonly timeLimit: Micros;
  /** From the submission; FOREVER without one. */
  readonly deadline: Micros;
  /** Gang: all tasks start at one instant or none does. */
  readonly gang: boolean;
  /** Maximum number of restarts after failures. */
  readonly retries: number;
}

/** A service: instances run until stopped. */
export interface ServiceTerms extends CommandTerms {
  readonly instances: number;
  readonly healthCheck: TaskInfo['health_check'];
  /** An instance is ready when it has been running and healthy for this long. */
  readonly readyAfter: Micros;
  /** Readiness timeout of an upgrade, from the submission of the instance. */
  readonly readyWithin: Micros;
  /** A control loop changes the number of instances within these bounds; undefined for a fixed number. */
  readonly scaling?: ScalingTerms;
}

/** The content of a submission file: jobs and services. */
export interface Submission {
  readonly jobs: readonly JobTerms[];
  readonly services: readonly ServiceTerms[];
}

/** Equal command, environment, demand and constraints: a change would not affect what runs. */
export function isSameVersion(a: ServiceTerms, b: ServiceTerms): boolean {
  const version = (terms: ServiceTerms) => JSON.stringify({ ...terms, instances: 0, scaling: undefined });
  return version(a) === version(b);
}
