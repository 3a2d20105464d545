import type { PackedBars } from '../distribution-form.js';
import type { ReportData } from '../report-data.js';
import { type Curve, packedCurve, waitCurve } from './distribution-curve.js';
import { element } from './element.js';
import type { AxisUnit } from './log-axis.js';

/** What can be drawn of jobs and tasks. */
export interface Measure {
  readonly id: string;
  readonly label: string;
  readonly unit: AxisUnit;
  readonly noun: 'tasks' | 'jobs';
  /** What counts, as a sentence. */
  readonly about: string;
  readonly groups: readonly MeasureGroup[];
}

/** Jobs or tasks that have something in common, with a distribution for each policy. */
export interface MeasureGroup {
  readonly kind: 'all' | 'framework' | 'size' | 'user';
  readonly label: string;
  readonly curves: readonly Curve[];
  /** By policy; undefined where the page does not have them. */
  readonly bars: readonly (PackedBars | undefined)[];
  /** By policy: tasks that waited longer than each of WAIT_LIMITS; only of waits of tasks. */
  readonly longer: readonly (readonly number[])[];
}

const EMPTY: Curve = { count: 0, zero: 0, corners: [] };

/** The measures that the report has distributions of. */
export function measuresOf(data: ReportData): Measure[] {
  const { distributions } = data;
  const ofTasks: Measure = {
    id: 'task-wait',
    label: 'wait of tasks',
    unit: 's',
    noun: 'tasks',
    about: 'Time from the submission of a task to its first start.',
    groups: taskGroups(data),
  };
  if (distributions === null) return [ofTasks];
  const ofJobs = (
    key: 'wait' | 'response' | 'slowdown',
    label: string,
    unit: AxisUnit,
    about: string,
  ): Measure => ({
    id: key,
    label,
    unit,
    noun: 'jobs',
    about,
    groups: distributions.groups.map(({ kind, label: name }, group) => {
      const bars = distributions.policies.map((groups) => groups?.[group][key]);
      return {
        kind,
        label: name,
        curves: bars.map((one) => (one === undefined ? EMPTY : packedCurve(one))),
        bars,
        longer: [],
      };
    }),
  });
  return [
    ofJobs('wait', 'wait of jobs', 's', 'Time from the submission of a job to its first start.'),
    ofJobs(
      'response',
      'response of jobs',
      's',
      'Time from the submission of a job to its end; instances of services have none.',
    ),
    ofJobs(
      'slowdown',
      'bounded slowdown of jobs',
      'ratio',
      'Response of a job divided by its run time, or by 10 s if it ran for less; at least 1.',
    ),
    ofTasks,
  ];
}

function taskGroups({ policies, frameworks }: ReportData): MeasureGroup[] {
  const all = frameworks.map((_, place) => place);
  const group = (kind: MeasureGroup['kind'], label: string, places: readonly number[]): MeasureGroup => {
    const waits = policies.map((policy) => places.map((place) => policy.waits[place]));
    return {
      kind,
      label,
      curves: waits.map(waitCurve),
      bars: waits.map(() => undefined),
      longer: waits.map((some) =>
        (some[0]?.longer ?? []).map((_, limit) => some.reduce((sum, { longer }) => sum + longer[limit], 0)),
      ),
    };
  };
  return [
    group('all', 'all tasks', all),
    ...frameworks.map(({ label }, place) => group('framework', label, [place])),
  ];
}

/** A picker of one of these, by place. */
export function picker(
  label: string,
  choices: readonly string[],
  changed: () => void,
): { readonly element: HTMLElement; readonly select: HTMLSelectElement } {
  const select = element(
    'select',
    {},
    ...choices.map((choice, i) => element('option', { value: `${i}` }, choice)),
  );
  select.addEventListener('change', changed);
  return { element: element('label', {}, `${label} `, select), select };
}
