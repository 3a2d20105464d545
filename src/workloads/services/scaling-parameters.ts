import {
  FOREVER,
  fromSeconds,
  HOUR,
  InputError,
  MINUTE,
  type Parameter,
  type ParameterValues,
  type ScalingRule,
  type ScalingTerms,
  type ScheduledCount,
} from '../../model/index.js';

/** Settings of horizontal scaling. `ideal` means that a generator makes the rows, without any delay. */
export const SCALING_PARAMETERS: readonly Parameter[] = [
  // Proposal: no controller, so that the needs of the load are visible without the effects of a controller.
  {
    kind: 'choice',
    name: 'scaling',
    default: 'ideal',
    choices: ['ideal', 'target', 'scheduled', 'predictive'] satisfies readonly (ScalingRule | 'ideal')[],
    about:
      'Instances follow the load without delay (ideal), or by a controller: target utilization, a schedule or a prediction.',
  },
  // Proposal: the usual target of an autoscaler.
  {
    kind: 'number',
    name: 'target',
    default: 0.5,
    min: 0.01,
    max: 1,
    about: 'Target utilization of the CPU demand.',
  },
  // The default of Kubernetes: horizontal-pod-autoscaler-tolerance.
  {
    kind: 'number',
    name: 'tolerance',
    default: 0.1,
    min: 0,
    max: 1,
    about: 'Deviations up to this share of the target change nothing.',
  },
  // The default of Kubernetes: horizontal-pod-autoscaler-sync-period.
  {
    kind: 'duration',
    name: 'scalingInterval',
    default: fromSeconds(15),
    about: 'Time between two checks of the load by a controller.',
  },
  // Proposal: none.
  {
    kind: 'duration',
    name: 'coolDownOut',
    default: 0,
    about: 'No instances are added within this time after a change.',
  },
  // Proposal: the usual cooldown of an autoscaler of cloud machines is 5 minutes.
  {
    kind: 'duration',
    name: 'coolDownIn',
    default: 5 * MINUTE,
    about: 'No instances are removed within this time after a change.',
  },
  // The default of Kubernetes: behavior.scaleUp.stabilizationWindowSeconds.
  {
    kind: 'duration',
    name: 'stabilizationOut',
    default: 0,
    about: 'Instances are added up to the lowest number that was recommended within this time.',
  },
  // Proposal: none beside the cooldown. The default of Kubernetes, without a cooldown, is 5m.
  {
    kind: 'duration',
    name: 'stabilizationIn',
    default: 0,
    about: 'Instances are removed down to the highest number that was recommended within this time.',
  },
  // Proposal.
  {
    kind: 'number',
    name: 'least',
    default: 1,
    min: 1,
    integer: true,
    about: 'Minimum number of instances of an application.',
  },
  // Proposal.
  {
    kind: 'number',
    name: 'most',
    default: 1000,
    min: 1,
    integer: true,
    about: 'Maximum number of instances of an application.',
  },
  // Borg, EuroSys 2015: the median startup of a task takes 25 s, most of it installing packages.
  {
    kind: 'duration',
    name: 'readyAfter',
    default: fromSeconds(25),
    about: 'Time from the start of an added instance until it serves.',
  },
  // Proposal: the time for detection, placement and installation.
  { kind: 'duration', name: 'lead', default: 5 * MINUTE, about: 'How far ahead the load is predicted.' },
  // Proposal: no default, because a schedule depends on its load.
  {
    kind: 'text',
    name: 'schedule',
    default: '',
    form: 'hour:instances, joined by commas in order of the hours, such as 0:20,8:40,20:25',
    pattern: /^(\d+(\.\d+)?:\d+(,(?!$)|$))*$/,
    about: 'Instances of an application by the hour of the day, with scaling=scheduled.',
  },
];

/** Settings of a controller from the values of SCALING_PARAMETERS. @throws InputError */
export function scalingTerms(values: ParameterValues): ScalingTerms {
  const rule = values.text('scaling') as ScalingRule;
  const every = values.number('scalingInterval');
  const [least, most] = [values.number('least'), values.number('most')];
  if (!(every > 0 && every < FOREVER))
    throw InputError.expected({ field: 'scalingInterval' }, every, 'longer than 0');
  if (least > most)
    throw InputError.expected({ field: 'least' }, least, `at most the value of most, ${most}`);
  const schedule = scheduleOf(values.text('schedule'));
  if (rule === 'scheduled' && schedule.length === 0)
    throw new InputError(
      { field: 'schedule' },
      'scaling=scheduled needs a schedule, such as 0:20,8:40,20:25',
    );
  return {
    rule,
    target: values.number('target'),
    tolerance: values.number('tolerance'),
    every,
    coolDownOut: values.number('coolDownOut'),
    coolDownIn: values.number('coolDownIn'),
    stabilizationOut: values.number('stabilizationOut'),
    stabilizationIn: values.number('stabilizationIn'),
    least,
    most,
    readyAfter: values.number('readyAfter'),
    lead: values.number('lead'),
    schedule,
  };
}

/** @throws InputError when the hours are not in order, or not below 24. */
function scheduleOf(text: string): readonly ScheduledCount[] {
  if (text === '') return [];
  const entries = text.split(',').map((part) => {
    const [hour, instances] = part.split(':').map(Number) as [number, number];
    return { from: Math.round(hour * HOUR), instances };
  });
  const isInOrder = entries.every(
    ({ from }, i) => from < 24 * HOUR && (i === 0 || from > entries[i - 1].from),
  );
  if (!isInOrder)
    throw InputError.expected({ field: 'schedule' }, text, 'hours from 0 to below 24, in order');
  return entries;
}
