import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { policyDigest } from '../../src/lab/policy-file/policy-digest.js';
import { loadPolicy } from '../../src/lab/policy-file/policy-file.js';
import { isPolicyPath } from '../../src/lab/policy-file/policy-use.js';
import { run } from '../../src/lab/run/node/run.js';
import { runMany } from '../../src/lab/run/node/run-many.js';
import { POLICIES } from '../../src/policies/registry.js';
import { VERSION } from '../../src/results/files/version.js';
import { smallSpec, summaryOf } from './small-runs.js';

const folder = mkdtempSync(join(tmpdir(), 'fairground-policies-'));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** First fit, as a person might write it. */
const FIRST_FIT = `schedule(view, act) {
      for (let task = view.queue.first, next; task >= 0; task = next) {
        next = view.queue.next(task);
        const machine = view.machines.firstFit(task);
        if (machine >= 0) act.start(task, machine);
      }
    }`;

const FUNCTION_JS = file('own.js', `export default () => ({ name: 'any', ${FIRST_FIT} });\n`);

const POLICY_TS = file(
  'with-knobs.ts',
  `import { listScheduler, placementNamed, type PolicyFile } from 'fairground/policies';

/** A policy with a knob. */
const policy: PolicyFile = {
  parameters: [{ kind: 'choice', name: 'order', default: 'first-fit', choices: ['first-fit', 'worst-fit'], about: 'Where.' }],
  build: (settings) => ({
    architecture: 'monolithic',
    scheduler: listScheduler({ name: 'x', placement: placementNamed(settings.text('order')), backfill: 'any' }),
  }),
};

export default policy;
`,
);

describe('a policy by name', () => {
  it('is the one of the registry', async () => {
    for (const policy of POLICIES) expect(await loadPolicy(policy.name)).toBe(policy);
  });

  it('that nobody knows is refused with the names that there are', async () => {
    await expect(loadPolicy('fifo')).rejects.toThrow(
      /^--policy: unknown policy "fifo", expected one of silos, drf, .*, or a file such as \.\/mine\.ts; did you mean fcfs\?$/,
    );
  });

  it.each([
    ['drf', false],
    ['bin-packing', false],
    ['mine.ts', true],
    ['mine.mts', true],
    ['mine.js', true],
    ['mine.mjs', true],
    ['./mine', true],
    ['a\\mine', true],
  ])('%s: a file? %s', (text, isFile) => {
    expect(isPolicyPath(text)).toBe(isFile);
  });
});

describe('a policy in a file', () => {
  it('may be a function that makes a scheduler: it has the name of the file and schedules the whole cluster', async () => {
    const policy = await loadPolicy(FUNCTION_JS);
    expect([policy.name, policy.parameters]).toEqual(['own', []]);
    const [own, packed] = [
      await summaryOf(smallSpec({ policy: FUNCTION_JS })),
      await summaryOf(smallSpec({ policy: 'bin-packing', set: { placement: 'first-fit' } })),
    ];
    expect(own.run.policy).toEqual({ name: 'own', parameters: {}, digest: await policyDigest(FUNCTION_JS) });
    expect({ ...own, run: {} }).toEqual({ ...packed, run: {} });
  });

  it('may be a Policy with parameters of its own, in TypeScript, made of the parts that are there', async () => {
    const policy = await loadPolicy(POLICY_TS);
    expect([policy.name, policy.parameters.map(({ name }) => name)]).toEqual(['with-knobs', ['order']]);
    const worst = await summaryOf(smallSpec({ policy: POLICY_TS, set: { order: 'worst-fit' } }));
    expect(worst.run.policy).toMatchObject({ name: 'with-knobs', parameters: { order: 'worst-fit' } });
    const same = await summaryOf(smallSpec({ policy: 'bin-packing', set: { placement: 'worst-fit' } }));
    expect({ ...worst, run: {} }).toEqual({ ...same, run: {} });
    const other = await summaryOf(smallSpec({ policy: POLICY_TS, set: { 'with-knobs.order': 'first-fit' } }));
    expect({ ...other, run: {} }).not.toEqual({ ...worst, run: {} });
    await expect(summaryOf(smallSpec({ policy: POLICY_TS, set: { order: 'best-fit' } }))).rejects.toThrow(
      /--set order: found "best-fit", expected one of first-fit, worst-fit/,
    );
  });

  it('may have a name of its own, and be split over files', async () => {
    file('helper.ts', 'export const NAME: string = "by-itself";\n');
    const path = file(
      'split.ts',
      `import { NAME } from './helper.ts';
import { drfAllocator, listScheduler, placementNamed, type PolicyFile } from 'fairground/policies';
const parts: PolicyFile = {
  name: NAME,
  build: () => ({
    architecture: 'two-level',
    allocator: drfAllocator({ minimum: [{ cpus: 10 }, { mem: 32 }] }),
    scheduler: () => listScheduler({ name: NAME, placement: placementNamed('first-fit'), backfill: 'any' }),
    terms: { interval: 1_000_000, hold: 0, refuse: 5_000_000, timeout: Infinity },
  }),
};
export { parts as default };
`,
    );
    const [own, drf] = [
      await summaryOf(smallSpec({ policy: path })),
      await summaryOf(smallSpec({ policy: 'drf' })),
    ];
    expect(own.run.policy).toMatchObject({ name: 'by-itself', parameters: {} });
    expect({ ...own, run: {} }).toEqual({ ...drf, run: {} });
  });

  it('is fresh for each run: what a scheduler remembers does not leak into the next', async () => {
    const path = file(
      'remembers.js',
      `export default () => { let calls = 0; return { name: 'x', schedule(view, act) {
        if (calls++ > 3) return;
        for (let t = view.queue.first, next; t >= 0; t = next) { next = view.queue.next(t); act.start(t, 0); }
      } }; };\n`,
    );
    const [first, second] = [
      await summaryOf(smallSpec({ policy: path })),
      await summaryOf(smallSpec({ policy: path })),
    ];
    expect(second).toEqual(first);
    expect(first.tasks.started).toBeGreaterThan(0);
  });
});

