import { z } from 'zod';
import { fromSeconds, InputError, type Micros, quote } from '../../model/index.js';
import type { Clock } from '../clock.js';
import { readJsonFile } from '../json-file.js';
import { HttpError } from '../wire/http-error.js';

/** Rate limit and queue capacity. Without a rate there is no limit. */
export interface RateLimit {
  readonly qps: number | undefined;
  /** Maximum number of waiting calls; undefined for no limit. */
  readonly capacity: number | undefined;
}

/** Limits by principal; all other principals share the default limit (Mesos, mesos.proto, RateLimits). */
export interface RateLimits {
  readonly byPrincipal: ReadonlyMap<string, RateLimit>;
  readonly others: RateLimit;
}

const NO_LIMIT: RateLimit = { qps: undefined, capacity: undefined };

/** No rate limits. */
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
 * Reads limits in the Mesos format: `{"limits": [{"principal": "p", "qps": 10, "capacity": 100}], "aggregate_default_qps": 50}`.
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
      throw new InputError({ file, field: 'limits' }, `the principal ${quote(principal)} is listed twice`);
    byPrincipal.set(principal, { qps, capacity });
  }
  return { byPrincipal, others: { qps: aggregate_default_qps, capacity: aggregate_default_capacity } };
}

/** Delays the calls of each principal to its rate, in order. */
export class RateLimiter {
  private readonly clock: Clock;
  private readonly others: Lane;
  private readonly lanes: ReadonlyMap<string, Lane>;

  constructor(clock: Clock, { byPrincipal, others }: RateLimits) {
    this.clock = clock;
    this.others = new Lane(others);
    this.lanes = new Map([...byPrincipal].map(([principal, limit]) => [principal, new Lane(limit)]));
  }

  /** Waits until a call of this principal is admitted. @throws HttpError 429 when too many are waiting. */
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

/** Calls under one rate limit, spaced by `1 / qps` (Mesos, libprocess, RateLimiter). */
class Lane {
  private readonly limit: RateLimit;
  private next: Micros = 0;
  private waiting = 0;

  constructor(limit: RateLimit) {
    this.limit = limit;
  }

  /** @returns the delay of the call; if it is above 0, the caller must call `leave` afterwards. */
  enter(now: Micros): Micros {
    const { qps, capacity = Number.POSITIVE_INFINITY } = this.limit;
    if (qps === undefined) return 0;
    const at = Math.max(now, this.next);
    if (at > now && this.waiting >= capacity)
      throw new HttpError(429, `Too many calls: ${capacity} calls of this principal are already waiting`);
    this.next = at + fromSeconds(1 / qps);
    if (at > now) this.waiting++;
    return at - now;
  }

  leave(): void {
    this.waiting--;
  }
}
