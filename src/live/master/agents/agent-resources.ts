import type { RolePath } from '../../../model/index.js';
import { resourceMessages } from '../../wire/resources.js';
import type { Conversion } from '../offers/reservation.js';
import type { AgentRecord, MasterState } from '../state.js';

/** Converts resources of an agent, free ones or those of a holder, and sends the agent its new resources. */
export function convertResources(
  state: MasterState,
  agent: AgentRecord,
  holder: { readonly framework: string; readonly role: RolePath } | undefined,
  { consumed, converted }: Conversion,
): void {
  state.host.convert(agent.id, holder, consumed, converted);
  const total = resourceMessages(state.host.totalOf(agent.id));
  agent.stream?.send({ type: 'CHECKPOINT_RESOURCES', resources: total });
}
