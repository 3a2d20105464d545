import type { Micros } from '../model/index.js';

/**
 * Decision time of a scheduler: `perJob` for each job in the decision, plus `perTask` for each of their pending tasks
 * (Schwarzkopf et al., Omega, EuroSys 2013, section 4). It is a model parameter, not a measurement.
 */
export interface DecisionTime {
  readonly perJob: Micros;
  readonly perTask: Micros;
}

/**
 * One decision time for all jobs (single-path in the Omega paper), or separate times for the jobs of some frameworks,
 * by name (multi-path).
 */
export type DecisionTimes = DecisionTime & { readonly byFramework?: ReadonlyMap<string, DecisionTime> };

export const NO_DECISION_TIME: DecisionTime = { perJob: 0, perTask: 0 };

export function decisionTime(model: DecisionTime, jobs: number, tasks: number): Micros {
  return model.perJob * jobs + model.perTask * tasks;
}

/** Decision time for jobs of this framework. */
export function decisionTimeFor(times: DecisionTimes, framework: string): DecisionTime {
  return times.byFramework?.get(framework) ?? times;
}
