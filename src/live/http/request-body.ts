import type { IncomingMessage } from 'node:http';
import { HttpError } from '../wire/http-error.js';
import { parseMessage } from '../wire/json-text.js';

/** The largest body that is read. An ACCEPT of a thousand tasks with long commands is far below. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Reads a body in whole. @throws HttpError 413 when it is above the limit; what comes after that is not kept. */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new HttpError(413, `A body may have ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Reads a message in the order of checks of Mesos: method, media type, form.
 * @throws HttpError 405, 400, 415, 413
 */
export async function readMessage(request: IncomingMessage): Promise<unknown> {
  if (request.method !== 'POST') throw new HttpError(405, `Expecting 'POST', received '${request.method}'`);
  const mediaType = request.headers['content-type'];
  if (mediaType === undefined) throw new HttpError(400, "Expecting 'Content-Type' to be present");
  if (mediaType !== 'application/json')
    throw new HttpError(415, "Expecting 'Content-Type' of application/json: protobuf is not spoken here");
  const message = parseMessage(await readBody(request));
  if (message === undefined) throw new HttpError(400, 'Failed to parse body into JSON');
  return message;
}

/** Does the client take JSON? It does when it does not say. */
export function acceptsJson(request: IncomingMessage): boolean {
  const { accept } = request.headers;
  if (accept === undefined) return true;
  const types = accept.split(',').map((part) => (part.split(';')[0] as string).trim().toLowerCase());
  return types.some((type) => type === 'application/json' || type === 'application/*' || type === '*/*');
}

/** A header of which one value is meant. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
