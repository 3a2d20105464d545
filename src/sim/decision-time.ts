import type { Micros } from '../model/index.js';

/**
 * Decision time of a scheduler: `perJob` for each job it looks at plus `perTask` for each of their pending tasks
 * (Schwarzkopf et al., Omega, EuroSys 2013, section 4). Modelled, never measured.
 */
export interface DecisionTime {
  readonly perJob: Micros;
  readonly perTask: Micros;
}

/**
 * One decision time for all jobs (the single path of the Omega paper), or times of their own for the jobs of some
 * frameworks, by name (the multi-path).
 */
export type DecisionTimes = DecisionTime & { readonly byFramework?: ReadonlyMap<string, DecisionTime> };

export const NO_DECISION_TIME: DecisionTime = { perJob: 0, perTask: 0 };

export function decisionTime(model: DecisionTime, jobs: number, tasks: number): Micros {
  return model.perJob * jobs + model.perTask * tasks;
}

/** What a scheduler needs for the jobs of this framework. */
export function decisionTimeFor(times: DecisionTimes, framework: string): DecisionTime {
  return times.byFramework?.get(framework) ?? times;
}
