import type { IncomingMessage } from 'node:http';
import { HttpError } from '../wire/http-error.js';
import { parseMessage } from '../wire/json-text.js';
import { mediaTypeOf } from '../wire/media-type.js';
import { decodeProtobuf, type ProtobufName } from '../wire/protobuf.js';

/** Maximum size of a request body. An ACCEPT of a thousand tasks with long commands is far below. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Reads a whole body. @throws HttpError 413 above the limit; the rest is not buffered. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES)
      throw new HttpError(413, `Request body is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Reads a message. Checks are in the order of Mesos: method, media type, format.
 * @throws HttpError 405, 400, 415, 413
 */
export async function readMessage(request: IncomingMessage, name: ProtobufName): Promise<unknown> {
  requirePost(request);
  const mediaType = mediaTypeOf(request.headers['content-type']);
  const body = await readBody(request);
  return mediaType === 'application/json' ? parseJson(body) : decodeProtobuf(name, body);
}

/** Reads a message that exists only as JSON. @throws HttpError 405, 400, 415, 413 */
export async function readJsonMessage(request: IncomingMessage): Promise<unknown> {
  requirePost(request);
  if (mediaTypeOf(request.headers['content-type']) !== 'application/json')
    throw new HttpError(415, "Expecting 'Content-Type' of application/json");
  return parseJson(await readBody(request));
}

function requirePost({ method }: IncomingMessage): void {
  if (method !== 'POST') throw new HttpError(405, `Expecting 'POST', received '${method}'`);
}

function parseJson(body: Buffer): unknown {
  const message = parseMessage(body.toString('utf8'));
  if (message === undefined) throw new HttpError(400, 'Failed to parse body into JSON');
  return message;
}

/** The first value of a header. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
