import { builtinModules } from 'node:module';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { filesBelow, nodesOf, placeOf, textOf, treeOf } from './sources.js';

const MAX_LINES = 420;
/** The author of a policy reads one file, whatever its length. */
const ONE_FILE = 'src/policies/contract.ts';

/** The parts that run in a worker thread, in a browser and in another master: no clock, no chance, no I/O of their own. */
const PURE = [
  'src/model',
  'src/policies',
  'src/sim',
  'src/metrics',
  'src/formulas',
  'src/workloads/services',
];

const PURE_FILES = PURE.flatMap((folder) => filesBelow(folder, '.ts'));

const CLOCKS_AND_CHANCE = ['Math.random', 'Date.now', 'performance.now', 'crypto.getRandomValues'];

const GLOBALS = [
  'Date',
  'performance',
  'process',
  'Buffer',
  'setTimeout',
  'setInterval',
  'queueMicrotask',
  'fetch',
];

/** A name that stands for the global: neither a property nor a declaration of the file's own. */
function isGlobal(node: ts.Node): node is ts.Identifier {
  if (!ts.isIdentifier(node) || !GLOBALS.includes(node.text)) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  const isMember = ts.isClassElement(parent) || ts.isTypeElement(parent) || ts.isObjectLiteralElement(parent);
  return !isMember || parent.name !== node || ts.isShorthandPropertyAssignment(parent);
}

function offences(file: string): string[] {
  const found: string[] = [];
  for (const node of nodesOf(treeOf(file))) {
    if (ts.isPropertyAccessExpression(node) && CLOCKS_AND_CHANCE.includes(node.getText()))
      found.push(`${placeOf(node)} ${node.getText()}`);
    if (isGlobal(node)) found.push(`${placeOf(node)} ${node.text}`);
  }
  return found;
}

describe('the sources', () => {
  it('are in files of at most 420 lines', () => {
    const long = filesBelow('src', '.ts')
      .map((file) => [file, textOf(file).split('\n').length - 1] as const)
      .filter(([file, lines]) => lines > MAX_LINES && file !== ONE_FILE);
    expect(long).toEqual([]);
  });

  it('have no unfinished places and nothing that only a debugger needs', () => {
    const left = filesBelow('src', '.ts').flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, i) =>
          /\b(TODO|FIXME|XXX|HACK)\b|\bdebugger\b/.test(line) ? [`${file}:${i + 1}`] : [],
        ),
    );
    expect(left).toEqual([]);
  });

  it('import each other by the names that Node resolves, with .js at the end', () => {
    const wrong = filesBelow('src', '.ts').flatMap((file) =>
      [...textOf(file).matchAll(/(?:from|import\()\s*'(\.[^']*)'/g)]
        .map(([, specifier]) => specifier)
        .filter((specifier) => !/\.(js|css|json)$/.test(specifier))
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the parts that a master and a browser run as well', () => {
  it('have no clock, no chance and no I/O of their own', () => {
    expect(PURE_FILES.length).toBeGreaterThan(60);
    expect(PURE_FILES.flatMap(offences)).toEqual([]);
  });

  it('import no Node built-in', () => {
    const imports = PURE_FILES.flatMap((file) =>
      [...textOf(file).matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, specifier]) => specifier),
    );
    expect(imports.filter((specifier) => builtinModules.includes(specifier.replace(/^node:/, '')))).toEqual(
      [],
    );
  });

  it('would be found out: the rule sees a clock where there is one', () => {
    const text = 'const at = Date.now() + Math.random();\nconst own = { Date: 3, fetch() {} };\nown.Date;\n';
    const file = ts.createSourceFile('clock.ts', text, ts.ScriptTarget.ES2023, true);
    const globals = [...nodesOf(file)].filter(isGlobal);
    expect(globals.map(placeOf)).toEqual(['clock.ts:1']);
  });
});
