import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { cellsFolder } from '../../../src/lab/sweep/cell-folder.js';
import { readParquet } from '../../../src/results/files/parquet-table.js';
import { PROJECT } from '../../cli/simulate-command.js';

/** A process of a test. */
export interface Started {
  readonly process: ChildProcess;
  /** What it has written so far. */
  readonly text: () => string;
  /** Its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

const running = new Set<ChildProcess>();

/** Starts a program. `endAll` ends it. */
export function start(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: object } = {},
): Started {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal);
    });
  });
  ended.catch(() => {});
  return { process: child, text: () => text, ended };
}

/** Starts the built command. */
export function startSimulate(
  args: readonly string[],
  options: { cwd?: string; env?: object } = {},
): Started {
  return start(process.execPath, [join(PROJECT, 'dist', 'cli.js'), ...args], options);
}

/** Ends the processes that this test started and that still run, except servers that a later test needs. */
export async function endAll(except: readonly Started[] = []): Promise<void> {
  const others = [...running].filter((child) => except.every((one) => one.process !== child));
  const closed = others.map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of others) child.kill('SIGKILL');
  await Promise.all(closed);
}

/** Whether the system has the programs. */
export function hasPrograms(...programs: readonly string[]): boolean {
  try {
    for (const program of programs) execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Ports of 127.0.0.1 that nothing listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** The cells that have results. */
export function finishedCells(results: string): string[] {
  const folder = cellsFolder(results);
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
}

/** The tables of a sweep, byte by byte. */
export function tablesOf(results: string): Record<string, string> {
  const names = ['runs.parquet', 'metrics.parquet', 'series.parquet', 'schema.json', 'sweep.json'];
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(results, name)).toString('base64')]),
  );
}

/** The cells in the table of runs, in its order. */
export async function cellsInTable(results: string): Promise<unknown[]> {
  const { columns, data } = await readParquet(join(results, 'runs.parquet'));
  return [...data[columns.findIndex(({ name }) => name === 'cell')]];
}
