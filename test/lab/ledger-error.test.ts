import { describe, expect, test } from 'vitest';
import { ledgerErrorOf } from '../../src/lab/run/run.js';
import { ImbalanceError, InputError, LedgerError } from '../../src/model/index.js';

describe('amounts that do not add up after a run', () => {
  const error = new ImbalanceError('the ledger does not balance: machine 0 has -1 of cpus free');

  test('are the fault of a policy from a file, which is named', () => {
    const told = ledgerErrorOf(error, './mine.js(spare=2)', 'mine');
    expect(told).toBeInstanceOf(InputError);
    expect(told.message).toMatch(
      /^\.\/mine\.js: the policy changed the cluster other than by its actions: .* -1/,
    );
  });

  test('are a defect under a built-in policy', () => {
    expect(ledgerErrorOf(error, 'drf', 'drf')).not.toBeInstanceOf(InputError);
  });
});

test('an invalid change of the ledger is a defect under any policy', () => {
  const told = ledgerErrorOf(new LedgerError('no machine 7'), './mine.js', 'mine');
  expect([told instanceof InputError, told.message]).toEqual([false, 'policy mine: no machine 7']);
});
