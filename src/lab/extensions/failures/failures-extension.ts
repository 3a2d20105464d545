import type { z } from 'zod';
import type { Parameter } from '../../../model/index.js';
import { FAILURE_PARAMETERS } from '../../../sim/failures/failure-parameters.js';
import { RandomStreams } from '../../../sim/random-streams.js';
import type { RunPlan, Values } from '../../run/run-plan.js';
import { settingsRecord } from '../../scenario/settings.js';
import type { Workload } from '../../workload/workload.js';
import type { Extension } from '../extension.js';
import { failureSettings, planFailures } from './failure-plan.js';

/** Failures, their detection by the master, and the recovery of frameworks. */
export const failures = {
  name: 'failures',
  parameters: parametersOf,
  scenarioKeys: (zod: typeof z) => {
    const text = zod.union([zod.string(), zod.number()]).transform(String);
    return {
      failures: text.optional().describe('a preset such as lanl05, or a .csv file of outages'),
      faults: zod.array(text).optional().describe("a fault script: 'at 2h: kill rack rack-3 for 30m'"),
    };
  },

  namesFrameworks: (_, { checkpoints = 'none', partitionAware = 'none' }) =>
    checkpoints !== 'none' || (partitionAware !== 'none' && partitionAware !== 'all'),

  async plan(plan, sources) {
    const { spec, workload, settings, cluster } = plan;
    if (!canFail(plan)) return {};
    const values = valuesOf(plan);
    const terms = workload.terms({ ...settings.workload, ...values });
    const { failures: planned, adjusted } = await planFailures(spec.failures ?? {}, values, {
      cluster,
      machines: plan.wholeCluster,
      part: plan.part,
      frameworks: plan.frameworks,
      terms,
      horizon: plan.horizon,
      streams: new RandomStreams(spec.seed),
      readTrace: sources.failureTrace,
    });
    return { simulation: { failures: planned }, recoveryTerms: terms, outagesAdjusted: adjusted };
  },

  describe(plan) {
    if (plan.added.simulation?.failures === undefined) return {};
    const { preset = '', faults = [] } = plan.spec.failures ?? {};
    const settings = settingsRecord(parametersOf(plan.workload), valuesOf(plan));
    const { outagesAdjusted: adjusted = {} } = plan.added;
    const changes = Object.keys(adjusted).length > 0 && { adjusted };
    return { failures: { preset, faults: [...faults], settings, ...changes } };
  },
} satisfies Extension;

/** Are failures on? Operations turn them on too, because they need the health of services. */
function canFail({ spec, settings }: RunPlan): boolean {
  const { failures: choice, operations = [] } = spec;
  return (
    operations.length > 0 || choice !== undefined || Object.keys(settings.extensions.failures).length > 0
  );
}

function valuesOf({ spec, settings }: RunPlan): Values {
  return failureSettings(spec.failures ?? {}, settings.extensions.failures);
}

function parametersOf(workload: Workload): readonly Parameter[] {
  return [...FAILURE_PARAMETERS, ...workload.recoveryParameters];
}
