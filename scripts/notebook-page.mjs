import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, transpile } from '@observablehq/notebook-kit';
import { config, observable } from '@observablehq/notebook-kit/vite';
import { JSDOM } from 'jsdom';
import { build } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

const template = join(dirname(fileURLToPath(import.meta.url)), '..', 'notebooks', 'page', 'template.html');

/** The cells of a notebook in the format of Observable Notebooks 2.0. */
export function readNotebook(file) {
  return deserialize(readFileSync(file, 'utf8'), { parser: new new JSDOM().window.DOMParser() });
}

/** The files that the cells of a notebook read, relative to it. */
export function filesOf({ cells }) {
  return [...new Set(cells.flatMap((cell) => [...transpile(cell).files]))];
}

/** Returns one HTML page: the notebook in a file, the libraries, and the files that its cells read, which are beside it. */
export async function bundlePage(file) {
  const { plugins = [], ...basic } = config();
  const output = await build({
    ...basic,
    configFile: false,
    logLevel: 'error',
    root: dirname(file),
    plugins: [...plugins, localPackages(), observable({ template }), viteSingleFile()],
    build: {
      write: false,
      target: 'esnext',
      assetsInlineLimit: () => true,
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
      rolldownOptions: { input: file, shimMissingExports: true },
    },
  });
  const page = output.output.find(({ fileName }) => fileName.endsWith('.html'));
  return page.source;
}

/**
 * Notebook Kit loads its libraries from a content delivery network when a page opens. Here they come from node_modules, so that the page
 * opens without network. A library that is not installed becomes a module that throws.
 */
function localPackages() {
  const network = /^https:\/\/[^/]+\/npm\/((?:@[^/@]+\/)?[^/@]+)/;
  return {
    name: 'local-packages',
    enforce: 'pre',
    async resolveId(id) {
      const name = network.exec(id)?.[1];
      if (name === undefined) return null;
      return (await this.resolve(name, template)) ?? `\0absent:${name}`;
    },
    load(id) {
      if (!id.startsWith('\0absent:')) return null;
      const name = id.slice('\0absent:'.length);
      return `throw new Error(${JSON.stringify(`${name} is not bundled with this page`)});`;
    },
    transform(code, id) {
      return id.endsWith('.css')
        ? code.replaceAll(/@import url\("https:[^"]*\/npm\/([^"]+)"\)/g, '@import "$1"')
        : null;
    },
  };
}
