// The licence notices of the packages whose code a bundle contains.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders, relative to the project, of the packages whose code is in the outputs of esbuild builds. */
export function bundledPackages(metafiles) {
  const inputs = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]);
  return [...new Set(inputs.filter((folder) => folder !== undefined))].sort();
}

/** The licence text of a package, from its licence file or else from the licence section of its README. */
export function licenceText(root, folder) {
  const files = readdirSync(join(root, folder));
  const file = files.find((name) => /^licen[cs]e(-\w+)?(\.\w+)?$/i.test(name));
  if (file !== undefined) return readFileSync(join(root, folder, file), 'utf8').trim();
  const readme = files.includes('README.md') ? readFileSync(join(root, folder, 'README.md'), 'utf8') : '';
  const section = /^LICENSE[^\n]*\n-+\n(.*)/ms.exec(readme);
  if (section === null) throw new Error(`${folder} has no licence text; a bundle must not contain it`);
  return section[1].trim();
}

/**
 * One text for all packages. Most have the same terms and differ only in the copyright line, so equal terms are printed once,
 * below their packages.
 */
export function noticesOf(root, folders) {
  const packagesByTerms = new Map();
  for (const folder of folders) {
    const { name, version } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const [copyright, terms] = licenceParts(licenceText(root, folder));
    // The same version can be installed in several folders.
    const packages = packagesByTerms.get(terms) ?? new Set();
    packagesByTerms.set(terms, packages.add(`${name} ${version}\n${copyright}`.trim()));
  }
  const parts = [...packagesByTerms].map(
    ([terms, packages]) => `${[...packages].sort().join('\n\n')}\n\n${terms}`,
  );
  return `${parts.join('\n\n==========\n\n')}\n`;
}

/** Splits a licence into its first copyright paragraph and the rest. White space is normalized, so that equal terms are equal texts. */
function licenceParts(text) {
  const paragraphs = text
    .replaceAll('\r', '')
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim());
  const at = paragraphs.findIndex((paragraph) => /^(\(c\) )?copyright/i.test(paragraph));
  const copyright = at < 0 ? '' : paragraphs[at];
  const terms = paragraphs.filter((_, i) => i !== at).map((paragraph) => paragraph.replace(/\s+/g, ' '));
  return [copyright, terms.map(wrapped).join('\n\n')];
}

function wrapped(paragraph) {
  return paragraph.replace(/(.{1,100})(?: |$)/g, '$1\n').trim();
}
