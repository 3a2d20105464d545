import type { ClientRequest, IncomingMessage } from 'node:http';
import { RecordReader } from '../wire/record-io.js';

const MAX_EVENT_BYTES = 64 * 1024 * 1024;

/** Reads the records of a streaming response and reports its end. An invalid record closes the connection. */
export function hearRecords(
  outgoing: ClientRequest,
  response: IncomingMessage,
  receive: (record: Buffer) => void,
  closed: () => void,
): void {
  const reader = new RecordReader(MAX_EVENT_BYTES);
  response.on('data', (chunk: Buffer) => {
    try {
      for (const record of reader.push(chunk)) receive(record);
    } catch (error) {
      outgoing.destroy(error as Error);
    }
  });
  response.once('close', closed);
  response.once('error', () => undefined);
}
