import protobuf from 'protobufjs';
import { HttpError } from './http-error.js';
import { MESOS_PROTO } from './proto/mesos-proto.js';
import { OPERATOR_PROTO } from './proto/operator-proto.js';
import { SCHEDULER_PROTO } from './proto/scheduler-proto.js';
import { TASK_PROTO } from './proto/task-proto.js';

/** Messages that cross the wire as such; all others are parts of them. */
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

/** The plain form is the one that JSON has: enums by name, bytes in base64, nothing where nothing is set. */
const PLAIN_FORM = { enums: String, longs: Number, bytes: String };

/** Reads a message into the form that its JSON has. @throws HttpError 400 when the bytes are none, or lack what is required. */
export function decodeProtobuf(name: ProtobufName, bytes: Uint8Array): unknown {
  const type = root.lookupType(`mesos.v1.${name}`);
  try {
    return type.toObject(type.decode(bytes), PLAIN_FORM);
  } catch {
    // The library throws a dozen kinds of errors on what is not well-formed; none of them says more to the sender.
    throw new HttpError(400, `Failed to parse body into ${name} protobuf`);
  }
}

/** Writes a message that has the form of JSON. What the message has no member for is left out. */
export function encodeProtobuf(name: ProtobufName, message: object): Buffer {
  const type = root.lookupType(`mesos.v1.${name}`);
  const bytes = type.encode(type.fromObject(message)).finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
