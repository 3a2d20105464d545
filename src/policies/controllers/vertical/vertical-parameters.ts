import {
  DAY,
  HOUR,
  MINUTE,
  type Micros,
  type Parameter,
  type ParameterValues,
} from '../../../model/index.js';

/** The statistic of usage that sets a limit. */
export type Recommender = 'average' | 'percentile' | 'peak';

const RECOMMENDERS: readonly Recommender[] = ['average', 'percentile', 'peak'];

/** Vertical scaling of services: limits that follow usage. Section numbers are those of Rzadca et al., "Autopilot", EuroSys 2020. */
export const VERTICAL_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'text',
    name: 'services',
    default: 'none',
    form: 'none, all, or services joined by commas',
    pattern: /^[^,]+(,[^,]+)*$/,
    about: 'Services whose limits follow their usage.',
  },
  // Section 3.2.2: a percentile for services, the average for batch jobs, which tolerate throttling.
  {
    kind: 'choice',
    name: 'cpu',
    default: 'percentile',
    choices: RECOMMENDERS,
    about: 'Statistic of the CPU usage.',
  },
  // Section 3.2.2: a high percentile, or the peak for jobs that tolerate out-of-memory errors worst.
  {
    kind: 'choice',
    name: 'mem',
    default: 'percentile',
    choices: RECOMMENDERS,
    about: 'Statistic of the memory usage.',
  },
  // Section 3.2.2.
  {
    kind: 'number',
    name: 'cpuPercentile',
    default: 0.95,
    min: 0.01,
    max: 1,
    about: 'Percentile of the CPU usage, weighted by the usage.',
  },
  // Section 3.2.2.
  {
    kind: 'number',
    name: 'memPercentile',
    default: 0.98,
    min: 0.01,
    max: 1,
    about: 'Percentile of the memory usage, weighted by the usage.',
  },
  // Section 3.2.2.
  {
    kind: 'duration',
    name: 'cpuHalfLife',
    default: 12 * HOUR,
    about: 'Age at which a sample of CPU usage weighs half.',
  },
  // Section 3.2.2.
  {
    kind: 'duration',
    name: 'memHalfLife',
    default: 2 * DAY,
    about: 'Age at which a sample of memory usage weighs half.',
  },
  // Section 3.2.2: 10 to 15 %.
  {
    kind: 'number',
    name: 'margin',
    default: 0.15,
    min: 0,
    about: 'Margin on top of the statistic, as a share of it.',
  },
  // Section 3.2.1: usage is gathered in windows of 5 minutes.
  {
    kind: 'duration',
    name: 'interval',
    default: 5 * MINUTE,
    about: 'Time between two checks of the usage.',
  },
  // Proposal: one period of the daily wave.
  { kind: 'duration', name: 'window', default: DAY, about: 'Time window in which the peak is searched.' },
  // Section 3.2.2: the highest recommendation of the last hour.
  {
    kind: 'duration',
    name: 'hold',
    default: HOUR,
    about: 'The limit is the highest recommendation within this time.',
  },
  // Proposal: one period of the daily wave. Until then the original limits apply.
  {
    kind: 'duration',
    name: 'warmUp',
    default: DAY,
    about: 'How long a job is observed before its limits change.',
  },
  // Proposal: a change of a limit costs work on the machine.
  {
    kind: 'number',
    name: 'least',
    default: 0.05,
    min: 0,
    about: 'Minimum relative change of a limit; smaller changes are skipped.',
  },
];

/** Settings of vertical scaling. */
export interface VerticalTerms {
  /** By dimension; undefined if its limits do not change. */
  readonly rules: readonly (LimitRule | undefined)[];
  readonly margin: number;
  readonly interval: Micros;
  readonly window: Micros;
  readonly hold: Micros;
  readonly warmUp: Micros;
  readonly least: number;
}

/** The rule for the limit of one resource. */
export interface LimitRule {
  readonly recommender: Recommender;
  readonly percentile: number;
  readonly halfLife: Micros;
}

/** Settings for a run with these resources and a check every `interval`. */
export function verticalTerms(
  values: ParameterValues,
  resources: readonly string[],
  interval: Micros,
): VerticalTerms {
  const rule = (name: 'cpu' | 'mem'): LimitRule => ({
    recommender: values.text(name) as Recommender,
    percentile: values.number(`${name}Percentile`),
    halfLife: values.number(`${name}HalfLife`),
  });
  const rules = resources.map((name) =>
    name === 'cpus' ? rule('cpu') : name === 'mem' ? rule('mem') : undefined,
  );
  return {
    rules,
    margin: values.number('margin'),
    interval,
    window: values.number('window'),
    hold: values.number('hold'),
    warmUp: values.number('warmUp'),
    least: values.number('least'),
  };
}
