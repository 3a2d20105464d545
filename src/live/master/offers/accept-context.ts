import type { Parcels } from '../../../model/index.js';
import type { AgentRecord, FrameworkRecord } from '../state.js';

/** What is left of the accepted offers while their operations are carried out, one after the other. */
export interface AcceptContext {
  readonly framework: FrameworkRecord;
  readonly agent: AgentRecord;
  readonly role: string;
  left: Parcels;
}
