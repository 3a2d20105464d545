import type { Parcels } from '../../../model/index.js';
import type { AgentRecord, FrameworkRecord } from '../state.js';

/** The remaining resources of accepted offers while their operations are applied in order. */
export interface AcceptContext {
  readonly framework: FrameworkRecord;
  readonly agent: AgentRecord;
  readonly role: string;
  left: Parcels;
}
