import type { Micros, Parcels, RolePath } from '../../model/index.js';
import type { DrfSettings } from '../../policies/allocators/hierarchical/drf-settings.js';
import type { MadeOffer } from '../allocation/allocator-host.js';
import type { HostInput } from './host-inputs.js';

/** The form of the records; a reader refuses another. */
export const DECISION_LOG_FORM = 'fairground/decisions@1';

/** The first record of a master's life: what its allocator was set up with. A restarted master begins a new life. */
export interface LogHeader {
  readonly log: typeof DECISION_LOG_FORM;
  readonly at: Micros;
  readonly policy: string;
  readonly settings: Omit<Partial<DrfSettings>, 'weights' | 'quotas'>;
  /** Seed of the stream `allocator`. */
  readonly seed: string;
  /** Seconds between batches. */
  readonly interval: number;
  /** Names of the resources, in the order of their dimensions. */
  readonly names: readonly string[];
}

/**
 * A turn of the allocator: what it was told at one time, in order, and what it decided because of it. Without `offers` the
 * decision was left to a later turn.
 */
export interface TurnRecord {
  readonly at: Micros;
  readonly inputs: readonly HostInput[];
  readonly offers?: readonly MadeOffer[];
}

/** What a framework is called. */
export interface FrameworkNote {
  readonly at: Micros;
  readonly framework: string;
  readonly name: string;
}

/** What became of a task: the load that another policy would have met. */
export interface TaskNote {
  readonly at: Micros;
  /** launched: its framework asked for it. running: its command runs. ended: its resources are free. */
  readonly task: 'launched' | 'running' | 'ended';
  /** The framework's id and the task's, which together name it. */
  readonly framework: string;
  readonly id: string;
  readonly role: RolePath;
  readonly agent: string;
  /** Of `launched`: what it takes. */
  readonly parcels?: Parcels;
  /** Of `launched`: when it was submitted to its framework, where that says so (see SUBMITTED_LABEL). */
  readonly submitted?: Micros;
  /** Of `ended`: its final state; TASK_LOST when the master ended it. */
  readonly state?: string;
}

/** One line of the log. */
export type DecisionRecord = LogHeader | TurnRecord | FrameworkNote | TaskNote;

/** Label of a task with the time of its submission, in Micros since the Unix epoch: by it a log tells waiting from running. */
export const SUBMITTED_LABEL = 'fairground.submitted';

/** Where a master writes down what it was told and what it decided. */
export interface DecisionLog {
  write(record: DecisionRecord): void;
}

/** For masters whose decisions nobody will ask about. */
export const NO_DECISION_LOG: DecisionLog = { write: () => undefined };
