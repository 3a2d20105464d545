/** An impossible change of the ledger: always a defect of a host, never of a policy or an input. The message names the ids. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}
