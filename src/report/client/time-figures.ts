import { max, min } from 'd3';
import type { ReportData } from '../report-data.js';
import { type Figure, figure } from './figure.js';
import type { LegendItem } from './legend.js';
import { chosenRuns, lineChart, lineRows, type PolicyLine, policyLines, seedText } from './line-chart.js';
import { numberText, percentText } from './number-text.js';
import { FAILURE_COLOR, policyStyle } from './palette.js';
import { labelled, shareScale } from './plot-options.js';
import { type LoadedPolicy, type LoadedRun, type Read, type Step, stepsOf, stepText } from './series.js';
import type { TimeView } from './time-view.js';

/** What the figures of a page draw. */
export interface Drawn {
  readonly data: ReportData;
  readonly policies: readonly LoadedPolicy[];
  readonly view: TimeView;
}

/** Whether the report has several seeds of a policy. */
export function hasSeveralSeeds({ policies }: Drawn): boolean {
  return policies.some(({ runs }) => runs.length > 1);
}

/** A panel of a figure that can show only one run of a policy. */
export interface RunPanel {
  readonly policy: LoadedPolicy;
  readonly run: LoadedRun;
  readonly title: string;
}

/** One panel for each policy: the run of the chosen seed, or the first. */
export function runPanels(drawn: Drawn): RunPanel[] {
  const { policies, view } = drawn;
  return policies.flatMap((policy) =>
    chosenRuns(policy, view)
      .slice(0, 1)
      .map((run) => ({
        policy,
        run,
        title: hasSeveralSeeds(drawn) ? `${policy.name}, seed ${run.seed}` : policy.name,
      })),
  );
}

/** A sentence about the seeds of the panels; empty if the report has one seed. */
export function panelSeedText(drawn: Drawn): string {
  if (!hasSeveralSeeds(drawn)) return '';
  const seeds = new Set(runPanels(drawn).map(({ run }) => run.seed));
  return `Seed ${[...seeds].join(', ')}; the seed picker shows others.`;
}

/** The instants of faults in the runs that are shown. */
export function faultTimes({ policies, view }: Drawn): number[] {
  const runs = policies.flatMap((policy) => chosenRuns(policy, view));
  return [...new Set(runs.flatMap(({ faults }) => faults.faults.map(({ at }) => at)))];
}

/** The policies, and faults, in a legend. */
export function policyLegend(drawn: Drawn): LegendItem[] {
  return [
    ...drawn.policies.map(({ name, place }) => ({ label: name, line: policyStyle(place) })),
    ...(faultTimes(drawn).length > 0
      ? [{ label: 'fault', line: { color: FAILURE_COLOR, dash: '1 2' } }]
      : []),
  ];
}

