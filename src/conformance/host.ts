import type { Cluster, Observer } from '../model/index.js';
import type { PolicyParts } from '../policies/policy.js';
import type { Scenario } from './scenario.js';

/** A host of policies: the simulator, or a live master with agents that only simulate tasks. It keeps a ledger and calls observers. */
export interface Host {
  readonly name: string;
  /** Runs the scenario to its end. The observers are made after the ledger and before the first event. */
  run(
    scenario: Scenario,
    parts: PolicyParts,
    observers: (cluster: Cluster) => readonly Partial<Observer>[],
  ): Promise<void>;
}