describe('a mistake in a policy file is named by file and line', () => {
  const IMPORT = "import type { Scheduler } from 'fairground/policies';\n";

  it.each([
    [
      'a misspelt method',
      'misspelt.ts',
      `${IMPORT}export default (): Scheduler => ({\n  name: 'x',\n  schedule(view, act) {\n    act.strat(view.queue.first, 0);\n  },\n});\n`,
      /misspelt\.ts:5: Property 'strat' does not exist/,
    ],
    [
      'a value of the wrong type',
      'wrong.ts',
      `${IMPORT}\nconst machine: string = 3;\nexport default (): Scheduler => ({ name: machine, schedule() {} });\n`,
      /wrong\.ts:3: Type 'number' is not assignable to type 'string'/,
    ],
    [
      'a scheduler that lacks a method',
      'lacks.ts',
      "export default () => ({ name: 'x' });\n",
      /lacks\.ts: the default export is not a policy: .*'schedule' is missing/,
    ],
    [
      'no default export',
      'none.ts',
      'export const policy = 3;\n',
      /none\.ts: the default export is not a policy/,
    ],
    ['a number', 'number.ts', 'export default 3;\n', /number\.ts: the default export is not a policy/],
    [
      'a slip of syntax',
      'syntax.ts',
      'export default () => ({\n  name: ;\n});\n',
      /syntax\.ts:2: Expression expected/,
    ],
    [
      'a slip of syntax in JavaScript',
      'syntax.js',
      'export default () => ({\n  name: ;\n});\n',
      /syntax\.js:2: Unexpected ";"/,
    ],
    [
      'an import that is not there',
      'import.js',
      "\nimport x from './nope.js';\nexport default x;\n",
      /import\.js:2: Could not resolve "\.\/nope\.js"/,
    ],
    [
      'the file system',
      'node.js',
      "import fs from 'node:fs';\nexport default () => fs;\n",
      /node\.js:1: Could not resolve "node:fs"/,
    ],
    [
      'no default export in JavaScript',
      'none.js',
      'export const policy = 3;\n',
      /none\.js: the default export must be a Policy or a function that makes a Scheduler/,
    ],
    [
      'an object without build',
      'object.js',
      'export default { name: "x" };\n',
      /object\.js: the default export must be a Policy/,
    ],
    [
      'an exception while it is loaded',
      'load.js',
      'throw new Error("not today");\n',
      /load\.js: cannot be loaded: not today/,
    ],
  ])('%s', async (_what, name, text, message) => {
    const path = file(name, text);
    await expect(loadPolicy(path)).rejects.toThrow(message);
    await expect(loadPolicy(path)).rejects.toMatchObject({ name: 'InputError', place: { file: path } });
  });

  it('a file that is not there', async () => {
    await expect(loadPolicy(join(folder, 'nope.ts'))).rejects.toThrow(/nope\.ts: no such policy file/);
  });

  it.each([
    ['a function that makes nothing', 'nothing.js', 'export default () => undefined;\n'],
    [
      'parts of no known architecture',
      'shape.js',
      'export default { build: () => ({ architecture: "flat" }) };\n',
    ],
    ['parts that are missing', 'parts.js', 'export default { build: () => undefined };\n'],
    [
      'parts without a scheduler',
      'half.js',
      'export default { build: () => ({ architecture: "monolithic" }) };\n',
    ],
    [
      'offers without an allocator',
      'offers.js',
      'export default { build: () => ({ architecture: "two-level", scheduler: () => ({ schedule() {} }) }) };\n',
    ],
    [
      'a framework without a scheduler',
      'frameworks.js',
      `export default { build: () => ({ architecture: "two-level", scheduler: () => null, allocator: { name: 'x', allocate() {} }, terms: { interval: 0, hold: 0, refuse: 1, timeout: 1 } }) };\n`,
    ],
    [
      'offers without terms',
      'terms.js',
      "export default { build: () => ({ architecture: 'two-level', scheduler: () => ({ schedule() {} }), allocator: { allocate() {} } }) };\n",
    ],
    ['parameters that are no list', 'list.js', 'export default { parameters: 5, build: () => ({}) };\n'],
  ])('%s, where no types were checked', async (_what, name, text) => {
    const path = file(name, text);
    const outcome = await run(smallSpec({ policy: path, until: 1e6 })).catch((error) => error);
    expect(outcome, outcome?.stack).toMatchObject({ name: 'InputError', place: { file: path } });
    expect(outcome.message.startsWith(`${path}: `)).toBe(true);
  });
});

