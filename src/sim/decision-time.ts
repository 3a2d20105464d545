import type { Micros } from '../model/index.js';

/**
 * How long a scheduler thinks: `perJob` for each job it looks at plus `perTask` for each of their pending tasks
 * (Schwarzkopf et al., Omega, EuroSys 2013, section 4). Modelled, never measured.
 */
export interface DecisionTime {
  readonly perJob: Micros;
  readonly perTask: Micros;
}

export const NO_DECISION_TIME: DecisionTime = { perJob: 0, perTask: 0 };

export function decisionTime(model: DecisionTime, jobs: number, tasks: number): Micros {
  return model.perJob * jobs + model.perTask * tasks;
}
