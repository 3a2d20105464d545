import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { simulate, temporaryFolder } from './simulate-command.js';

it('writes what a policy prints to stderr, complete, so that stdout is one JSON document', () => {
  const file = join(temporaryFolder(), 'talks.mjs');
  writeFileSync(
    file,
    `let calls = 0;
export default () => ({
  name: 'talks',
  schedule() {
    if (calls < 200) console.log('call', calls++, { of: 'schedule' });
  },
});
`,
  );
  const small = ['--until', '10m', '--machines', '20x16cpu/64GiB/4TiBdisk', '--quiet', '--json'];
  const { code, stdout, stderr } = simulate('--policy', file, ...small);
  expect(code).toBe(0);
  expect(JSON.parse(stdout).runs).toHaveLength(1);
  const calls = stderr.split('\n').filter((line) => line.startsWith('call '));
  expect(calls.length).toBeGreaterThan(10);
  expect(calls).toEqual(calls.map((_, i) => `call ${i} { of: 'schedule' }`));
});
