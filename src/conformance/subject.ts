import type { FrameworkId, MachineId, Micros, ParameterValue } from '../model/index.js';
import type { PolicyContext, PolicyParts } from '../policies/policy.js';

/** Values of a policy's parameters that are not the defaults. */
export type Settings = Readonly<Record<string, ParameterValue>>;

/** A subject of the tests: it makes the parts of a policy, and makes promises beyond the rules that apply to all policies. */
export interface Subject {
  readonly name: string;
  /** Settings to try; each scenario draws one of them. */
  readonly settings: readonly Settings[];
  build(settings: Settings, context: PolicyContext): PolicyParts;
  promises(settings: Settings, context: PolicyContext): Promises;
  /**
   * The policy of a file, loaded once more, so that the variables of its modules are new. It is used for restart number `times`.
   * Without it, a restart makes new parts only.
   */
  again?(times: number): Pick<Subject, 'build'>;
}

/** Promises of a subject beyond the rules that apply to all policies. */
export interface Promises {
  /** None of its decisions is refused. */
  readonly noRefusals?: boolean;
  /** It abandons a job after a number of attempts, so its tasks may be abandoned before their patience runs out. */
  readonly givesUp?: boolean;
  readonly workConservation?: WorkConservation;
  /** The machines that a framework's tasks may ever use. The default is all. */
  readonly mayUse?: (framework: FrameworkId, machine: MachineId) => boolean;
  /**
   * The head of the queue starts no later than without the tasks that passed it, if users' estimates are upper bounds. This applies
   * to schedulers of the whole cluster that follow the order of the queue.
   */
  readonly headIsNotDelayed?: HeadPromise;
  /** No job that the empty cluster can hold waits on it for long, neither a task nor a gang. */
  readonly servesAnyJob?: boolean;
  /** What it tells users with `act.promise` is kept, or moves earlier. */
  readonly keepsPromises?: boolean;
}

/**
 * `while tasks end as estimated` is for conservative backfilling, which keeps reservations. When a task ends early, a task behind
 * the head may start first at that instant if its reservation is due. An abandoned waiting task leaves a gap in the plan.
 */
export type HeadPromise = 'always' | 'while tasks end as estimated';

/** The tasks that start when there is room for them. Gangs are left out, because their fit depends on the order of the members. */
export interface WorkConservation {
  /** Every task, or only the one at the head of its queue. */
  readonly of: 'every task' | 'the head of the queue';
  /** One queue for all, or one for each framework. */
  readonly queues: 'one' | 'per framework';
  /** Longest time for which fitting room may stay idle. With 0, none is idle after all events of an instant have happened. */
  readonly within: Micros;
}
