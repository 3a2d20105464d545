import { randomBytes } from 'node:crypto';
import { fromSeconds, MINUTE, type Micros } from '../../../model/index.js';
import type { Operation } from '../../wire/messages.js';
import type { FrameworkRecord, MasterState, OperationRecord, OperationStatus } from '../state.js';

/** Retry interval of an unacknowledged status; it doubles (Mesos: as for task statuses). */
const FIRST_RETRY: Micros = fromSeconds(10);
const LONGEST_RETRY: Micros = 10 * MINUTE;
const UUID_BYTES = 16;

/** An operation that a framework asks about. */
export interface AskedOperation {
  readonly operationId: string;
  readonly agentId: string | undefined;
}

/** Records a finished operation. Frameworks are informed if they gave it an id. */
export function operationFinished(
  state: MasterState,
  framework: FrameworkRecord,
  agentId: string,
  { id }: Operation,
): void {
  if (id === undefined) return;
  const record: OperationRecord = {
    frameworkId: framework.id,
    status: {
      operation_id: id,
      state: 'OPERATION_FINISHED',
      agent_id: { value: agentId },
      uuid: { value: randomBytes(UUID_BYTES).toString('base64') },
    },
    cancelRetry: () => undefined,
  };
  state.operations.get(keyOf(framework.id, id.value))?.cancelRetry();
  state.operations.set(keyOf(framework.id, id.value), record);
  sendUntilAcknowledged(state, record, FIRST_RETRY);
}

/** Reports a refused operation; this status needs no acknowledgement. */
export function operationRefused(
  framework: FrameworkRecord,
  { id }: Operation,
  refusal: { readonly state: 'OPERATION_ERROR' | 'OPERATION_DROPPED'; readonly message: string },
): void {
  if (id !== undefined) send(framework, { operation_id: id, ...refusal });
}

/** ACKNOWLEDGE_OPERATION_STATUS: removes an acknowledged operation. */
export function acknowledgeOperation(
  state: MasterState,
  framework: FrameworkRecord,
  { operationId, uuid }: { readonly operationId: string; readonly uuid: string },
): void {
  const key = keyOf(framework.id, operationId);
  const record = state.operations.get(key);
  if (record?.status.uuid?.value !== uuid) return;
  record.cancelRetry();
  state.operations.delete(key);
}

/** RECONCILE_OPERATIONS: sends the status of each operation; an empty list means all (Mesos, docs/operations.md). */
export function operationStatuses(
  state: MasterState,
  framework: FrameworkRecord,
  asked: readonly AskedOperation[],
): readonly object[] {
  if (asked.length > 0)
    return asked.map(
      ({ operationId, agentId }) =>
        state.operations.get(keyOf(framework.id, operationId))?.status ?? {
          operation_id: { value: operationId },
          state: unknownState(state, agentId),
          ...(agentId !== undefined && { agent_id: { value: agentId } }),
        },
    );
  return [...state.operations.values()]
    .filter(({ frameworkId }) => frameworkId === framework.id)
    .map(({ status }) => status);
}

/** Removes the operations of a removed framework. */
export function forgetOperations(state: MasterState, frameworkId: string): void {
  for (const [key, record] of state.operations) {
    if (record.frameworkId !== frameworkId) continue;
    record.cancelRetry();
    state.operations.delete(key);
  }
}

function unknownState(state: MasterState, agentId: string | undefined): string {
  if (agentId === undefined) return 'OPERATION_UNKNOWN';
  if (state.recovering.has(agentId)) return 'OPERATION_RECOVERING';
  if (state.unreachable.has(agentId)) return 'OPERATION_UNREACHABLE';
  return state.gone.has(agentId) ? 'OPERATION_GONE_BY_OPERATOR' : 'OPERATION_UNKNOWN';
}

function sendUntilAcknowledged(state: MasterState, record: OperationRecord, wait: Micros): void {
  const framework = state.frameworks.get(record.frameworkId);
  if (framework !== undefined) send(framework, record.status);
  record.cancelRetry = state.clock.after(wait, () =>
    sendUntilAcknowledged(state, record, Math.min(LONGEST_RETRY, 2 * wait)),
  );
}

function send(framework: FrameworkRecord, status: OperationStatus): void {
  framework.stream?.send({ type: 'UPDATE_OPERATION_STATUS', update_operation_status: { status } });
}

function keyOf(frameworkId: string, operationId: string): string {
  return `${frameworkId} ${operationId}`;
}
