import { request } from 'node:http';
import { RecordReader } from '../../src/live/wire/record-io.js';
import { closing } from './live-cluster.js';
import { type Answer, type Event, SchedulerClient, send } from './scheduler-client.js';

/** Sends one call of the operator API. The name of its member follows from its type. */
export function operate(url: string, type: string, member?: object): Promise<Answer> {
  const body = JSON.stringify({ type, ...(member !== undefined && { [type.toLowerCase()]: member }) });
  return send(url, '/api/v1', body);
}

/** Sends a query. @returns the member of the answer that corresponds to its type. */
export async function ask(url: string, type: string): Promise<Event> {
  const { status, text } = await operate(url, type);
  if (status !== 200) throw new Error(`${type}: ${status} ${text}`);
  return JSON.parse(text)[type.toLowerCase()];
}

/** A framework in these roles, subscribed until the test ends. */
export async function frameworkIn(
  url: string,
  roles: readonly string[],
  info: { readonly capabilities?: readonly string[] } & Readonly<Record<string, unknown>> = {},
): Promise<SchedulerClient> {
  const client = new SchedulerClient(url);
  closing(client, () => client.close());
  const { capabilities = [], ...others } = info;
  return client.subscribe({
    roles,
    ...others,
    capabilities: ['MULTI_ROLE', 'RESERVATION_REFINEMENT', ...capabilities].map((type) => ({ type })),
  });
}

/** Events of the operator API, from SUBSCRIBED on. */
export function listen(url: string): Promise<readonly Event[]> {
  const events: Event[] = [];
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL('/api/v1', url),
      { method: 'POST', headers: { 'Content-Type': 'application/json' }, agent: false },
      (response) => {
        const reader = new RecordReader(1 << 24);
        response.on('data', (chunk: Buffer) => {
          for (const record of reader.push(chunk)) events.push(JSON.parse(record.toString('utf8')));
          resolve(events);
        });
        response.on('error', () => undefined);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify({ type: 'SUBSCRIBE' }));
    closing(outgoing, () => void outgoing.destroy());
  });
}
