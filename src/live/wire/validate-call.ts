import { HttpError } from './http-error.js';
import { type Call, callSchema } from './messages.js';

/** The required member of each call type; types without entry need none (validation.cpp, scheduler::call). */
const MEMBER_OF: Readonly<Record<string, keyof Call | undefined>> = {
  SUBSCRIBE: 'subscribe',
  TEARDOWN: undefined,
  ACCEPT: 'accept',
  DECLINE: 'decline',
  ACCEPT_INVERSE_OFFERS: 'accept_inverse_offers',
  DECLINE_INVERSE_OFFERS: 'decline_inverse_offers',
  REVIVE: undefined,
  SUPPRESS: undefined,
  KILL: 'kill',
  SHUTDOWN: 'shutdown',
  ACKNOWLEDGE: 'acknowledge',
  ACKNOWLEDGE_OPERATION_STATUS: 'acknowledge_operation_status',
  RECONCILE: 'reconcile',
  RECONCILE_OPERATIONS: 'reconcile_operations',
  MESSAGE: 'message',
  REQUEST: 'request',
  UPDATE_FRAMEWORK: 'update_framework',
};

const UUID_BYTES = 16;

/** A valid call. */
export type ValidCall = Call & { readonly type: string };

/** Validates a call, in the order of checks of Mesos. @throws HttpError 400; 501 for an unknown type. */
export function validateCall(message: unknown): ValidCall {
  const parsed = callSchema.safeParse(message);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new HttpError(
      400,
      `Failed to parse body into Call: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  const call = parsed.data;
  if (call.type === undefined) throw invalid("Expecting 'type' to be present");
  if (!Object.hasOwn(MEMBER_OF, call.type))
    throw new HttpError(501, `Unknown call type ${call.type.slice(0, 60)}`);
  const member = MEMBER_OF[call.type];
  if (member !== undefined && call[member] === undefined)
    throw invalid(`Expecting '${member}' to be present`);
  if (call.type === 'SUBSCRIBE') validateSubscribe(call);
  else if (call.framework_id === undefined) throw invalid("Expecting 'framework_id' to be present");
  const uuid = call.type === 'ACKNOWLEDGE' ? call.acknowledge?.uuid : call.acknowledge_operation_status?.uuid;
  if (uuid !== undefined && Buffer.from(uuid, 'base64').length !== UUID_BYTES)
    throw invalid("Not a valid UUID: expecting 16 bytes in 'uuid'");
  return call as ValidCall;
}

function validateSubscribe(call: Call): void {
  const named = call.subscribe?.framework_info.id?.value;
  if (named !== call.framework_id?.value)
    throw invalid("'subscribe.framework_info.id' must be the same as 'framework_id'");
}

function invalid(problem: string): HttpError {
  return new HttpError(400, `Failed to validate scheduler::Call: ${problem}`);
}
