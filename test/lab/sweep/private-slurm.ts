import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { freePorts, start } from './engine-processes.js';

/** A Slurm of its own, whose machines are all on this computer. */
export interface PrivateSlurm {
  /** The environment in which the commands of Slurm find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Tasks that wait or run. */
  readonly tasks: () => string[];
}

/** Programs that it needs. */
export const SLURM_PROGRAMS = [
  'munged',
  'munge',
  'slurmctld',
  'slurmd',
  'sbatch',
  'squeue',
  'scancel',
  'scontrol',
  'sinfo',
] as const;

/** The largest number of tasks in an array. */
export const LARGEST_ARRAY = 6;

/** Starts Slurm with machines of one core each. Its processes are those of `start`. */
export async function startSlurm(folder: string, machines: number): Promise<PrivateSlurm> {
  for (const name of ['munge', 'state', 'spool']) mkdirSync(join(folder, name));
  // Slurm and munge refuse folders that others cannot enter.
  for (const path of [folder, join(folder, 'munge')]) chmodSync(path, 0o755);
  const socket = join(folder, 'munge', 'socket');
  const key = join(folder, 'munge', 'key');
  writeFileSync(key, randomBytes(128), { mode: 0o600 });
  const munge = ['pid', 'log', 'seed'].map((kind) => `--${kind}-file=${join(folder, 'munge', kind)}`);
  start('munged', ['--foreground', '--force', `--socket=${socket}`, `--key-file=${key}`, ...munge]);

  const [controller, ...ports] = await freePorts(machines + 1);
  const conf = join(folder, 'slurm.conf');
  writeFileSync(conf, configuration(folder, socket, controller, ports));
  const env = { SLURM_CONF: conf };
  await vi.waitFor(() => execFileSync('munge', ['--no-input', `--socket=${socket}`]), 30_000);
  start('slurmctld', ['-D', '-f', conf], { env });
  for (const i of ports.keys()) start('slurmd', ['-D', '-f', conf, '-N', `n${i}`], { env });
  const ask = (command: string, ...args: readonly string[]) =>
    execFileSync(command, args, { encoding: 'utf8', env: { ...process.env, ...env }, stdio: 'pipe' })
      .split('\n')
      .filter(Boolean);
  await vi.waitFor(
    () => expect(ask('sinfo', '-h', '-N', '-t', 'idle', '-o', '%N')).toHaveLength(machines),
    60_000,
  );
  return { env, tasks: () => ask('squeue', '-h', '-r', '-o', '%i') };
}

function configuration(folder: string, socket: string, controller: number, ports: readonly number[]): string {
  const machines = ports.map(
    (port, i) =>
      `NodeName=n${i} NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${port} CPUs=1 State=UNKNOWN`,
  );
  return `ClusterName=sweep
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=${controller}
SlurmUser=${userInfo().username}
SlurmdUser=${userInfo().username}
AuthType=auth/munge
AuthInfo=socket=${socket}
CredType=cred/munge
StateSaveLocation=${join(folder, 'state')}
SlurmdSpoolDir=${join(folder, 'spool')}/%n
SlurmctldPidFile=${join(folder, 'slurmctld.pid')}
SlurmdPidFile=${folder}/%n.pid
SlurmctldLogFile=${join(folder, 'slurmctld.log')}
SlurmdLogFile=${folder}/%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/builtin
SchedulerParameters=sched_min_interval=0
MaxArraySize=${LARGEST_ARRAY}
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
${machines.join('\n')}
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}
