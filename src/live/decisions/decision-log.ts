import type { Micros, Parcels, RolePath } from '../../model/index.js';
import type { MemoryTexts } from '../../policies/hosting/policy-memory.js';
import type { AllocatorHost, MadeOffer } from '../allocation/allocator-host.js';
import { type HostInput, isInputName } from './host-inputs.js';

/** Version of the record format; a reader refuses others. */
export const DECISION_LOG_FORM = 'fairground/decisions@2';

/** The policy of a log. */
export interface LoggedPolicy {
  /** With all its settings, in the form of `--policy`: `drf(minAllocatable='cpus:1')`, `/home/me/mine.ts`. */
  readonly use: string;
  /** SHA-256 of its source, in hex. */
  readonly digest: string;
}

/** The first record of a log: the setup of the allocator. A restarted master starts a new log. */
export interface LogHeader {
  readonly log: typeof DECISION_LOG_FORM;
  readonly at: Micros;
  readonly policy: LoggedPolicy;
  /** Seed of the stream `allocator`. */
  readonly seed: string;
  /** Seconds between batches. */
  readonly interval: number;
  /** Names of the resources, in the order of their dimensions. */
  readonly names: readonly string[];
  /** What the allocator of the former master remembered; left out when it is nothing. */
  readonly memory?: MemoryTexts;
}

/**
 * A step of the allocator: its inputs at one time, in order, and the resulting decision. Without `offers` the
 * decision follows in a later step.
 */
export interface TurnRecord {
  readonly at: Micros;
  readonly inputs: readonly HostInput[];
  readonly offers?: readonly MadeOffer[];
}

/** The name of a framework. */
export interface FrameworkNote {
  readonly at: Micros;
  readonly framework: string;
  readonly name: string;
}

/** A change of a task's state: the workload for a simulation with another policy. */
export interface TaskNote {
  readonly at: Micros;
  /** launched: accepted from its framework. running: its command runs. ended: its resources are free. */
  readonly task: 'launched' | 'running' | 'ended';
  /** Framework id and task id; together they are unique. */
  readonly framework: string;
  readonly id: string;
  readonly role: RolePath;
  readonly agent: string;
  /** Only with `launched`: its resources. */
  readonly parcels?: Parcels;
  /** Only with `launched`: submission time, if the framework provides it (see SUBMITTED_LABEL). */
  readonly submitted?: Micros;
  /** Only with `ended`: its final state; TASK_LOST if the master ended it. */
  readonly state?: string;
}

/** One line of the log. */
export type DecisionRecord = LogHeader | TurnRecord | FrameworkNote | TaskNote;

/** Task label with the submission time, in Micros since the Unix epoch. It separates wait time from run time in a log. */
export const SUBMITTED_LABEL = 'fairground.submitted';

/** Records the inputs and decisions of a master. */
export interface DecisionLog {
  write(record: DecisionRecord): void;
}

/** Discards all records. */
export const NO_DECISION_LOG: DecisionLog = { write: () => undefined };

/**
 * Wraps a host so that all its inputs and decisions are logged. Every input of the allocator passes this interface, so the
 * log is complete by construction.
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
      // Inputs before a change of the time belong to the previous time.
      if (name === 'now' && value !== target.now) closeTurn();
      return Reflect.set(target, name, value, target);
    },
  });
}
