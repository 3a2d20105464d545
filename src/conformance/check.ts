import type { Hooks, ObservedRun } from './observed-run.js';
import type { Scenario } from './scenario.js';
import type { Promises } from './subject.js';

/** The inputs of a check, and its output. */
export interface CheckContext {
  readonly seen: ObservedRun;
  readonly scenario: Scenario;
  readonly promises: Promises;
  /** Reports a violation. */
  complain(problem: string): void;
}

/** One invariant. `null` when it does not apply to the subject or the scenario. */
export interface Check {
  readonly name: string;
  watch(context: CheckContext): Hooks | null;
}
