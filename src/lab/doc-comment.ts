import ts from 'typescript';

/**
 * The doc comment of what a source file is about: its default export or, without one, its only exported constant.
 * Plain text with the line structure of paragraphs, without the stars; empty when there is none.
 */
export function docCommentOf(source: string): string {
  const file = ts.createSourceFile('policy.ts', source, ts.ScriptTarget.ES2023, true);
  const subject = file.statements.find(isDefaultExport) ?? file.statements.find(isExportedConstant);
  if (subject === undefined) return '';
  const target = ts.isExportAssignment(subject) ? (declarationOf(file, subject) ?? subject) : subject;
  const comments = ts.getLeadingCommentRanges(source, target.getFullStart()) ?? [];
  const last = comments
    .map(({ pos, end }) => source.slice(pos, end))
    .findLast((text) => text.startsWith('/**'));
  return last === undefined ? '' : plainText(last);
}

function isDefaultExport(statement: ts.Statement): boolean {
  return (
    ts.isExportAssignment(statement) ||
    (hasModifier(statement, ts.SyntaxKind.ExportKeyword) &&
      hasModifier(statement, ts.SyntaxKind.DefaultKeyword))
  );
}

function isExportedConstant(statement: ts.Statement): boolean {
  return ts.isVariableStatement(statement) && hasModifier(statement, ts.SyntaxKind.ExportKeyword);
}

function hasModifier(statement: ts.Statement, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === kind)
  );
}

/** `export default mine` is about the declaration of `mine`. */
function declarationOf(file: ts.SourceFile, assignment: ts.ExportAssignment): ts.Statement | undefined {
  const { expression } = assignment;
  if (!ts.isIdentifier(expression)) return undefined;
  return file.statements.find(
    (statement) =>
      (ts.isVariableStatement(statement) &&
        statement.declarationList.declarations.some((d) => d.name.getText(file) === expression.text)) ||
      (ts.isFunctionDeclaration(statement) && statement.name?.text === expression.text),
  );
}

function plainText(comment: string): string {
  return comment
    .replace(/^\/\*\*/, '')
    .replace(/\*\/$/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .trim();
}
