import { InputError, type Parameter, type ParameterValues } from '../../model/index.js';
import type { PriorityBands } from '../schedulers/priority-bands.js';

/** `--set preemption=lower-band`, `bands=100,200`. */
export function preemptionParameters(preempts: boolean): readonly Parameter[] {
  return [
    {
      kind: 'choice',
      name: 'preemption',
      default: preempts ? 'lower-band' : 'none',
      choices: ['none', 'lower-band'],
      about:
        'Whom a task that fits nowhere may stop, to run again from zero: nobody, or tasks of a lower band of priorities.',
    },
    {
      kind: 'text',
      name: 'bands',
      default: '',
      form: 'the lowest priority of each band but the first, ascending, such as 100,200',
      pattern: /^(\d+(,\d+)*)?$/,
      about: 'Priorities at which a new band begins; without them each priority is a band of its own.',
    },
  ];
}

/** The bands of the settings; undefined when nobody is stopped. @throws InputError when they do not ascend. */
export function preemptionOf(settings: ParameterValues): PriorityBands | undefined {
  const text = settings.text('bands');
  const starts = text === '' ? [] : text.split(',').map(Number);
  if (starts.some((start, i) => i > 0 && start <= starts[i - 1]))
    throw InputError.expected({ field: 'bands' }, text, 'priorities in ascending order');
  return settings.text('preemption') === 'none' ? undefined : { starts };
}
