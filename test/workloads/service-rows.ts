import {
  DAY,
  type Micros,
  type ParameterValue,
  ParameterValues,
  type PlacementRule,
  ResourceSpace,
} from '../../src/model/index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import type { ScaledApplication } from '../../src/workloads/scaled-application.js';
import type { Service } from '../../src/workloads/services/service.js';
import { SMACK_RESOURCES } from '../../src/workloads/smack.js';
import type { LoadCurve, TaskRow } from '../../src/workloads/trace.js';

export const SPACE = new ResourceSpace(SMACK_RESOURCES);

/** The output of one service. */
export interface Generated {
  readonly rows: readonly TaskRow[];
  /** Entry 0 is the flat curve. */
  readonly curves: readonly (LoadCurve | undefined)[];
  readonly applications: readonly ScaledApplication[];
  /** Entry 0 is that without a rule. */
  readonly rules: readonly (PlacementRule | undefined)[];
}

/** The rows of one service under these settings; its framework is number 0. */
export function serviceRows(
  service: Service,
  settings: Readonly<Record<string, ParameterValue>> = {},
  horizon: Micros = DAY,
  seed = '1',
  space = SPACE,
): Generated {
  const streams = new RandomStreams(seed);
  const curves: (LoadCurve | undefined)[] = [undefined];
  const applications: ScaledApplication[] = [];
  const rules: (PlacementRule | undefined)[] = [undefined];
  const rows = service.rows(new ParameterValues(service.parameters, settings), {
    space,
    horizon,
    stream: (name) => streams.stream(name),
    framework: 0,
    addCurve: (curve) => curves.push(curve) - 1,
    addRule: (rule) => rules.push(rule) - 1,
    addApplication: (application) => applications.push(application),
    demand: (amounts) => space.quanta(amounts),
    usage: (shares) => space.names.map((name) => shares[name] ?? 0),
  });
  return { rows: [...rows], curves, applications, rules };
}
