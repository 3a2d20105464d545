import { get } from 'node:http';
import { fromSeconds, type Micros, type TaskId } from '../../model/index.js';
import { type Cancel, type Clock, every } from '../clock.js';
import { containersSchema } from '../wire/container-usage.js';
import { parseMessage } from '../wire/json-text.js';
import type { MeasuredUsage } from './measured-usage.js';

const BYTES_PER_MIB = 1024 ** 2;
/** An agent that does not answer within this time gives no reading. */
const PATIENCE_MS = 5000;

/** Dependencies of a poll. */
export interface UsagePollSetup {
  readonly clock: Clock;
  readonly now: () => Micros;
  /** Time between two readings. */
  readonly interval: Micros;
  /** The Authorization header, if any. */
  readonly authorization: string | undefined;
  /** Addresses of the agents that have offered resources. */
  readonly agents: () => Iterable<string>;
  /** The task of a current attempt. */
  readonly taskOf: (attempt: string) => TaskId | undefined;
  readonly usage: MeasuredUsage;
  readonly report: (problem: string) => void;
}

/** Reads the usage of tasks from their agents at an interval. @returns a function that ends it. */
export function pollUsage(setup: UsagePollSetup): Cancel {
  const silent = new Set<string>();
  const read = async (address: string) => {
    try {
      recordAnswer(setup, await answerOf(`${address}/containers`, setup.authorization));
      silent.delete(address);
    } catch (error) {
      // Once for each agent, until it answers again.
      if (!silent.has(address))
        setup.report(`the agent at ${address} reports no usage (${(error as Error).message})`);
      silent.add(address);
    }
  };
  return every(setup.clock, setup.interval, () => {
    setup.usage.forgetEnded();
    for (const address of setup.agents()) void read(address);
  });
}

function recordAnswer({ taskOf, usage, now }: UsagePollSetup, text: string): void {
  for (const { source, statistics } of containersSchema.parse(parseMessage(text))) {
    const task = taskOf(source);
    if (task === undefined) continue;
    const reading = {
      at: fromSeconds(statistics.timestamp),
      cpuSeconds: statistics.cpus_user_time_secs + statistics.cpus_system_time_secs,
      memoryMib: statistics.mem_rss_bytes / BYTES_PER_MIB,
    };
    usage.record(task, source, reading, now());
  }
}

/** @throws Error unless the status is 200. */
function answerOf(url: string, authorization: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    const outgoing = get(url, { headers, timeout: PATIENCE_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`status ${response.statusCode}`));
      });
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.once('error', reject);
  });
}
