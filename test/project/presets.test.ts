import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { docCommentsByName } from '../../src/lab/policy-file/doc-comment.js';
import { firstSentence } from '../../src/lab/policy-file/policy-docs.js';
import { PLACEMENTS } from '../../src/policies/placement/index.js';
import type { Policy } from '../../src/policies/policy.js';
import { LIST_POLICIES } from '../../src/policies/presets/list-policies.js';
import { POLICIES } from '../../src/policies/registry.js';
import { filesBelow, textOf } from './sources.js';

const FILES = filesBelow('src/policies/presets', '.ts');

function docsOf(folder: string): Readonly<Record<string, string>> {
  return Object.assign({}, ...filesBelow(folder, '.ts').map((file) => docCommentsByName(textOf(file))));
}

const POLICY_DOCS = docsOf('src/policies/presets');
const PLACEMENT_DOCS = docsOf('src/policies/placement');

/** The policies that a module of presets exports, by the name of the export. */
async function policiesOf(file: string): Promise<[string, Policy][]> {
  const module = (await import(/* @vite-ignore */ `../../${file.replace(/\.ts$/, '.js')}`)) as Readonly<
    Record<string, unknown>
  >;
  return Object.entries(module).filter(
    (entry): entry is [string, Policy] => typeof (entry[1] as Policy | undefined)?.build === 'function',
  );
}

const camelCase = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

describe('the presets', () => {
  it.each(FILES)('%s exports at most one policy and is named after it, or exports a table', async (file) => {
    const policies = await policiesOf(file);
    expect(policies.length).toBeLessThanOrEqual(1);
    for (const [exported, policy] of policies) {
      expect(policy.name).toBe(basename(file, '.ts'));
      expect(exported).toBe(camelCase(policy.name));
      expect(POLICIES).toContain(policy);
    }
  });

  it('are all registered, each under a name of its own that fits a command line', async () => {
    const single = (await Promise.all(FILES.map(policiesOf))).flat().map(([, policy]) => policy.name);
    const found = [...single, ...LIST_POLICIES.map(({ name }) => name)];
    const names = POLICIES.map((policy) => policy.name);
    expect(found.sort()).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  it.each(POLICIES.map(({ name }) => name))(
    '%s says what it does, what it costs and how it breaks ties',
    (name) => {
      const doc = POLICY_DOCS[name] ?? '';
      expect(doc).toContain('Ties:');
      expect(doc).toContain('Complexity:');
      expect(firstSentence(doc)).toMatch(/^[A-Z].{10,120}\.$/);
    },
  );

  it.each(POLICIES)(
    '$name explains each of its parameters by a sentence, and takes its own defaults',
    (policy) => {
      for (const parameter of policy.parameters) expect(parameter.about).toMatch(/^[A-Z].{9,}\.$/);
      const names = policy.parameters.map((parameter) => parameter.name);
      expect(new Set(names).size).toBe(names.length);
    },
  );

  it.each(PLACEMENTS.map(({ name }) => name))('the placement %s says what it does', (name) => {
    expect(PLACEMENT_DOCS[name]?.length).toBeGreaterThan(20);
  });
});
