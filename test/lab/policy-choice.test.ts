import { describe, expect, it } from 'vitest';
import { checkRuns, choosePolicies, policyFolders } from '../../src/lab/scenario/policy-choice.js';
import { runSpecs } from '../../src/lab/scenario/run-choices.js';

const MODE = '--set manners is now --set mode';
/** These choices have no former names. */
const noNote = () => {};
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

describe('a policy with formulas', () => {
  it('is refused at the character of the mistake, before any run', async () => {
    const text = `drf,list(order="priority + waitd/timeLimit")`;
    await expect(choosePolicies(text, {}, noNote)).rejects.toThrow(
      '--policy, character 28: order: unknown name "waitd" in an order, did you mean "waited"?',
    );
    const units = `list(order='waited > 4 GiB')`;
    await expect(choosePolicies(units, {}, noNote)).rejects.toThrow(
      '--policy, character 22: order: found an amount of memory, expected a time such as 2 min',
    );
  });

  it('has a folder of its own for each formula, however long', async () => {
    const long = Array.from({ length: 60 }, (_, i) => `priority * ${i}`).join(' + ');
    const specs = await runSpecs(
      {
        policy: `list(order='waited*2 s'),list(order='waited/2 s'),list(order='priority'),list(order='${long}')`,
        set: {},
      },
      noNote,
    );
    const folders = [...policyFolders(specs).values()];
    expect(folders[2]).toBe('list-order=priority');
    expect(new Set(folders).size).toBe(4);
    for (const folder of folders) expect(folder).toMatch(/^list-order[\w.+=-]{1,100}$/);
  });
});
