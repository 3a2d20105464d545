import { describe, expect, it } from 'vitest';
import { checkRuns, choosePolicies } from '../../src/cli/policy-runs.js';
import { runSpecs } from '../../src/cli/run-options.js';

const MODE = '--set manners is now --set mode';
const LATER = 'the old name works in this version only.';

describe('the former name of a parameter', () => {
  it('is noted once for each key, however many policies and seeds there are', async () => {
    const notes: string[] = [];
    const choices = {
      policy: 'drf,whole-cell-offers,whole-cell-offers(mode=sound)',
      seeds: '1-3',
      set: { manners: 'omega-simulator' },
    };
    const specs = await runSpecs(choices, (line) => notes.push(line));
    // The policies without this parameter accept its former name, too.
    await checkRuns(specs);
    expect(notes).toEqual([`note: ${MODE}; ${LATER}`]);
  });

  it('is noted in the arguments of a policy, and the new name is not', async () => {
    const notes: string[] = [];
    const note = (line: string) => notes.push(line);
    await choosePolicies('whole-cell-offers(mode=sound)', { interval: '2s' }, note);
    expect(notes).toEqual([]);
    await choosePolicies('whole-cell-offers(manners=sound)', {}, note);
    expect(notes).toEqual([
      `note: whole-cell-offers(manners=...) is now whole-cell-offers(mode=...); ${LATER}`,
    ]);
  });
});
