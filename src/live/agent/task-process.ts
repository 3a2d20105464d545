import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromSeconds, type Micros } from '../../model/index.js';
import { type Clock, every } from '../clock.js';
import type { CommandInfo, TaskInfo } from '../wire/messages.js';
import type { Confinement } from './isolation.js';
import { linkVolumes } from './volumes.js';

/** Identifies a process even if its pid is reused. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, or undefined where there is no /proc. */
  readonly started: string | undefined;
}

/** Index of the start time among the fields after the name (proc(5), /proc/pid/stat, field 22). */
const START_TIME = 19;

/** Reads a line of /proc/pid/stat, or a bare process id. Undefined when it is neither. */
function parseIdentity(line: string): ProcessIdentity | undefined {
  const pid = Number.parseInt(line, 10);
  if (!(pid > 1)) return undefined;
  // The name of the process may contain spaces and parentheses.
  const behindName = line.lastIndexOf(')');
  return { pid, started: behindName < 0 ? undefined : line.slice(behindName + 2).split(' ')[START_TIME] };
}

/** Whether the process is still running. */
function isRunning({ pid, started }: ProcessIdentity): boolean {
  if (started !== undefined) {
    const now = statLine(pid);
    return now !== undefined && parseIdentity(now)?.started === started && !/\) Z /.test(now);
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function statLine(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Folders of a task. */
export interface TaskFolders {
  /** The task's own folder: its working directory, with stdout and stderr. */
  readonly sandbox: string;
  /** Metadata for recovery: pid file and exit file. */
  readonly meta: string;
  /** The folder of the agent's persistent volumes. */
  readonly volumes: string;
}

/** Exit status of a command; `undefined` when it disappeared without one. */
export type Exit = { readonly code: number } | undefined;

/** A running command; `ended` is called once. */
export interface TaskProcess {
  /** Leader of the session of the command; undefined while it is unknown. */
  readonly pid: number | undefined;
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
  /** Stops watching; the process keeps running. */
  leave(): void;
}

/**
 * Runs a command and writes its exit status to disk, so that a restarted agent can read it. It traps the signals
 * sent to its process group in order to outlive the command; traps are reset in the command itself.
 */
const SUPERVISOR = [
  'trap : TERM INT HUP',
  'pid_file=$1; exit_file=$2; cgroup_procs=$3; data_kib=$4; file_blocks=$5; shift 5',
  '{ cat /proc/$$/stat 2>/dev/null || echo $$; } > "$pid_file.tmp" && mv "$pid_file.tmp" "$pid_file"',
  // The limits apply to the command only, not to the supervisor, which must still write the exit status.
  '(',
  '[ -z "$cgroup_procs" ] || echo 0 > "$cgroup_procs" || exit 126',
  '[ -z "$data_kib" ] || ulimit -d "$data_kib" || exit 126',
  '[ -z "$file_blocks" ] || ulimit -f "$file_blocks" || exit 126',
  'exec "$@"',
  ')',
  'code=$?',
  'echo $code > "$exit_file.tmp" && mv "$exit_file.tmp" "$exit_file"',
].join('\n');

/** Poll interval for a process that is not a child of this agent. */
const LOOK_INTERVAL: Micros = fromSeconds(0.2);
/** Time within which a started supervisor has written its pid file. */
const START_GRACE: Micros = fromSeconds(1);

/** Parameters of the start of a command. */
export interface TaskStart {
  readonly folders: TaskFolders;
  readonly info: TaskInfo;
  readonly environment: Readonly<Record<string, string>>;
  readonly confinement: Confinement;
}

/** Starts the command of a task in its sandbox, in a process group of its own. @throws when a folder cannot be created. */
export function startTask(
  { folders: { sandbox, meta, volumes }, info, environment, confinement }: TaskStart,
  ended: (exit: Exit) => void,
): TaskProcess {
  mkdirSync(sandbox, { recursive: true, mode: 0o700 });
  mkdirSync(meta, { recursive: true, mode: 0o700 });
  linkVolumes(volumes, sandbox, info.resources ?? []);
  const stdout = openSync(join(sandbox, 'stdout'), 'a', 0o600);
  const stderr = openSync(join(sandbox, 'stderr'), 'a', 0o600);
  const child = spawn(
    '/bin/sh',
    [
      ...['-c', SUPERVISOR, 'task', join(meta, 'pid'), join(meta, 'exit')],
      ...[confinement.cgroupProcs, confinement.dataKib, confinement.fileBlocks],
      ...argumentsOf(info.command),
    ],
    { cwd: sandbox, env: environment, detached: true, stdio: ['ignore', stdout, stderr] },
  );
  closeSync(stdout);
  closeSync(stderr);
  child.unref();
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    signalGroup(child.pid, 'SIGKILL');
    ended(exitOf(meta));
  };
  child.once('exit', end);
  child.once('error', end);
  return {
    pid: child.pid,
    signal: (name) => (isOver ? undefined : signalGroup(child.pid, name)),
    leave: () => {
      isOver = true;
    },
  };
}

/** Watches a command that a previous agent process started; `ended` is called soon if it has already exited. */
export function findTask(clock: Clock, { meta }: TaskFolders, ended: (exit: Exit) => void): TaskProcess {
  const since = clock.now();
  let identity = identityOf(meta);
  let isOver = false;
  const look = () => {
    identity ??= identityOf(meta);
    const isStarting = identity === undefined && clock.now() - since < START_GRACE;
    if (isOver || isStarting || (identity !== undefined && isRunning(identity) && exitOf(meta) === undefined))
      return;
    isOver = true;
    cancel();
    if (identity !== undefined && exitOf(meta) !== undefined) signalGroup(identity.pid, 'SIGKILL');
    ended(exitOf(meta));
  };
  const cancel = every(clock, LOOK_INTERVAL, look);
  return {
    get pid() {
      return identity?.pid;
    },
    signal: (name) => {
      if (!isOver && identity !== undefined && isRunning(identity)) signalGroup(identity.pid, name);
    },
    leave: () => {
      isOver = true;
      cancel();
    },
  };
}

/** The argument vector of a command. */
export function argumentsOf(command: CommandInfo | undefined): readonly string[] {
  const value = command?.value ?? '';
  if (command?.shell ?? true) return ['/bin/sh', '-c', value];
  // The first argument is argv[0], which sh cannot set.
  return [value, ...(command?.arguments ?? []).slice(1)];
}

function identityOf(meta: string): ProcessIdentity | undefined {
  const file = join(meta, 'pid');
  return existsSync(file) ? parseIdentity(readFileSync(file, 'utf8')) : undefined;
}

function exitOf(meta: string): Exit {
  const file = join(meta, 'exit');
  return existsSync(file) ? { code: Number.parseInt(readFileSync(file, 'utf8'), 10) } : undefined;
}

/** Sends a signal to a process group; does nothing if the group is empty. */
export function signalGroup(pid: number | undefined, name: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // The group is empty.
  }
}
