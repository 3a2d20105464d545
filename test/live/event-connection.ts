import { Agent, type ClientRequest, request } from 'node:http';
import { RecordReader } from '../../src/live/wire/record-io.js';
import type { Event } from './scheduler-client.js';

/** An endpoint of a master, with the authorization for it. */
export interface CalledEndpoint {
  readonly url: string;
  readonly path: string;
  readonly authorization: string;
}

/** Callbacks of a subscription. */
export interface EventListener {
  readonly event: (event: Event, streamId: string) => void;
  /** Called for all received data, also for a part of an event. */
  readonly heard?: () => void;
  /** Called once at the end, also if no connection was established. */
  readonly closed: () => void;
}

const MAX_EVENT_BYTES = 1 << 26;

/** Subscribes and passes on every event. @returns the request, which the caller destroys. */
export function openEvents(
  endpoint: CalledEndpoint,
  body: object,
  { event, heard, closed }: EventListener,
): ClientRequest {
  const outgoing = postTo(endpoint, body, {}, undefined);
  let isOver = false;
  const over = () => {
    if (!isOver) closed();
    isOver = true;
  };
  outgoing.on('error', over);
  outgoing.on('response', (response) => {
    const streamId = String(response.headers['mesos-stream-id']);
    const reader = new RecordReader(MAX_EVENT_BYTES);
    response.on('data', (chunk: Buffer) => {
      heard?.();
      if (response.statusCode !== 200) return;
      for (const record of reader.push(chunk)) event(JSON.parse(record.toString('utf8')), streamId);
    });
    response.on('error', () => undefined);
    response.on('close', over);
  });
  return outgoing;
}

/** Sends a call of a subscription on a keep-alive connection, without waiting for the answer. */
export function callOn(endpoint: CalledEndpoint, streamId: string, body: object, connections: Agent): void {
  const outgoing = postTo(endpoint, body, { 'Mesos-Stream-Id': streamId }, connections);
  outgoing.on('response', (response) => response.resume());
  outgoing.on('error', () => undefined);
}

function postTo(
  { url, path, authorization }: CalledEndpoint,
  body: object,
  headers: Readonly<Record<string, string>>,
  connections: Agent | undefined,
): ClientRequest {
  const text = JSON.stringify(body);
  const outgoing = request(new URL(path, url), {
    method: 'POST',
    agent: connections ?? false,
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      Authorization: authorization,
      ...headers,
    },
  });
  outgoing.end(text);
  return outgoing;
}

/** Keep-alive connections. */
export function keptConnections(most: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: most });
}
