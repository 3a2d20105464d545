import { FOREVER, InputError, type InputPlace, secondsText } from '../../model/index.js';
import type { TaskBatch } from '../trace.js';
import { type EarlierAttempt, UNSUCCESSFUL_ENDS, type UnsuccessfulEnd } from '../trace-attempts.js';
import { type Adjustments, beyondTime } from './adjustments.js';
import type { RowRecord } from './row-table.js';

/** The columns of the attempts that a trace has seen. */
export const ATTEMPT_COLUMNS = ['attempts', 'ended'] as const;

/** Reads ATTEMPT_COLUMNS of a row, which has its time of failure already. @throws InputError */
export function readAttempts(
  batch: TaskBatch,
  row: number,
  record: RowRecord,
  adjustments: Adjustments,
): void {
  const [text, ended] = [record.text('attempts'), record.text('ended')];
  if (text !== '') {
    if (batch.failAfter[row] !== FOREVER)
      throw InputError.expected(
        record.place('attempts'),
        text,
        `an empty field, because fail_after is given; fail_after ${record.text('fail_after')} means ${record.text('fail_after')}:failed`,
      );
    const place = record.place('attempts');
    batch.attempts[row] = text.split('|').map((attempt) => attemptOf(attempt, place, adjustments));
  }
  if (ended !== '' && ended !== 'finished')
    batch.ended[row] = endOf(ended, record.place('ended'), ended, `finished, ${ENDS}`);
}

const ENDS = `${UNSUCCESSFUL_ENDS.slice(0, -1).join(', ')} or ${UNSUCCESSFUL_ENDS.at(-1)}`;

function attemptOf(text: string, place: InputPlace, adjustments: Adjustments): EarlierAttempt {
  const [ran, end, more] = text.split(':').map((part) => part.trim());
  const seconds = ran === '' ? Number.NaN : Number(ran);
  if (!(Number.isFinite(seconds) && seconds >= 0) || end === undefined || more !== undefined)
    throw InputError.expected(place, text, 'seconds:end, as in 600:failed|120:evicted');
  const time = adjustments.time(seconds);
  if (Number.isNaN(time)) throw beyondTime(place, ran);
  return { ran: time, end: endOf(end, place, text, `an attempt that ended ${ENDS}`) };
}

function endOf(end: string, place: InputPlace, found: string, expected: string): UnsuccessfulEnd {
  const known = UNSUCCESSFUL_ENDS.find((name) => name === end);
  if (known === undefined) throw InputError.expected(place, found, expected);
  return known;
}

/** The text of the column `attempts`. */
export function attemptsText(attempts: readonly EarlierAttempt[]): string {
  return attempts.map(({ ran, end }) => `${secondsText(ran)}:${end}`).join('|');
}
