import { closeSync, createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { type Exchange, type Routes, sendJson } from '../http/server.js';
import type { ContainerUsage } from '../wire/container-usage.js';
import { HttpError } from '../wire/http-error.js';
import { listFolder, openFile, readPart } from './sandbox-files.js';

/** The HTTP endpoints of an agent: the usage and the sandboxes of its tasks (Mesos, docs/endpoints). */
export function agentRoutes(workDir: string, containers: () => ContainerUsage): Routes {
  return {
    '/containers': ({ response }) => sendJson(response, containers()),
    '/health': ({ response }) => void response.writeHead(200).end(),
    '/files/browse': (exchange) => sendJson(exchange.response, listFolder(workDir, pathOf(exchange))),
    '/files/read': (exchange) =>
      sendJson(
        exchange.response,
        readPart(workDir, pathOf(exchange), numberOf(exchange, 'offset'), numberOf(exchange, 'length')),
      ),
    '/files/download': (exchange) => download(workDir, exchange),
  };
}

function download(workDir: string, exchange: Exchange): void {
  const path = pathOf(exchange);
  const { file, size } = openFile(workDir, path);
  const { response } = exchange;
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': size,
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(basename(path))}`,
    // A browser must not execute files written by a task.
    'X-Content-Type-Options': 'nosniff',
  });
  if (size === 0) {
    closeSync(file);
    response.end();
    return;
  }
  // If the file grows meanwhile, only the announced Content-Length is sent.
  const contents = createReadStream('', { fd: file, start: 0, end: size - 1 });
  contents.once('error', () => response.destroy());
  response.once('close', () => contents.destroy());
  contents.pipe(response);
}

function pathOf({ url }: Exchange): string {
  const path = url.searchParams.get('path');
  if (path === null || path === '') throw new HttpError(400, "Expecting 'path=value' in query");
  return path;
}

/** -1 when absent. */
function numberOf({ url }: Exchange, name: string): number {
  const text = url.searchParams.get(name) ?? '-1';
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new HttpError(400, `Failed to parse ${name}: expecting a whole number`);
  return value;
}
