import {
  DURATION_FORM,
  frameworkIndex,
  InputError,
  type Micros,
  type Parameter,
  type ParameterValues,
  parseDuration,
} from '../../model/index.js';
import type { PolicyContext } from '../policy.js';
import {
  type AdvanceReservation,
  advanceReservations,
  mostReserved,
} from '../schedulers/advance-reservations.js';
import type { PlacementFilter } from '../schedulers/starter.js';

const FORM = 'framework@from-until:machines, joined by semicolons, such as hpc@2h-4h:10';

/** `--set reservations=hpc@2h-4h:10`. */
export const RESERVATION_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'text',
    name: 'reservations',
    default: '',
    form: FORM,
    pattern: /^([^@;]+@[^-;]+-[^:;]+:\d+(;[^@;]+@[^-;]+-[^:;]+:\d+)*)?$/,
    about:
      'Advance reservations: a number of machines that only one framework may use, from one time to another.',
  },
];

/** The filter that keeps reserved machines free. @throws InputError for an unknown framework, or for too many machines. */
export function filtersOf(settings: ParameterValues, context: PolicyContext): readonly PlacementFilter[] {
  const text = settings.text('reservations');
  if (text === '') return [];
  const reservations = text.split(';').map((part) => parseReservation(part, context));
  checkRoom(reservations, context.machines.length);
  return [
    advanceReservations(reservations, context.machines.length, (f) => context.frameworks[f]?.name ?? ''),
  ];
}

function parseReservation(text: string, context: PolicyContext): AdvanceReservation {
  const [, framework, from, until, machines] = /^([^@]+)@([^-]+)-([^:]+):(\d+)$/.exec(text) ?? [];
  const known = context.frameworks.map(({ name }) => name);
  frameworkIndex(known, framework, { field: 'reservations' });
  const reservation = {
    framework,
    from: parseTime(from),
    until: parseTime(until),
    machines: Number(machines),
  };
  if (reservation.until <= reservation.from)
    throw InputError.expected({ field: 'reservations' }, text, 'an end time after the start time');
  return reservation;
}

function parseTime(text: string): Micros {
  const time = parseDuration(text);
  if (time === undefined) throw InputError.expected({ field: 'reservations' }, text, DURATION_FORM);
  return time;
}

function checkRoom(reservations: readonly AdvanceReservation[], machines: number): void {
  const wanted = mostReserved(reservations);
  if (wanted <= machines) return;
  const expected = `at most the ${machines} machines of the cluster at one time`;
  throw InputError.expected({ field: 'reservations' }, `${wanted} machines at one time`, expected);
}
