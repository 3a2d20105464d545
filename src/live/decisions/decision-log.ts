import type { Micros, Parcels, RolePath } from '../../model/index.js';
import type { DrfSettings } from '../../policies/allocators/hierarchical/drf-settings.js';
import type { AllocatorHost, MadeOffer } from '../allocation/allocator-host.js';
import { type HostInput, isInputName } from './host-inputs.js';

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

/**
 * The same host, with all that it is told and all that it decides in the log. It is recorded at this border because nothing
 * else reaches the allocator: whatever a master comes to do, its inputs pass here.
 */
export function recordedHost(host: AllocatorHost, log: DecisionLog): AllocatorHost {
  let inputs: HostInput[] = [];
  let at = host.now;
  const told = (input: HostInput) => {
    if (inputs.length === 0) at = host.now;
    inputs.push(input);
  };
  const closeTurn = (offers?: ReturnType<AllocatorHost['collectOffers']>) => {
    if (inputs.length > 0) log.write({ at, inputs, ...(offers !== undefined && { offers }) });
    inputs = [];
  };
  return new Proxy(host, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (isInputName(name)) told([name, ...args]);
        const answer: unknown = member.apply(target, args);
        if (name === 'collectOffers') closeTurn(answer as ReturnType<AllocatorHost['collectOffers']>);
        return answer;
      };
    },
    set(target, name, value) {
      // What was told before the time moves was told at the time before.
      if (name === 'now' && value !== target.now) closeTurn();
      return Reflect.set(target, name, value, target);
    },
  });
}
