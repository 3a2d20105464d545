import type { Micros } from '../../model/index.js';
import type { TaskInfo } from '../wire/messages.js';

/** A command and what it asks of an agent. */
interface CommandTerms {
  readonly name: string;
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Amounts in units (cores, MiB) by resource name. */
  readonly demand: Readonly<Record<string, number>>;
  readonly priority: number;
}

/** Tasks that end. */
export interface JobTerms extends CommandTerms {
  readonly tasks: number;
  /** The user's estimate of the run time; FOREVER when there is none. */
  readonly estimate: Micros;
  /** All start at one instant or none does. */
  readonly gang: boolean;
  /** How often a task starts again after it failed. */
  readonly retries: number;
}

/** Instances that run on until somebody ends them. */
export interface ServiceTerms extends CommandTerms {
  readonly instances: number;
  readonly healthCheck: TaskInfo['health_check'];
  /** An instance is ready when it has run for so long and nothing says that it is not well. */
  readonly readyAfter: Micros;
  /** An instance of an upgrade that is not ready after so long from its submission is not well. */
  readonly readyWithin: Micros;
}

/** What is to run: the content of a submission file. */
export interface Submission {
  readonly jobs: readonly JobTerms[];
  readonly services: readonly ServiceTerms[];
}

/** A demand as environment and ledger see it is equal, and so is the command: nothing would run otherwise. */
export function isSameVersion(a: ServiceTerms, b: ServiceTerms): boolean {
  return JSON.stringify({ ...a, instances: 0 }) === JSON.stringify({ ...b, instances: 0 });
}
