import ts from 'typescript';

/**
 * The doc comment of the main declaration of a source file: its default export or, without one, its only exported constant. The
 * result is plain text without the stars, with the original line breaks; empty without a comment.
 */
export function docCommentOf(source: string): string {
  const file = ts.createSourceFile('policy.ts', source, ts.ScriptTarget.ES2023, true);
  const subject = file.statements.find(isDefaultExport) ?? file.statements.find(isExportedConstant);
  if (subject === undefined) return '';
  const declaration = declarationOf(file, defaultName(subject));
  return (declaration && commentAbove(source, declaration)) || commentAbove(source, subject);
}

/**
 * The doc comments of the named declarations in a source file, by name. A declaration is an exported constant, or an entry of a
 * constant object. Its name is the key of the entry, or the property `name` of the constant's object, or the constant's
 * identifier in kebab case.
 */
export function docCommentsByName(source: string): Record<string, string> {
  const file = ts.createSourceFile('policies.ts', source, ts.ScriptTarget.ES2023, true);
  const docs: Record<string, string> = {};
  const note = (name: string, node: ts.Node) => {
    const doc = commentAbove(source, node);
    if (doc !== '') docs[name] = doc;
  };
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    const [{ name, initializer }] = statement.declarationList.declarations;
    if (isExportedConstant(statement))
      note(givenName(initializer) ?? kebabCase(name.getText(file)), statement);
    if (initializer === undefined || !ts.isObjectLiteralExpression(initializer)) continue;
    for (const property of initializer.properties) {
      const key = property.name;
      if (key !== undefined && (ts.isIdentifier(key) || ts.isStringLiteral(key))) note(key.text, property);
    }
  }
  return docs;
}

/** `x` of `{ name: 'x', … }` and of `make({ name: 'x', … })`. */
function givenName(initializer: ts.Expression | undefined): string | undefined {
  const object =
    initializer !== undefined && ts.isCallExpression(initializer) ? initializer.arguments[0] : initializer;
  if (object === undefined || !ts.isObjectLiteralExpression(object)) return undefined;
  for (const property of object.properties)
    if (
      ts.isPropertyAssignment(property) &&
      property.name.getText() === 'name' &&
      ts.isStringLiteral(property.initializer)
    )
      return property.initializer.text;
  return undefined;
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function commentAbove(source: string, statement: ts.Node): string {
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

/** The name of a declaration elsewhere in the file that this statement exports. */
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
