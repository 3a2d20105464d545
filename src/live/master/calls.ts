import { HttpError } from '../wire/http-error.js';
import type { ValidCall } from '../wire/validate-call.js';
import { sendKill } from './agents/agent-kill.js';
import { accept, decline, refusalOf } from './offers/accept.js';
import { answerInverseOffers, dropInverseFilters } from './offers/inverse-offers.js';
import { acknowledgeOperation } from './offers/operations.js';
import { type FrameworkRecord, type MasterState, taskKey } from './state.js';
import { reconcile, reconcileTask } from './tasks/reconciliation.js';
import { acknowledge, isTerminal } from './tasks/status.js';

const NANOSECONDS_PER_SECOND = 1e9;

/** Performs a call of a subscribed framework (Mesos, Master::receive). @throws HttpError 501 for unsupported types */
export function performCall(state: MasterState, framework: FrameworkRecord, call: ValidCall): void {
  switch (call.type) {
    case 'ACCEPT':
      accept(state, framework, {
        offerIds: values(call.accept?.offer_ids),
        operations: call.accept?.operations ?? [],
        refuseSeconds: call.accept?.filters?.refuse_seconds,
      });
      return;
    case 'DECLINE':
      decline(
        state,
        framework,
        values(call.decline?.offer_ids),
        refusalOf(call.decline?.filters?.refuse_seconds),
      );
      return;
    case 'REVIVE':
      state.counters.add('messages_revive_offers');
      state.host.revive(framework.id, call.revive?.roles ?? []);
      dropInverseFilters(state, framework.id);
      return;
    case 'SUPPRESS':
      state.counters.add('messages_suppress_offers');
      state.host.suppress(framework.id, call.suppress?.roles ?? []);
      return;
    case 'KILL':
      kill(state, framework, call.kill as NonNullable<ValidCall['kill']>);
      return;
    case 'SHUTDOWN':
      shutdownExecutor(state, framework, call.shutdown as NonNullable<ValidCall['shutdown']>);
      return;
    case 'ACKNOWLEDGE': {
      const { agent_id, task_id, uuid } = call.acknowledge as NonNullable<ValidCall['acknowledge']>;
      acknowledge(state, framework, { agentId: agent_id.value, taskId: task_id.value, uuid });
      return;
    }
    case 'RECONCILE':
      reconcile(
        state,
        framework,
        (call.reconcile?.tasks ?? []).map(({ task_id, agent_id }) => ({
          taskId: task_id.value,
          agentId: agent_id?.value,
        })),
      );
      return;
    case 'ACCEPT_INVERSE_OFFERS':
    case 'DECLINE_INVERSE_OFFERS': {
      const isAccepted = call.type === 'ACCEPT_INVERSE_OFFERS';
      const said = isAccepted ? call.accept_inverse_offers : call.decline_inverse_offers;
      answerInverseOffers(state, framework, values(said?.inverse_offer_ids), {
        status: isAccepted ? 'ACCEPT' : 'DECLINE',
        refuseFor: refusalOf(said?.filters?.refuse_seconds),
      });
      return;
    }
    case 'ACKNOWLEDGE_OPERATION_STATUS': {
      const { operation_id, uuid } = call.acknowledge_operation_status as NonNullable<
        ValidCall['acknowledge_operation_status']
      >;
      acknowledgeOperation(state, framework, { operationId: operation_id.value, uuid });
      return;
    }
    case 'MESSAGE':
      // Custom executors are not supported, and Mesos drops messages to an unknown executor.
      state.counters.add('messages_framework_to_executor');
      state.counters.add('dropped_messages');
      return;
    case 'REQUEST':
      // Mesos's hierarchical allocator ignores it, too.
      state.counters.add('messages_resource_request');
      return;
    default:
      throw new HttpError(501, `${call.type} is not implemented`);
  }
}

function values(ids: readonly { readonly value: string }[] | undefined): readonly string[] {
  return (ids ?? []).map(({ value }) => value);
}

/** An unknown task is answered as by reconciliation. A task on another agent than given is not killed. */
function kill(
  state: MasterState,
  framework: FrameworkRecord,
  { task_id, agent_id, kill_policy }: NonNullable<ValidCall['kill']>,
): void {
  state.counters.add('messages_kill_task');
  const task = state.tasks.get(taskKey(framework.id, task_id.value));
  if (task === undefined) {
    reconcileTask(state, framework, { taskId: task_id.value, agentId: agent_id?.value });
    return;
  }
  if (agent_id !== undefined && agent_id.value !== task.agentId) return;
  const agent = state.agents.get(task.agentId);
  const nanoseconds = (kill_policy ?? task.info.kill_policy)?.grace_period?.nanoseconds;
  if (agent !== undefined)
    sendKill(
      agent,
      framework.id,
      task_id.value,
      nanoseconds === undefined ? undefined : nanoseconds / NANOSECONDS_PER_SECOND,
    );
}

function shutdownExecutor(
  state: MasterState,
  framework: FrameworkRecord,
  { executor_id, agent_id }: NonNullable<ValidCall['shutdown']>,
): void {
  const agent = state.agents.get(agent_id.value);
  if (agent === undefined) return;
  for (const task of state.tasks.values())
    if (
      task.frameworkId === framework.id &&
      task.agentId === agent.id &&
      task.group?.executorId === executor_id.value &&
      !isTerminal(task.state)
    )
      sendKill(agent, framework.id, task.info.task_id.value, undefined);
}
