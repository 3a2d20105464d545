import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { docCommentOf } from '../../src/lab/policy-file/doc-comment.js';
import { firstSentence } from '../../src/lab/policy-file/policy-docs.js';
import { PLACEMENTS } from '../../src/policies/placement/index.js';
import type { Policy } from '../../src/policies/policy.js';
import { POLICIES } from '../../src/policies/registry.js';
import { filesBelow, textOf } from './sources.js';

const FILES = filesBelow('src/policies/presets', '.ts');

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
  it.each(FILES)('%s is named after the one policy that it exports, or exports none', async (file) => {
    const policies = await policiesOf(file);
    expect(policies.length).toBeLessThanOrEqual(1);
    for (const [exported, policy] of policies) {
      expect(policy.name).toBe(basename(file, '.ts'));
      expect(exported).toBe(camelCase(policy.name));
      expect(POLICIES).toContain(policy);
    }
  });

  it('are all registered, each under a name of its own that fits a command line', async () => {
    const found = (await Promise.all(FILES.map(policiesOf))).flat().map(([, policy]) => policy.name);
    const names = POLICIES.map((policy) => policy.name);
    expect(found.sort()).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  it.each(POLICIES.map(({ name }) => name))(
    '%s says what it does, what it costs and how it breaks ties',
    (name) => {
      const doc = docCommentOf(textOf(`src/policies/presets/${name}.ts`));
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

  it.each(PLACEMENTS.map(({ name }) => name))(
    'the placement %s has a file of its name that says what it does',
    (name) => {
      expect(docCommentOf(textOf(`src/policies/placement/${name}.ts`)).length).toBeGreaterThan(20);
    },
  );
});
