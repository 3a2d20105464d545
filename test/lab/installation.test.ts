import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { builtInDocs, firstSentence, policyDoc } from '../../src/lab/policy-file/policy-docs.js';
import { PLACEMENTS } from '../../src/policies/placement/index.js';
import { POLICIES } from '../../src/policies/registry.js';
import { packageRoot, VERSION } from '../../src/results/files/version.js';
import { referenceData } from '../../src/studies/reference-data.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('an installation', () => {
  it('knows its folder and its version', () => {
    const { name, version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    expect([name, version]).toEqual(['fairground', VERSION]);
  });

  it('has the doc comment of every policy and placement with it', async () => {
    const docs = builtInDocs();
    for (const { name } of POLICIES) expect(docs.policies[name], name).toContain('Ties:');
    for (const { name } of PLACEMENTS)
      expect(firstSentence(docs.placements[name]).length, name).toBeGreaterThan(10);
    expect(await policyDoc('drf')).toBe(docs.policies.drf);
    expect(await policyDoc('nope')).toBe('');
  });

  it('reads the doc comment of a policy file from the file', async () => {
    expect(await policyDoc(join(packageRoot(), 'examples', 'my-policy.ts'))).toMatch(/^The better of two: /);
  });
});

describe('the folder of reference data', () => {
  it('is the one given, or the one of FAIRGROUND_DATA, or the usual one where it exists', () => {
    const [given, named] = [mkdtempSync(join(tmpdir(), 'given-')), mkdtempSync(join(tmpdir(), 'named-'))];
    vi.stubEnv('FAIRGROUND_DATA', named);
    expect(referenceData(given)).toBe(given);
    expect(referenceData(undefined)).toBe(named);
    vi.stubEnv('FAIRGROUND_DATA', '');
    const usual = join(packageRoot(), '..', 'shared', 'data');
    expect(referenceData(undefined)).toBe(existsSync(usual) ? usual : undefined);
  });

  it('that is named and not there is refused', () => {
    expect(() => referenceData('/nope')).toThrow('/nope: folder of reference data not found');
    vi.stubEnv('FAIRGROUND_DATA', '/nor-this');
    expect(() => referenceData(undefined)).toThrow('/nor-this: folder of reference data not found');
  });
});
