import { spawn } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Micros } from '../../model/index.js';
import type { Cancel, Clock } from '../clock.js';
import type { Probe } from '../wire/probe.js';
import { argumentsOf, signalGroup } from './task-process.js';

/** What a probe learnt. `number`: exit status of a command, status code of HTTP; undefined when there was no answer. */
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
  /** No answer after so long is a failure; infinite to wait for ever. */
  readonly timeout: Micros;
  readonly answered: (answer: ProbeAnswer) => void;
}

const NO_ANSWER: ProbeAnswer = { isSuccess: false, number: undefined };
const LOOPBACK = '127.0.0.1';

/** Asks a task once; `answered` is called once, unless the probe is cancelled before. */
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
    // What no process or request can be made of: an environment with a zero byte, a path with a space.
    queueMicrotask(() => finish(NO_ANSWER));
  }
  return () => finish(undefined);
}

/** @returns what ends it early. */
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

/** 200 to 399 is well; certificates are not looked at (Mesos calls `curl -k`). */
function startHttp(
  { scheme, port, path }: Extract<Probe, { kind: 'http' }>,
  finish: (answer: ProbeAnswer) => void,
): () => void {
  const options = { host: LOOPBACK, port, path, agent: false, rejectUnauthorized: false };
  const outgoing = scheme === 'https' ? httpsRequest(options) : httpRequest(options);
  outgoing.once('response', ({ statusCode = 0 }) => {
    finish({ isSuccess: statusCode >= 200 && statusCode < 400, number: statusCode });
  });
  // Destroying a request that has been answered may tell of an error once more.
  outgoing.on('error', () => finish(NO_ANSWER));
  outgoing.end();
  return () => outgoing.destroy();
}
