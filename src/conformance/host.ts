import type { Cluster, Observer } from '../model/index.js';
import type { PolicyParts } from '../policies/policy.js';
import type { Scenario } from './scenario.js';

/** What runs policies: the simulator, or a live master with agents that pretend to run tasks. It keeps a ledger and tells observers. */
export interface Host {
  readonly name: string;
  /** Runs the scenario to its end. The observers are made once the ledger is, before anything happens. */
  run(
    scenario: Scenario,
    parts: PolicyParts,
    observers: (cluster: Cluster) => readonly Partial<Observer>[],
  ): Promise<void>;
}
