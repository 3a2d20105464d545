/**
 * An invalid change of the ledger. It is always a defect of the caller, never of a policy or an input. The message has
 * the ids.
 */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}
