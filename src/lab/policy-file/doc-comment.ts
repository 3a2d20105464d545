import ts from 'typescript';

/**
 * The doc comment of what a source file is about: its default export or, without one, its only exported constant.
 * Plain text with the line structure of paragraphs, without the stars; empty when there is none.
 */
export function docCommentOf(source: string): string {
  const file = ts.createSourceFile('policy.ts', source, ts.ScriptTarget.ES2023, true);
  const subject = file.statements.find(isDefaultExport) ?? file.statements.find(isExportedConstant);
  if (subject === undefined) return '';
  const declaration = declarationOf(file, defaultName(subject));
  return (declaration && commentAbove(source, declaration)) || commentAbove(source, subject);
}

function commentAbove(source: string, statement: ts.Statement): string {
  const comments = ts.getLeadingCommentRanges(source, statement.getFullStart()) ?? [];
  const last = comments
    .map(({ pos, end }) => source.slice(pos, end))
    .findLast((text) => text.startsWith('/**'));
  return last === undefined ? '' : plainText(last);
}

function isDefaultExport(statement: ts.Statement): boolean {
  return (
    ts.isExportAssignment(statement) ||
    defaultSpecifier(statement) !== undefined ||
    (hasModifier(statement, ts.SyntaxKind.ExportKeyword) &&
      hasModifier(statement, ts.SyntaxKind.DefaultKeyword))
  );
}

/** `mine as default` of `export { mine as default }`. */
function defaultSpecifier(statement: ts.Statement): ts.ExportSpecifier | undefined {
  if (!ts.isExportDeclaration(statement)) return undefined;
  const clause = statement.exportClause;
  if (clause === undefined || !ts.isNamedExports(clause)) return undefined;
  return clause.elements.find((element) => element.name.text === 'default');
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

/** The name of what is declared elsewhere in the file and exported here. */
function defaultName(statement: ts.Statement): string | undefined {
  if (ts.isExportAssignment(statement))
    return ts.isIdentifier(statement.expression) ? statement.expression.text : undefined;
  return defaultSpecifier(statement)?.propertyName?.text;
}

function declarationOf(file: ts.SourceFile, name: string | undefined): ts.Statement | undefined {
  if (name === undefined) return undefined;
  return file.statements.find(
    (statement) =>
      (ts.isVariableStatement(statement) &&
        statement.declarationList.declarations.some((d) => d.name.getText(file) === name)) ||
      ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) &&
        statement.name?.text === name),
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
