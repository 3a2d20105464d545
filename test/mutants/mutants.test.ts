import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { PROJECT, textOf } from '../project/sources.js';
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
  test.each(MUTANTS)('is up to date: $file: $rule', (mutant) => {
    const faulty = planted(textOf(mutant.file), mutant);
    expect(faulty).not.toBe(textOf(mutant.file));
    expect(syntaxErrors(faulty)).toEqual([]);
    expect(mutant.tests.filter((path) => !existsSync(join(PROJECT, path)))).toEqual([]);
  });

  test('names each fault once, in all of model, policies, sim and results', () => {
    expect(
      new Set(MUTANTS.map(({ file, original, replacement }) => file + original + replacement)).size,
    ).toBe(MUTANTS.length);
    for (const folder of ['model', 'policies', 'sim', 'results'])
      expect(MUTANTS.filter(({ file }) => file.startsWith(`src/${folder}/`)).length).toBeGreaterThan(9);
  });
});
