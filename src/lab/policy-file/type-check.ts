import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { InputError } from '../../model/index.js';
import { packageRoot } from '../../results/files/version.js';

/**
 * Checks the types of a policy file, and that its default export matches the contract.
 * @throws InputError with the file and line of the first mistake.
 */
export function checkPolicyTypes(path: string): void {
  const policies = join(packageRoot(), 'dist', 'types', 'policies', 'index.d.ts');
  if (!existsSync(policies)) throw new InputError({ file: policies }, 'is missing; run npm run build');
  const source = resolve(path);
  const probe = `${source}.contract.ts`;
  const host = withVirtualFile(probe, contractProbe(source));
  const program = ts.createProgram([source, probe], options(policies), host);
  const file = program.getSourceFile(source);
  const mistakes = [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
    ...program.getSemanticDiagnostics(program.getSourceFile(probe)),
  ];
  if (mistakes.length > 0) throw asInputError(mistakes[0], path, probe);
}

/** A file that compiles if and only if the default export of the policy file matches the contract. */
function contractProbe(source: string): string {
  const specifier = JSON.stringify(source);
  return `import policy from ${specifier};\nimport type { PolicyFile } from 'fairground/policies';\nexport const checked: PolicyFile = policy;\n`;
}

function options(policies: string): ts.CompilerOptions {
  return {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    paths: { 'fairground/policies': [policies] },
  };
}

function withVirtualFile(name: string, text: string): ts.CompilerHost {
  const host = ts.createCompilerHost({});
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => file === name || fileExists(file);
  host.readFile = (file) => (file === name ? text : readFile(file));
  host.getSourceFile = (file, language, ...rest) =>
    file === name ? ts.createSourceFile(file, text, language) : getSourceFile(file, language, ...rest);
  return host;
}

function asInputError(mistake: ts.Diagnostic, path: string, probe: string): InputError {
  const message = ts.flattenDiagnosticMessageText(mistake.messageText, ': ');
  if (mistake.file === undefined || mistake.file.fileName === probe) {
    return new InputError({ file: path }, `the default export is not a policy: ${message}`);
  }
  const { line } = mistake.file.getLineAndCharacterOfPosition(mistake.start ?? 0);
  return new InputError({ file: path, line: line + 1 }, message);
}
