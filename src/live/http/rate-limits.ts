import { z } from 'zod';
import { fromSeconds, InputError, type Micros, quote } from '../../model/index.js';
import type { Clock } from '../clock.js';
import { readJsonFile } from '../json-file.js';
import { HttpError } from '../wire/http-error.js';

/** How fast calls are taken, and how many may wait. Without a rate there is no limit. */
export interface RateLimit {
  readonly qps: number | undefined;
  /** Undefined: any number may wait. */
  readonly capacity: number | undefined;
}

/** Limits by principal; all others share the default one (Mesos, mesos.proto, RateLimits). */
export interface RateLimits {
  readonly byPrincipal: ReadonlyMap<string, RateLimit>;
  readonly others: RateLimit;
}

const NO_LIMIT: RateLimit = { qps: undefined, capacity: undefined };

/** Nobody is slowed down. */
export const NO_RATE_LIMITS: RateLimits = { byPrincipal: new Map(), others: NO_LIMIT };

const qpsSchema = z.number().positive();
const capacitySchema = z.number().int().nonnegative();
const limitsSchema = z.strictObject({
  limits: z
    .array(
      z.strictObject({
        principal: z.string().min(1),
        qps: qpsSchema.optional(),
        capacity: capacitySchema.optional(),
      }),
    )
    .default([]),
  aggregate_default_qps: qpsSchema.optional(),
  aggregate_default_capacity: capacitySchema.optional(),
});

/**
 * Reads limits in Mesos's form: `{"limits": [{"principal": "p", "qps": 10, "capacity": 100}], "aggregate_default_qps": 50}`.
 * @throws InputError
 */
export function readRateLimits(file: string): RateLimits {
  const parsed = limitsSchema.safeParse(readJsonFile(file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InputError(
      { file, field: issue?.path.join('.') || 'limits' },
      issue?.message ?? 'cannot be read',
    );
  }
  const { limits, aggregate_default_qps, aggregate_default_capacity } = parsed.data;
  const byPrincipal = new Map<string, RateLimit>();
  for (const { principal, qps, capacity } of limits) {
    if (byPrincipal.has(principal))
      throw new InputError({ file, field: 'limits' }, `the principal ${quote(principal)} is named twice`);
    byPrincipal.set(principal, { qps, capacity });
  }
  return { byPrincipal, others: { qps: aggregate_default_qps, capacity: aggregate_default_capacity } };
}

/** Lets the calls of each principal through at its rate, in their order. */
export class RateLimiter {
  private readonly clock: Clock;
  private readonly others: Lane;
  private readonly lanes: ReadonlyMap<string, Lane>;

  constructor(clock: Clock, { byPrincipal, others }: RateLimits) {
    this.clock = clock;
    this.others = new Lane(others);
    this.lanes = new Map([...byPrincipal].map(([principal, limit]) => [principal, new Lane(limit)]));
  }

  /** Waits until a call of this principal may go on. @throws HttpError 429 when too many wait already. */
  async turn(principal: string | undefined): Promise<void> {
    const lane = this.lanes.get(principal ?? '') ?? this.others;
    const wait = lane.enter(this.clock.now());
    if (wait <= 0) return;
    await new Promise<void>((resolve) => {
      this.clock.after(wait, resolve);
    });
    lane.leave();
  }
}

/** Calls of one rate: one after the other, `1 / qps` apart (Mesos, libprocess, RateLimiter). */
class Lane {
  private readonly limit: RateLimit;
  private next: Micros = 0;
  private waiting = 0;

  constructor(limit: RateLimit) {
    this.limit = limit;
  }

  /** @returns how long the call must wait; more than 0 when it has to `leave` afterwards. */
  enter(now: Micros): Micros {
    const { qps, capacity = Number.POSITIVE_INFINITY } = this.limit;
    if (qps === undefined) return 0;
    const at = Math.max(now, this.next);
    if (at > now && this.waiting >= capacity)
      throw new HttpError(429, `Capacity of ${capacity} waiting calls of this principal exceeded`);
    this.next = at + fromSeconds(1 / qps);
    if (at > now) this.waiting++;
    return at - now;
  }

  leave(): void {
    this.waiting--;
  }
}
