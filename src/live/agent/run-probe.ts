import { spawn } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Micros } from '../../model/index.js';
import type { Cancel, Clock } from '../clock.js';
import type { Probe } from '../wire/probe.js';
import { argumentsOf, signalGroup } from './task-process.js';

/** Result of a probe. `number`: exit status of a command or HTTP status code; undefined without an answer. */
export interface ProbeAnswer {
  readonly isSuccess: boolean;
  readonly number: number | undefined;
}

/** Where the command of a probe runs. */
export interface ProbePlace {
  readonly sandbox: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** How one probe is run. */
export interface ProbeRun {
  readonly clock: Clock;
  readonly place: ProbePlace;
  /** Timeout; infinite for none. */
  readonly timeout: Micros;
  readonly answered: (answer: ProbeAnswer) => void;
}

const NO_ANSWER: ProbeAnswer = { isSuccess: false, number: undefined };
const LOOPBACK = '127.0.0.1';

/** Runs a probe once. `answered` is called exactly once, unless cancelled first. */
export function runProbe(probe: Probe, { clock, place, timeout, answered }: ProbeRun): Cancel {
  let isOver = false;
  let abort: () => void = () => undefined;
  const finish = (answer: ProbeAnswer | undefined) => {
    if (isOver) return;
    isOver = true;
    cancelTimeout();
    abort();
    if (answer !== undefined) answered(answer);
  };
  const cancelTimeout = clock.after(timeout, () => finish(NO_ANSWER));
  try {
    abort = start(probe, place, finish);
  } catch {
    // Invalid arguments of spawn or request: an environment with a zero byte, a path with a space.
    queueMicrotask(() => finish(NO_ANSWER));
  }
  return () => finish(undefined);
}

/** @returns a cancel function. */
function start(probe: Probe, place: ProbePlace, finish: (answer: ProbeAnswer) => void): () => void {
  switch (probe.kind) {
    case 'command':
      return startCommand(probe, place, finish);
    case 'http':
      return startHttp(probe, finish);
    case 'tcp': {
      const socket = connect(probe.port, LOOPBACK);
      socket.once('connect', () => finish({ isSuccess: true, number: undefined }));
      socket.once('error', () => finish(NO_ANSWER));
      return () => socket.destroy();
    }
  }
}

function startCommand(
  { command }: Extract<Probe, { kind: 'command' }>,
  { sandbox, environment }: ProbePlace,
  finish: (answer: ProbeAnswer) => void,
): () => void {
  const own = (command.environment?.variables ?? []).map(({ name, value }) => [name, value ?? '']);
  const [program, ...rest] = argumentsOf(command) as [string, ...string[]];
  const child = spawn(program, rest, {
    cwd: sandbox,
    env: { ...environment, ...Object.fromEntries(own) },
    detached: true,
    stdio: 'ignore',
  });
  child.once('error', () => finish(NO_ANSWER));
  child.once('exit', (code) => finish({ isSuccess: code === 0, number: code ?? undefined }));
  return () => signalGroup(child.pid, 'SIGKILL');
}

/** Status 200 to 399 is healthy. Certificates are not verified (Mesos calls `curl -k`). */
function startHttp(
  { scheme, port, path }: Extract<Probe, { kind: 'http' }>,
  finish: (answer: ProbeAnswer) => void,
): () => void {
  const options = { host: LOOPBACK, port, path, agent: false, rejectUnauthorized: false };
  const outgoing = scheme === 'https' ? httpsRequest(options) : httpRequest(options);
  outgoing.once('response', ({ statusCode = 0 }) => {
    finish({ isSuccess: statusCode >= 200 && statusCode < 400, number: statusCode });
  });
  // Destroying an answered request may emit a second error.
  outgoing.on('error', () => finish(NO_ANSWER));
  outgoing.end();
  return () => outgoing.destroy();
}
