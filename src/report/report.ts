import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../metrics/run-record.js';
import { InputError } from '../model/index.js';
import { packageRoot } from '../results/files/version.js';
import { INTERACTIVE_ELEMENT_ID, type Interactive, SIMULATOR_ELEMENT_ID } from './experiment.js';
import { type ReportOptions, reportData } from './make-report-data.js';
import { DATA_ELEMENT_ID } from './report-data.js';

/**
 * A self-contained HTML report of the runs. It loads nothing: its content security policy allows only its own script and style.
 * The same records and options give the same bytes. @throws InputError if `versus` is no policy of the runs.
 */
export function reportHtml(
  records: readonly RunRecord[],
  { interactive, ...options }: ReportOptions & { readonly interactive?: Interactive | undefined } = {},
): string {
  return pageOf(DATA_ELEMENT_ID, reportData(records, options), interactive);
}

/**
 * A page of the client's script for data that it finds in the element with this id, with the simulator if it is interactive.
 * @throws InputError when the script is not built.
 */
export function pageOf(id: string, data: unknown, interactive?: Interactive): string {
  const bundle = clientBundle();
  const { script, style, notices } = bundle;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(bundle, { isInteractive: interactive !== undefined })}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Fairground report</title>
<style>${style}</style>
</head>
<body>
<noscript>This report needs JavaScript. The script is inside this file.</noscript>
<script type="application/json" id="${id}">${scriptJson(data)}</script>
${interactive === undefined ? '' : simulatorElements(interactive)}<!-- The script below contains code of these packages.

${notices}
-->
<script>${script}</script>
</body>
</html>
`;
}

/** The content security policy of every page: only its own script and style, by their hashes; and the simulator of an interactive one. */
export function contentPolicy(
  { script, style }: Omit<ClientBundle, 'notices'> = clientBundle(),
  { isInteractive = false } = {},
): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    ...(isInteractive ? ['worker-src blob:'] : []),
    `style-src '${hashOf(style)}'`,
    // Drawings that are saved as PNG.
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** The experiment, and the script that runs it. The page starts the script in a worker; as plain text it does nothing. */
function simulatorElements(interactive: Interactive): string {
  return `<script type="application/json" id="${INTERACTIVE_ELEMENT_ID}">${scriptJson(interactive)}</script>
<!-- The simulator contains code of these packages.

${built('simulator.txt')}
-->
<script type="text/plain" id="${SIMULATOR_ELEMENT_ID}">${insideScript(built('simulator.js'))}</script>
`;
}

/** A script with the same meaning that cannot end its element or open a comment: both can only be in texts and patterns. */
function insideScript(text: string): string {
  return text.replace(/<(?=\/script|!--)/gi, '\\x3C');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/**
 * JSON that is safe inside a script element. `<` is escaped, so that no string can end the element or open a comment. Line
 * separators are escaped, because old script parsers treat them as the end of a line.
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The script of the page, built by `npm run build` from `client/`. */
export interface ClientBundle {
  readonly script: string;
  readonly style: string;
  /** Licence notices of the packages that are bundled in the script. */
  readonly notices: string;
}

/** @throws InputError when the script has not been built. */
function clientBundle(): ClientBundle {
  return {
    script: built('report-client.js'),
    style: built('report-client.css'),
    notices: built('report-client.txt'),
  };
}

function built(name: string): string {
  const file = join(packageRoot(), 'dist', name);
  if (!existsSync(file)) throw new InputError({ file }, 'is missing; run npm run build');
  return readFileSync(file, 'utf8').trim();
}
