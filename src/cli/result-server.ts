import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { escaped } from '../lab/gate/gate-plot.js';
import { type Endpoint, makeServer } from '../live/http/server.js';
import { InputError } from '../model/index.js';
import { contentPolicy } from '../report/report.js';
import { storedDataFiles, storedReport } from '../report/stored-report.js';
import { type FoundResult, findResults } from '../results/files/find-results.js';
import { isPlainFile } from '../results/files/plain-file.js';

/** Beginning of the path of a result; the path of its folder follows. */
const RESULTS = '/results/';

/** A larger data file is not sent. The folder has it. */
const MOST_BYTES = 2 ** 28;

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  gz: 'application/gzip',
  parquet: 'application/vnd.apache.parquet',
};

/**
 * A server that shows the results below a folder: a list at `/`, and the report of each at `/results/PATH/`, made when it is asked for, with
 * the data files that the report has links to. A path of a request is only looked up among the results that were found, and no symbolic
 * link is followed, so nothing outside of the folder can be read. `report` gets a line for each defect.
 */
export function makeResultServer(root: string, report: (problem: string) => void): Server {
  const server = makeServer({
    routes: { '/': (exchange) => answer(root, exchange) },
    authenticator: () => ({ name: undefined }),
    realm: 'results',
    report,
  });
  return server;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly policy: string;
  readonly content: string | Uint8Array;
}

async function answer(root: string, { request, response, url }: Parameters<Endpoint>[0]): Promise<void> {
  const { method = '', headers } = request;
  // Another name for this address can be that of a page in a browser which wants to read what the server sends.
  const isOwn = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '');
  if (!isOwn) send(response, textAnswer(421, 'This server answers only for 127.0.0.1.'));
  else if (method === 'GET' || method === 'HEAD')
    send(response, await answerTo(root, url.pathname), method === 'HEAD');
  else {
    response.setHeader('Allow', 'GET, HEAD');
    send(response, textAnswer(405, 'Only GET and HEAD are allowed.'));
  }
}

async function answerTo(root: string, path: string): Promise<Answer> {
  if (path === '/') return listPage(root);
  const wanted = path.startsWith(RESULTS) ? decoded(path.slice(RESULTS.length)) : undefined;
  if (wanted === undefined) return textAnswer(404, 'There is no such page.');
  // The innermost result first: a folder of results may have others within it.
  const results = [...findResults(root).results].sort((a, b) => b.path.length - a.path.length);
  for (const { path: found } of results) {
    const below = found === '' ? '' : `${found}/`;
    if (!wanted.startsWith(below)) continue;
    const folder = join(root, found);
    const rest = wanted.slice(below.length);
    if (rest === '') return reportPage(root, folder);
    const known = storedDataFiles(folder).flatMap(({ paths }) => paths);
    if (known.includes(rest)) return fileAnswer(join(folder, rest));
  }
  return textAnswer(404, 'There is no such result.');
}

function decoded(path: string): string | undefined {
  try {
    return path.split('/').map(decodeURIComponent).join('/');
  } catch {
    return undefined;
  }
}

async function reportPage(root: string, folder: string): Promise<Answer> {
  try {
    const content = await storedReport([folder], { isInFolder: true });
    return { status: 200, type: 'text/html; charset=utf-8', policy: contentPolicy(), content };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // A page does not need to know where the folder is on the disk.
    return textAnswer(422, error.message.replaceAll(root, '.'));
  }
}

function fileAnswer(file: string): Answer {
  if (!isPlainFile(file) || statSync(file).size > MOST_BYTES)
    return textAnswer(413, 'This file is too large to be sent.');
  const type = TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return { status: 200, type, policy: "default-src 'none'", content: readFileSync(file) };
}

function textAnswer(status: number, text: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', policy: "default-src 'none'", content: `${text}\n` };
}

function send(response: ServerResponse, { status, type, policy, content }: Answer, isHead = false): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(content),
    'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  });
  response.end(isHead ? undefined : content);
}

const STYLE = `:root { color-scheme: light dark; }
body { max-width: 60em; margin: 2em auto; padding: 0 1em; font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 22px; }
li { margin: 0.6em 0; overflow-wrap: anywhere; }
ul { padding: 0; list-style: none; }
small { display: block; font-size: 13px; }`;

/** Names of folders and policies are text: they are escaped. */
function listPage(root: string): Answer {
  const { results, isCut } = findResults(root);
  const note = isCut ? '<p>The folder has more than is listed here; serve a folder within it.</p>\n' : '';
  const none = '<p>There are no results in this folder. <code>simulate --out</code> writes some.</p>\n';
  const content = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fairground results</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Results</h1>
${results.length === 0 ? none : `<ul>\n${results.map(listItem).join('')}</ul>\n`}${note}</main>
</body>
</html>
`;
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return { status: 200, type: 'text/html; charset=utf-8', policy, content };
}

function listItem({ path, kind, about }: FoundResult): string {
  const href = `${RESULTS}${path === '' ? '' : `${path.split('/').map(encodeURIComponent).join('/')}/`}`;
  const name = path === '' ? 'this folder' : path;
  const what = [...(kind === 'sweep' ? ['sweep'] : []), about].filter((part) => part !== '').join(': ');
  return `<li><a href="${escaped(href)}"><bdi>${escaped(name)}</bdi></a><small>${escaped(what)}</small></li>\n`;
}
