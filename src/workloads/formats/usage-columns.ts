import {
  InputError,
  type InputPlace,
  MAX_QUANTA,
  type Micros,
  type ResourceKind,
  type ResourceSpace,
  secondsText,
} from '../../model/index.js';
import type { TaskBatch } from '../trace.js';
import { mergedProfile, type UsageProfile, type UsageSteps } from '../usage-profile.js';
import { type Adjustments, beyondTime } from './adjustments.js';
import type { RowRecord } from './row-table.js';

/** Separates the steps of usage over time, and the offset of a step from its amount. */
const [STEP, OFFSET] = ['|', ':'];

/**
 * Reads the columns `used.<resource>` of a row, which has its demand already: `0.5`, or amounts over time, `0:0.5|600:1.2`. An empty
 * amount is unknown. The share of a resource that the row does not request stays unset, because its usage is 0. @throws InputError
 */
export function readUsage(
  batch: TaskBatch,
  row: number,
  record: RowRecord,
  space: ResourceSpace,
  adjustments: Adjustments,
): void {
  let changes = false;
  const dimensions = space.kinds.map((kind, d) => {
    const column = `used.${kind.name}`;
    const text = record.text(column);
    if (text === '') return UNKNOWN;
    const steps = text.includes(OFFSET)
      ? stepsOf(text, record.place(column), adjustments)
      : { offsets: [0], values: [record.amount(column)] };
    if (steps.offsets.length > 1) changes = true;
    checkRange(steps.values, kind, record);
    return sharesOf(steps, batch.demand[row * batch.dims + d] / kind.quantaPerUnit, record, column);
  });
  dimensions.forEach(({ values }, d) => {
    batch.usage[row * batch.dims + d] = values[0];
  });
  if (changes) batch.profile[row] = mergedProfile(dimensions);
}

const UNKNOWN: UsageSteps = { offsets: [0], values: [Number.NaN] };

/** @throws InputError when an amount is more than a ledger can count. */
function checkRange(amounts: readonly number[], kind: ResourceKind, record: RowRecord): void {
  const beyond = amounts.find((amount) => amount * kind.quantaPerUnit > MAX_QUANTA);
  if (beyond === undefined) return;
  const expected = `at most ${MAX_QUANTA / kind.quantaPerUnit} ${kind.unit}`;
  throw InputError.expected(record.place(`used.${kind.name}`), beyond, expected);
}

/** Shares of the demand of the row, which is in whole quanta. */
function sharesOf(
  { offsets, values }: UsageSteps,
  demand: number,
  record: RowRecord,
  column: string,
): UsageSteps {
  // A share of nothing cannot express it.
  if (demand === 0 && values.some((amount) => amount > 0))
    throw InputError.expected(
      record.place(column),
      record.text(column),
      '0, because the line requests nothing of this resource',
    );
  return demand === 0 ? UNKNOWN : { offsets, values: values.map((amount) => amount / demand) };
}

function stepsOf(text: string, place: InputPlace, adjustments: Adjustments): UsageSteps {
  const offsets: Micros[] = [];
  const values: number[] = [];
  for (const step of text.split(STEP)) {
    const [offset, amount, more] = step.split(OFFSET).map((part) => part.trim());
    if (offset === '' || amount === undefined || more !== undefined)
      throw InputError.expected(place, step, 'seconds:amount, several separated by "|"');
    const time = adjustments.time(numberOf(offset, step, place));
    if (Number.isNaN(time)) throw beyondTime(place, offset);
    if (offsets.length === 0 ? time !== 0 : time <= offsets[offsets.length - 1])
      throw InputError.expected(
        place,
        step,
        offsets.length === 0 ? 'a first step at 0' : 'a later time than that of the step before',
      );
    offsets.push(time);
    values.push(amount === '' ? Number.NaN : numberOf(amount, step, place));
  }
  return { offsets, values };
}

function numberOf(text: string, step: string, place: InputPlace): number {
  const value = Number(text);
  if (!(Number.isFinite(value) && value >= 0))
    throw InputError.expected(place, step, 'numbers >= 0, as in 0:0.5|600:1.2');
  return value;
}

/**
 * Amounts over time in one column: a number if there is one, undefined if it is unknown, otherwise a text. `amounts`: one for each
 * offset; NaN for unknown. Equal neighbours become one step.
 */
export function usageOverTime(
  { offsets }: UsageProfile,
  amounts: readonly number[],
): number | string | undefined {
  const isNew = (step: number) => step === 0 || !Object.is(amounts[step], amounts[step - 1]);
  const steps = amounts.map((_, step) => step).filter(isNew);
  if (steps.length === 1) return Number.isNaN(amounts[0]) ? undefined : amounts[0];
  const amountText = (step: number) => (Number.isNaN(amounts[step]) ? '' : String(amounts[step]));
  return steps.map((step) => `${secondsText(offsets[step])}${OFFSET}${amountText(step)}`).join(STEP);
}

/** The amount that is a share of a demand. If possible, it has the digits of the file and gives the same share when it is read. */
export function amountOfShare(share: number, demand: number): number {
  const amount = share * demand;
  const isSame = (other: number) => other / demand === share;
  return [15, 16].map((digits) => Number(amount.toPrecision(digits))).find(isSame) ?? amount;
}
