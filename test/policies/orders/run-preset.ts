import { namedPolicy } from '../../../src/lab/policy-file/named-policies.js';
import {
  type FrameworkSpec,
  fromSeconds,
  ParameterValues,
  parseParameter,
} from '../../../src/model/index.js';
import type { Scheduler } from '../../../src/policies/contract.js';
import type { TaskMix } from '../../../src/policies/policy.js';
import { CPUS_MEM_GPUS, machinesOf, type SimulationSketch, simulate, story } from '../../simulate.js';
import { type RowSketch, rowsOf, type TraceParts, traceOf } from '../../traces-in-memory.js';

/** Settings of a run, all optional. */
export interface PresetTerms {
  /** Parameters in the format of the command line. */
  readonly set?: Readonly<Record<string, string>>;
  readonly frameworks?: readonly FrameworkSpec[];
  readonly rules?: TraceParts['rules'];
  readonly constraints?: TraceParts['constraints'];
  readonly explain?: readonly string[];
  readonly decisionTimes?: SimulationSketch['decisionTimes'];
  readonly taskMix?: TaskMix;
  readonly machineEvents?: SimulationSketch['machineEvents'];
  readonly machineChanges?: SimulationSketch['machineChanges'];
  readonly seed?: string;
  /** Seconds after which a task that has not started leaves. */
  readonly patience?: number;
  /** Seconds; default 1000. */
  readonly until?: number;
  readonly attributes?: readonly Readonly<Record<string, string>>[];
  /** In the place of that of the policy, which is one without offers. */
  readonly scheduler?: Scheduler;
}

/** The events under a policy of the registry on machines `m0`, `m1` … with these amounts. */
export async function runPreset(
  policy: string,
  machines: readonly Readonly<Record<string, number>>[],
  rows: readonly RowSketch[],
  {
    set = {},
    frameworks = [{ name: 'default' }],
    rules,
    constraints,
    decisionTimes,
    taskMix,
    ...rest
  }: PresetTerms = {},
) {
  const preset = await namedPolicy(policy);
  if (preset === undefined) throw new Error(`no policy ${policy}`);
  const values = Object.entries(set).map(([name, text]) => {
    const parameter = preset.parameters.find((known) => known.name === name);
    if (parameter === undefined) throw new Error(`${policy} has no parameter ${name}`);
    return [name, parseParameter(parameter, text)] as const;
  });
  const space = CPUS_MEM_GPUS;
  const specs = machinesOf(space, machines, rest.attributes);
  const built = preset.build(new ParameterValues(preset.parameters, Object.fromEntries(values)), {
    space,
    machines: specs,
    frameworks: frameworks.map((spec) => ({ role: spec.name, weight: 1, ...spec })),
    forecast: undefined,
    ...(taskMix !== undefined && { taskMix }),
  });
  const { scheduler } = rest;
  const parts = scheduler === undefined ? built : { architecture: 'monolithic' as const, scheduler };
  const result = await simulate({
    space,
    machines: specs,
    trace: traceOf(space, rowsOf(space, rows), {
      frameworks,
      ...(rules !== undefined && { rules }),
      ...(constraints !== undefined && { constraints }),
    }),
    parts,
    until: rest.until ?? 1000,
    ...(decisionTimes !== undefined && { decisionTimes }),
    ...(rest.machineEvents !== undefined && { machineEvents: rest.machineEvents }),
    ...(rest.machineChanges !== undefined && { machineChanges: rest.machineChanges }),
    ...(rest.explain !== undefined && { explain: rest.explain }),
    ...(rest.patience !== undefined && { patience: rest.patience }),
    ...(rest.seed !== undefined && { seed: rest.seed }),
  });
  return { ...result, events: story(result, 'started', 'killed', 'ended') };
}

/** Only the starts: `5 task 0 started m1`. */
export async function startsUnder(...args: Parameters<typeof runPreset>): Promise<string[]> {
  return story(await runPreset(...args), 'started');
}

/** A decision time in seconds per job. */
export function decisionTimePerJob(seconds: number) {
  return { perJob: fromSeconds(seconds), perTask: 0 };
}