describe('an exception of a policy', () => {
  const guarded = async (name: string, text: string) => {
    const policy = file(name, text);
    // In a worker thread, as the command does it.
    return runMany([{ spec: smallSpec({ policy, until: 600e6 }) }]).catch((error: Error) => error.message);
  };

  it('while it schedules names file, line and simulated time', async () => {
    expect(
      await guarded(
        'late.ts',
        `import type { Scheduler } from 'fairground/policies';

export default (): Scheduler => ({
  name: 'x',
  schedule(view) {
    if (view.now >= 60e6) {
      throw new Error('enough');
    }
  },
});
`,
      ),
    ).toMatch(/late\.ts:7: schedule\(\) failed at (6\d|[7-9]\d|\d{3})(\.\d+)? s: enough$/);
  });

  it('in a file of JavaScript names its line too', async () => {
    const text =
      "export default () => ({\n  name: 'x',\n  schedule(view) {\n    view.nothing.there();\n  },\n});\n";
    expect(await guarded('late.js', text)).toMatch(
      /late\.js:4: schedule\(\) failed at 0 s: Cannot read properties of undefined/,
    );
  });

  it('while it allocates or builds names the method', async () => {
    const terms = 'terms: { interval: 1e6, hold: 0, refuse: 1e6, timeout: Infinity }';
    const parts = `architecture: 'two-level', ${terms}, scheduler: () => ({ name: 'x', schedule() {} })`;
    expect(
      await guarded(
        'allocates.js',
        `export default { build: () => ({ ${parts},\n  allocator: { name: 'x',\n    allocate() { throw new Error('no'); } } }) };\n`,
      ),
    ).toMatch(/allocates\.js:3: allocate\(\) failed at 0 s: no$/);
    expect(
      await guarded(
        'makes.js',
        `export default { build: () => ({ architecture: 'two-level', ${terms},\n  allocator: { name: 'x', allocate() {} },\n  scheduler() { throw new Error('no'); } }) };\n`,
      ),
    ).toMatch(/makes\.js:3: scheduler\(\) failed: no$/);
    expect(await guarded('builds.js', 'export default { build() {\n throw new Error("no"); } };\n')).toMatch(
      /builds\.js:2: build\(\) failed: no$/,
    );
  });

  it('that is no Error is told as it is', async () => {
    expect(
      await guarded('text.js', "export default () => ({ name: 'x', schedule() { throw 'plain text'; } });\n"),
    ).toMatch(/text\.js: schedule\(\) failed at 0 s: plain text$/);
    expect(
      await guarded('null.js', "export default () => ({ name: 'x', schedule() { throw null; } });\n"),
    ).toMatch(/null\.js: schedule\(\) failed at 0 s: null$/);
  });
});

describe('the digest of a policy', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

  it('is of the text of its file, as sha256sum prints it', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'fairground-digest-')), 'one.mjs');
    writeFileSync(path, 'export default () => ({});\n');
    expect(await policyDigest(path)).toBe(sha256('export default () => ({});\n'));
  });

  it('of a file with imports is of what sha256sum prints for all of them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairground-digest-'));
    const texts = {
      'b.mjs': "import { a } from './a.mjs';\nexport default () => a;\n",
      'a.mjs': 'export const a = 1;\n',
    };
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
    const lines = `${sha256(texts['a.mjs'])}  a.mjs\n${sha256(texts['b.mjs'])}  b.mjs\n`;
    expect(await policyDigest(join(folder, 'b.mjs'))).toBe(sha256(lines));
  });

  it('of a built-in policy is of its name and the version', async () => {
    expect(await policyDigest('drf')).toBe(sha256(`drf ${VERSION}`));
  });
});
