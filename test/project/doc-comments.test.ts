import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { filesBelow, treeOf } from './sources.js';

const SAYS_IT = 'the name says all there is to say';
const PART_OF = 'explained by what stands above it, whose part it is';

/** Exported names without a doc comment, and why that is right. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'src/metrics/run-record.ts WaitBar': PART_OF,
  'src/model/ledger/machine.ts MAX_DEVICES': PART_OF,
  'src/model/micros.ts MICROS_PER_SECOND': SAYS_IT,
  'src/model/micros.ts MINUTE': SAYS_IT,
  'src/model/micros.ts HOUR': SAYS_IT,
  'src/model/micros.ts DAY': SAYS_IT,
  'src/report/report-data.ts ComparisonRow': PART_OF,
  'src/report/report-data.ts ComparisonCell': PART_OF,
  'src/report/report-data.ts PolicyData': PART_OF,
  'src/sim/decision-time.ts NO_DECISION_TIME': SAYS_IT,
  'src/sim/decision-time.ts decisionTime': PART_OF,
  'src/sim/event-queue.ts EventClassCode': PART_OF,
};

/** Exported declarations of a file that no doc comment stands above. Re-exports are explained where they are declared. */
function undocumented(file: string): string[] {
  return treeOf(file)
    .statements.filter((statement) => isExported(statement) && !hasDoc(statement))
    .flatMap(namesOf)
    .map((name) => `${file} ${name}`);
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

function hasDoc(statement: ts.Statement): boolean {
  return ts.getJSDocCommentsAndTags(statement).length > 0;
}

function namesOf(statement: ts.Statement): string[] {
  return ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.map((declaration) => declaration.name.getText())
    : [(statement as ts.DeclarationStatement).name?.getText() ?? 'default'];
}

describe('exported names', () => {
  const missing = filesBelow('src', '.ts')
    .filter((file) => !file.endsWith('.d.ts'))
    .flatMap(undocumented);

  it('all have a doc comment', () => {
    expect(missing.filter((name) => !(name in EXCEPTIONS))).toEqual([]);
  });

  it('are excepted only while they have none', () => {
    expect(Object.keys(EXCEPTIONS).filter((name) => !missing.includes(name))).toEqual([]);
  });
});
