import { QUEUE } from '../lab/sweep/redis.js';
import { InputError } from '../model/index.js';

/** Options of a sweep, and of its workers, that name a queue. */
export const QUEUE_OPTIONS = {
  redis: { type: 'string', describe: 'address of the Redis of the queue: redis://host:6379' },
  queue: { type: 'string', describe: `name of the queue, for sweeps with workers of their own [${QUEUE}]` },
} as const;

/** The value of `--workers`. @throws InputError */
export function workersOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw InputError.expected({ field: '--workers' }, text, 'a whole number from 1 to 999');
  return Number(text);
}
