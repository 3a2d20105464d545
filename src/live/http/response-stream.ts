import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { EventStream } from '../event-stream.js';
import type { Encoding } from '../wire/encoding.js';
import { encodeRecord } from '../wire/record-io.js';

/** Maximum backlog for a slow client; beyond it the connection is closed. */
const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;

/**
 * Turns a response into an event stream: one write, and so one chunk, per record, as mesos-framework 0.5.3 requires.
 * `closed` is called once, whichever side closes.
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
