import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { InputError } from '../../model/index.js';
import { HttpError } from '../wire/http-error.js';
import type { Authenticator, Principal } from './credentials.js';
import { headerOf } from './request-body.js';
import type { TlsFiles } from './tls.js';

/** An authenticated request with its response. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly principal: Principal;
}

/** Answers one request. @throws HttpError */
export type Endpoint = (exchange: Exchange) => Promise<void> | void;

/** Endpoints by path; a path that ends in `/` matches everything below it. */
export type Routes = Readonly<Record<string, Endpoint>>;

/** Settings of a server. */
export interface ServerSetup {
  readonly routes: Routes;
  readonly authenticator: Authenticator;
  /** Realm in the challenge of a 401. */
  readonly realm: string;
  readonly report: (problem: string) => void;
  /** Undefined: plain HTTP. */
  readonly tls?: TlsFiles;
}

const MAX_HEADER_BYTES = 16 * 1024;
/** Timeout for receiving a request; answers have none. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Creates a server; `listen` starts it. */
export function makeServer(setup: ServerSetup): Server {
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    answer(setup, request, response).catch((error: Error) => fail(setup, response, error));
  };
  const server =
    setup.tls === undefined
      ? createServer(limits, onRequest)
      : createTlsServer({ ...limits, ...setup.tls, minVersion: 'TLSv1.2' }, onRequest);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (socket.writable) socket.end(`HTTP/1.1 ${clientErrorStatus(error)}\r\nConnection: close\r\n\r\n`);
    else socket.destroy();
  });
  return server;
}

/** Invalid HTTP is answered and closes the connection; the server continues. */
function clientErrorStatus({ code }: NodeJS.ErrnoException): string {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? '408 Request Timeout' : '400 Bad Request';
}

async function answer(
  { routes, authenticator, realm }: ServerSetup,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const principal = authenticator(headerOf(request, 'authorization'));
  if (principal === 'refused') {
    response.setHeader('WWW-Authenticate', `Basic realm="${realm}"`);
    throw new HttpError(401, 'Authentication is required: send HTTP basic credentials');
  }
  const url = urlOf(request);
  const endpoint = endpointAt(routes, url.pathname);
  if (endpoint === undefined)
    throw new HttpError(404, `No such endpoint: ${request.method} ${url.pathname.slice(0, 200)}`);
  await endpoint({ request, response, url, principal });
}

function urlOf(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? '/', 'http://localhost');
  } catch {
    throw new HttpError(400, 'Invalid request URL');
  }
}

function endpointAt(routes: Routes, path: string): Endpoint | undefined {
  if (Object.hasOwn(routes, path)) return routes[path];
  const above = Object.keys(routes).find((route) => route.endsWith('/') && path.startsWith(route));
  return above === undefined ? undefined : routes[above];
}

function fail({ report }: ServerSetup, response: ServerResponse, error: Error): void {
  const isExpected = error instanceof HttpError;
  const isGone = (error as NodeJS.ErrnoException).code === 'ECONNRESET';
  if (!isExpected && !isGone) report(error.message);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // Do not wait for the rest of a refused body.
  if (!response.req.complete) response.setHeader('Connection', 'close');
  sendText(response, isExpected ? error.status : 500, isExpected ? error.message : 'Internal error');
}

/** Answers with one line of text. */
function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(text);
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** Starts a server; port 0 selects a free port. @returns its port. @throws InputError when the port is taken. */
export function listen(server: Server, ip: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened for listening (${error.code})`;
      reject(new InputError({ field: '--port' }, `${ip}:${port} ${why}`));
    });
    server.listen(port, ip, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Stops accepting connections, awaits `finish` (which may still send on open connections), then closes all. */
export async function stop(server: Server, finish: () => Promise<void>): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  await finish();
  server.closeAllConnections();
  await closed;
}
