import protobuf from 'protobufjs';
import { HttpError } from './http-error.js';
import { MESOS_PROTO } from './proto/mesos-proto.js';
import { OPERATOR_PROTO } from './proto/operator-proto.js';
import { SCHEDULER_PROTO } from './proto/scheduler-proto.js';
import { TASK_PROTO } from './proto/task-proto.js';

/** Top-level messages; all others are parts of them. */
export type ProtobufName =
  | 'scheduler.Call'
  | 'scheduler.Event'
  | 'scheduler.Response'
  | 'master.Call'
  | 'master.Event'
  | 'master.Response';

const root = new protobuf.Root();
for (const text of [MESOS_PROTO, TASK_PROTO, SCHEDULER_PROTO, OPERATOR_PROTO])
  protobuf.parse(text, root, { keepCase: true });
root.resolveAll();

/** Objects use the JSON mapping: enums by name, bytes in base64, unset fields absent. */
const PLAIN_FORM = { enums: String, longs: Number, bytes: String };

/** Decodes a message to its JSON mapping. @throws HttpError 400 for invalid bytes or missing required fields. */
export function decodeProtobuf(name: ProtobufName, bytes: Uint8Array): unknown {
  const type = root.lookupType(`mesos.v1.${name}`);
  try {
    return type.toObject(type.decode(bytes), PLAIN_FORM);
  } catch {
    // The library throws many kinds of errors for malformed input; none would tell the sender more.
    throw new HttpError(400, `Failed to parse body into ${name} protobuf`);
  }
}

/** Encodes a message given in its JSON mapping. Unknown members are dropped. */
export function encodeProtobuf(name: ProtobufName, message: object): Buffer {
  const type = root.lookupType(`mesos.v1.${name}`);
  const bytes = type.encode(type.fromObject(message)).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
