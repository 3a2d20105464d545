import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { PROJECT } from '../project/sources.js';
import { MUTANTS } from './list.js';
import { planted } from './planted.js';

function syntaxErrors(source: string): readonly string[] {
  const { diagnostics = [] } = ts.transpileModule(source, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

describe('the list of faults that `npm run mutants` plants', () => {
  test.each(MUTANTS)('is up to date: $rule', (mutant) => {
    const { sound, faulty } = planted(PROJECT, mutant);
    expect(faulty).not.toBe(sound);
    expect(syntaxErrors(faulty)).toEqual([]);
    expect(mutant.tests.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
  });

  test('names each fault once, in all of model, policies, sim and results', () => {
    const keys = MUTANTS.map(({ part, original, replacement }) => `${part} ${original} ${replacement}`);
    expect(new Set(keys).size).toBe(MUTANTS.length);
    for (const name of ['model', 'policies', 'sim', 'results'])
      expect(MUTANTS.filter(({ part }) => part === name).length).toBeGreaterThan(9);
  });
});
