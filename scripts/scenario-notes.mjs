// What the first lines of a file in scenarios/ say: what to expect, in words and as conditions.

/**
 * The comment at the top of a scenario. Its lines are prose, but for these two forms:
 *
 * - `# Expect: FORMULA` or `# Expect drf: FORMULA`: a condition over metrics (docs/formulas.md) that runs of all policies meet, or those
 *   of one. The prose says the same in words.
 * - `# Checked with: {"until": "2h"}`: keys that take the place of those of the file when a test checks this; the shorter run must
 *   show the same.
 */
export function scenarioNotes(text) {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('#'));
  const comment = lines.slice(0, end).map((line) => line.slice(1).trim());
  const prose = [];
  const expectations = [];
  let checkedWith = {};
  for (const line of comment) {
    const expected = /^Expect(?: (\S+))?: (.+)$/.exec(line);
    const checked = /^Checked with: (.+)$/.exec(line);
    if (expected !== null) expectations.push({ policy: expected[1], formula: expected[2] });
    else if (checked !== null) checkedWith = JSON.parse(checked[1]);
    else prose.push(line);
  }
  return { prose: prose.join(' '), expectations, checkedWith };
}
