import { type ClientRequest, Agent as Connections, request } from 'node:http';
import { Agent as ConnectionsOverTls, request as requestOverTls } from 'node:https';

/** Whom messages are sent to. */
export interface Recipient {
  readonly master: URL;
  /** The Authorization header, where there is one. */
  readonly authorization: string | undefined;
}

/** Connections to a master that are used again; at most so many at once. */
export function connectionsTo({ master }: Recipient, maxSockets = Number.POSITIVE_INFINITY): Connections {
  const Kept = master.protocol === 'https:' ? ConnectionsOverTls : Connections;
  return new Kept({ keepAlive: true, maxSockets });
}

/** Posts a message as JSON. `connections`: false for a connection of its own, because one that was used before may be half-open. */
export function postJson(
  { master, authorization }: Recipient,
  path: string,
  message: object,
  headers: Readonly<Record<string, string>>,
  connections: Connections | false,
): ClientRequest {
  const body = JSON.stringify(message);
  const send = master.protocol === 'https:' ? requestOverTls : request;
  const outgoing = send(new URL(path, master), {
    method: 'POST',
    agent: connections,
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      ...(authorization !== undefined && { Authorization: authorization }),
      ...headers,
    },
  });
  outgoing.end(body);
  return outgoing;
}
