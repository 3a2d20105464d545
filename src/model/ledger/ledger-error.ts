/**
 * An invalid change of the ledger. It is always a defect of the caller, never of a policy or an input. The message has
 * the ids.
 */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}

/** The amounts of a cluster do not add up. A policy from a file may have changed them other than by its actions. */
export class ImbalanceError extends LedgerError {}