/** A caption of these sentences, without the empty ones. */
export function sentences(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

/** The utilization of the first resource over time: used where that is known, else allocated. All policies in one chart. */
export function utilizationFigure(drawn: Drawn): Figure {
  const { data, policies, view } = drawn;
  const name = data.resources[0];
  const isUsed = policies.every(({ runs }) =>
    runs.every(({ resources }) => resources[0]?.used !== undefined),
  );
  const what = isUsed ? 'used' : 'allocated';
  const read: Read = ({ resources: [first] }) => (isUsed ? first.used : totalOf(first.allocated));
  const lines = () => policyLines(policies, view, read);
  return figure({
    name: `utilization-${name}`,
    title: `Utilization: ${name} ${what} over time`,
    caption: () =>
      sentences(
        `Share of all ${name} that tasks ${isUsed ? 'really used' : 'had allocated'}.`,
        seedText(view, hasSeveralSeeds(drawn)),
        stepText(data),
      ),
    legend: () => policyLegend(drawn),
    panels: () => [
      {
        title: '',
        draw: (width) =>
          lineChart(
            {
              label: `Share of ${name} ${what} over time, by policy`,
              lines: lines(),
              y: shareScale(`share of all ${name}`, Math.min(1, 1.02 * greatest(lines()))),
              text: percentText,
              faults: faultTimes(drawn),
            },
            view,
            width,
          ),
      },
    ],
    panelWidth: 0,
    rows: () => lineRows(lines(), `${name}_${what}_share`),
  });
}

function totalOf(columns: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(columns[0]?.length ?? 0);
  for (const column of columns)
    column.forEach((value, i) => {
      sum[i] += value;
    });
  return sum;
}

/** The greatest value of these lines; 1 if there is none. */
export function greatest(lines: readonly PolicyLine[]): number {
  return max(lines.flatMap(({ steps }) => steps.map(({ high }) => high))) || 1;
}

/** Running tasks: of the only policy, or of each policy as the difference to the reference, so that no line hides another. */
export function runningFigure(drawn: Drawn): Figure {
  const { data, policies, view } = drawn;
  const reference = policies[data.reference];
  const isDifference = policies.length > 1;
  const lines = (): PolicyLine[] =>
    isDifference
      ? policies
          .filter((policy) => policy !== reference)
          .map((policy) => ({ policy, steps: differences(policy, reference, view) }))
          .filter(({ steps }) => steps.length > 0)
      : policyLines(policies, view, ({ running }) => running);
  const title = isDifference
    ? `Running tasks: difference to ${reference.name} over time`
    : 'Running tasks over time';
  return figure({
    name: 'running',
    title,
    caption: () =>
      sentences(
        isDifference
          ? `Tasks that run under a policy minus those under ${reference.name} at the same time with the same seed: above 0, the policy runs more.`
          : 'Number of tasks that run.',
        seedText(view, hasSeveralSeeds(drawn)),
        stepText(data),
      ),
    legend: () => policyLegend(drawn).filter(({ label }) => !isDifference || label !== reference.name),
    panels: () => [
      {
        title: '',
        draw: (width) => {
          const all = lines();
          const low = min(all.flatMap(({ steps }) => steps.map((step) => step.low))) ?? 0;
          return lineChart(
            {
              label: title,
              lines: all,
              y: {
                domain: [
                  Math.min(0, low),
                  Math.max(1, max(all.flatMap(({ steps }) => steps.map((step) => step.high))) ?? 1),
                ],
                nice: true,
                ticks: 5,
                tickFormat: isDifference ? signedText : numberText,
                grid: true,
                ...labelled(isDifference ? `running tasks more than ${reference.name}` : 'running tasks'),
              },
              text: isDifference ? signedText : numberText,
              faults: faultTimes(drawn),
            },
            view,
            width,
          );
        },
      },
    ],
    panelWidth: 0,
    rows: () => lineRows(lines(), isDifference ? 'running_tasks_difference' : 'running_tasks'),
  });
}

function signedText(value: number): string {
  return `${value > 0 ? '+' : ''}${numberText(value)}`;
}

/** The differences of running tasks, seed by seed. */
function differences(policy: LoadedPolicy, reference: LoadedPolicy, view: TimeView): Step[] {
  const pairs = chosenRuns(policy, view).flatMap((run) => {
    const other = reference.runs.find(({ seed }) => seed === run.seed);
    return other === undefined ? [] : [{ run, other }];
  });
  const made = pairs.map(({ run, other }): LoadedRun => {
    const [own, theirs] = [stepsOf([run], running), stepsOf([other], running)];
    const width = Math.max(run.binSeconds, other.binSeconds);
    const count = Math.min(Math.ceil(run.length / width), Math.ceil(other.length / width));
    const meanOf = (steps: readonly Step[], i: number, binSeconds: number) => {
      const per = width / binSeconds;
      const part = steps.slice(0, -1).slice(i * per, (i + 1) * per);
      return part.reduce((sum, { mean }) => sum + mean, 0) / part.length;
    };
    const values = Float64Array.from(
      { length: count },
      (_, i) => meanOf(own, i, run.binSeconds) - meanOf(theirs, i, other.binSeconds),
    );
    return { ...run, binSeconds: width, length: Math.min(run.length, other.length), running: values };
  });
  return stepsOf(made, running);
}

function running(run: LoadedRun): Float64Array {
  return run.running;
}
