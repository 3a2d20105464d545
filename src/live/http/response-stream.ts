import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { EventStream } from '../event-stream.js';
import type { Encoding } from '../wire/encoding.js';
import { encodeRecord } from '../wire/record-io.js';

/** What may wait for a client that does not read; beyond it the connection is given up. */
const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;

/**
 * Makes a response a stream of events: one write, and so one chunk, per record, which mesos-framework 0.5.3 needs.
 * `closed` is called once, whoever closes it.
 */
export function openEventStream(
  response: ServerResponse,
  { mediaType, encode }: Encoding,
  closed: (stream: EventStream) => void,
): EventStream {
  const id = randomUUID();
  response.writeHead(200, { 'Content-Type': mediaType, 'Mesos-Stream-Id': id });
  response.flushHeaders();
  response.socket?.setNoDelay(true);
  const stream: EventStream = {
    id,
    send(event) {
      if (response.writableEnded || response.destroyed) return;
      if (response.writableLength > MAX_BACKLOG_BYTES) response.destroy();
      else response.write(encodeRecord(encode(event)));
    },
    close: () => response.end(),
  };
  response.once('close', () => closed(stream));
  return stream;
}
