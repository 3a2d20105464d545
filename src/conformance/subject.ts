import type { FrameworkId, MachineId, Micros, ParameterValue } from '../model/index.js';
import type { PolicyContext, PolicyParts } from '../policies/policy.js';

/** Values of a policy's parameters that are not the defaults. */
export type Settings = Readonly<Record<string, ParameterValue>>;

/** What is put to the test: something that makes the parts of a policy, and what it promises beyond what all must keep. */
export interface Subject {
  readonly name: string;
  /** Settings to try; each scenario draws one of them. */
  readonly settings: readonly Settings[];
  build(settings: Settings, context: PolicyContext): PolicyParts;
  promises(settings: Settings, context: PolicyContext): Promises;
}

/** What a subject promises beyond what all must keep. */
export interface Promises {
  /** It never asks for what cannot be. */
  readonly noRefusals?: boolean;
  /** It gives a job up after so many attempts: its tasks may be abandoned before anybody loses patience. */
  readonly givesUp?: boolean;
  readonly workConservation?: WorkConservation;
  /**
   * The head of the queue starts no later than it would without the tasks that started before it, if users' estimates are upper
   * bounds. For schedulers of the whole cluster that go by the order of the queue.
   */
  readonly headIsNotDelayed?: HeadPromise;
}

/**
 * While tasks end as estimated: conservative backfilling keeps reservations. At an instant at which a task ends early, a task
 * behind the head may start first if its reservation is due. A waiting task that is abandoned leaves a gap in the plan.
 */
export type HeadPromise = 'always' | 'while tasks end as estimated';

/** Which tasks start when there is room for them. Gangs are left out: whether one fits depends on the order of its members. */
export interface WorkConservation {
  /** Every task, or only the one at the head of its queue. */
  readonly of: 'every task' | 'the head of the queue';
  /** One queue for all, or one for each framework. */
  readonly queues: 'one' | 'per framework';
  /** Where a framework's tasks may run; anywhere when left out. */
  readonly where?: (framework: FrameworkId, machine: MachineId) => boolean;
  /** How long room may lie idle; 0 promises that none does when all events of an instant have happened. */
  readonly within: Micros;
}
