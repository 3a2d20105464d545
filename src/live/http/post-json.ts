import { type ClientRequest, Agent as Connections, request } from 'node:http';
import { Agent as ConnectionsOverTls, request as requestOverTls } from 'node:https';

/** Address and credentials of a master. */
export interface Recipient {
  readonly master: URL;
  /** The Authorization header, if any. */
  readonly authorization: string | undefined;
}

/** Keep-alive connections to a master, with a maximum number. */
export function connectionsTo({ master }: Recipient, maxSockets = Number.POSITIVE_INFINITY): Connections {
  const Kept = master.protocol === 'https:' ? ConnectionsOverTls : Connections;
  return new Kept({ keepAlive: true, maxSockets });
}

/** Posts a message as JSON. `connections`: false for a new connection, because a reused one may be half-open. */
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
