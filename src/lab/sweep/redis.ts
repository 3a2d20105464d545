import type { Redis } from 'ioredis';
import { InputError } from '../../model/index.js';
import { Interrupted } from '../run/node/run-thread.js';
import type { CellTask } from './perform-cell.js';

/** Default of `--queue`. */
export const QUEUE = 'fairground';

/** Where the cells of sweeps wait for workers. */
export interface QueuePlace {
  /** Address of the Redis, such as `redis://host:6379`. */
  readonly redis: string;
  /** Name of the queue. */
  readonly queue: string;
}

/** The data of a job: a cell of a sweep. */
export interface QueuedCell {
  readonly task: CellTask;
  /** The build of Fairground that planned the cell. */
  readonly engine: string;
}

/** What a worker says of a job that failed, before the reason: the cell is wrong, or this worker must not run it. */
export const FAILURES = { mistake: 'mistake: ', refused: 'refused: ' } as const;

/** Results and failures that nobody collects are removed from Redis after this time, in seconds. */
export const KEPT_FOR = { age: 7 * 24 * 3600 } as const;

/** A connection that was interrupted is tried again at this interval and for this time, in milliseconds. */
const RETRY_INTERVAL = 500;
const RETRY_TIME = 10_000;

/** The packages of the queue. Only those who use several computers install them. @throws InputError without them. */
export async function loadBullMq(): Promise<typeof import('bullmq')> {
  try {
    await import('ioredis');
    return await import('bullmq');
  } catch {
    throw new InputError(
      {},
      'a queue of runs needs the packages bullmq and ioredis: npm install bullmq ioredis',
    );
  }
}

/** A connection to Redis. It comes back by itself after a short interruption, and ends after a long one. */
export class QueueConnection {
  readonly client: Redis;
  /** The address without its password. */
  readonly address: string;
  private problem = '';

  private constructor(client: Redis, address: string) {
    this.client = client;
    this.address = address;
    client.on('error', (error: NodeJS.ErrnoException) => {
      this.problem = error.code ?? error.message;
    });
  }

  /** @throws InputError when the address is wrong or Redis does not answer. */
  static async open(redis: string): Promise<QueueConnection> {
    const url = URL.canParse(redis) ? new URL(redis) : undefined;
    if (url === undefined || !/^rediss?:$/.test(url.protocol) || url.hostname === '')
      throw InputError.expected({ field: '--redis' }, redis, 'an address such as redis://host:6379');
    await loadBullMq();
    const { Redis } = await import('ioredis');
    const client = new Redis(redis, {
      lazyConnect: true,
      maxRetriesPerRequest: null,
      keepAlive: 5000,
      retryStrategy: (times) => (times * RETRY_INTERVAL > RETRY_TIME ? null : RETRY_INTERVAL),
    });
    const connection = new QueueConnection(client, `${url.hostname}:${url.port || '6379'}`);
    try {
      await client.connect();
    } catch (error) {
      client.disconnect();
      const { code = (error as Error).message } = error as NodeJS.ErrnoException;
      throw connection.unreachable(connection.problem || code);
    }
    return connection;
  }

  /** The error in plain words: of a connection that has ended, or of Redis itself. */
  explained(error: unknown, signal?: AbortSignal): unknown {
    if (error instanceof InputError || error instanceof Interrupted) return error;
    if (this.client.status === 'end')
      return signal?.aborted === true ? new Interrupted() : this.unreachable(this.problem);
    const { name, message } = error as Error;
    return name === 'ReplyError' ? new InputError({ field: this.address }, `Redis says: ${message}`) : error;
  }

  /** The connection has ended: what a person can do. */
  unreachable(why: string): InputError {
    return new InputError(
      { field: '--redis' },
      `no answer from ${this.address}${why === '' ? '' : ` (${why})`}; finished runs are kept, and the same command goes on`,
    );
  }
}
