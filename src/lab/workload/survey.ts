import type { FrameworkSpec, MachineSpec, Micros } from '../../model/index.js';
import type { Forecast, TaskMix } from '../../policies/policy.js';
import { servicesFit } from '../../workloads/fits-machines.js';
import { lookThrough } from '../../workloads/look-through.js';
import type { Trace } from '../../workloads/trace.js';
import { ForecastLook } from './forecast.js';
import { MixLook, taskMixOf } from './task-mix.js';

/** The facts about the workload that a run needs before it starts. */
export interface SurveyNeeds {
  readonly forecast: boolean;
  readonly taskMix: boolean;
  /** Machines on which the services must fit; undefined for no check. */
  readonly fitOn: readonly MachineSpec[] | undefined;
}

/** The facts, as far as they are needed. */
export interface Survey {
  readonly forecast: Forecast | undefined;
  readonly taskMix: TaskMix | undefined;
  /** All frameworks of the workload; undefined when no forecast was needed, because then not all rows were read. */
  readonly frameworks: readonly FrameworkSpec[] | undefined;
}

/** Gathers all facts in one pass over the workload. If none is needed, the workload is not opened. @throws InputError */
export async function surveyWorkload(
  open: () => Trace,
  horizon: Micros,
  needs: SurveyNeeds,
): Promise<Survey> {
  if (!needs.forecast && !needs.taskMix && needs.fitOn === undefined)
    return { forecast: undefined, taskMix: undefined, frameworks: undefined };
  const trace = open();
  const forecast = needs.forecast ? new ForecastLook(trace, horizon) : undefined;
  const mix = needs.taskMix && trace.history === undefined ? new MixLook(trace, horizon) : undefined;
  const fit = needs.fitOn === undefined ? undefined : servicesFit(trace, needs.fitOn);
  await lookThrough(
    trace.batches(),
    [fit, forecast, mix].filter((look) => look !== undefined),
  );
  return {
    forecast: forecast?.forecast(),
    taskMix: needs.taskMix ? (mix?.mix() ?? (await taskMixOf(trace, horizon))) : undefined,
    frameworks: forecast === undefined ? undefined : trace.frameworks,
  };
}
