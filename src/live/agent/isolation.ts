import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchedTask } from '../wire/agent-messages.js';
import { CGROUP_MOUNT, makeCgroup, ownCgroup, prepareCgroup, removeCgroup } from './cgroup.js';

/** How the resource limits of tasks are enforced. */
export type Isolation =
  | { readonly kind: 'none' }
  | { readonly kind: 'rlimit' }
  | { readonly kind: 'cgroup'; readonly folder: string };

/** Values of the flag; `auto` selects the strongest available isolation. */
export const ISOLATION_KINDS = ['auto', 'cgroup', 'rlimit', 'none'] as const;

/** A value of the flag. */
export type WantedIsolation = (typeof ISOLATION_KINDS)[number];

/** An isolation with a description for the log. */
export interface ChosenIsolation {
  readonly isolation: Isolation;
  readonly description: string;
}

/** Selects the requested isolation, or the strongest available for `auto`. @returns the problem as text when cgroups were requested and are not available. */
export function chooseIsolation(wanted: WantedIsolation, mount = CGROUP_MOUNT): ChosenIsolation | string {
  if (wanted === 'none')
    return { isolation: { kind: 'none' }, description: 'tasks run without resource limits' };
  if (wanted === 'rlimit') return rlimits('');
  const group = ownCgroup(mount, procCgroup());
  const prepared =
    group === undefined ? { problem: `there are no cgroups v2 at ${mount}` } : prepareCgroup(group);
  if ('problem' in prepared)
    return wanted === 'cgroup'
      ? prepared.problem
      : rlimits(` (cgroups are not available: ${prepared.problem})`);
  return {
    isolation: { kind: 'cgroup', folder: prepared.folder },
    description: `cgroups in ${prepared.folder} limit the cpus and mem of each task`,
  };
}

function rlimits(why: string): ChosenIsolation {
  const description = `rlimits limit the mem of each process and the disk of each file; cpus are not limited${why}`;
  return { isolation: { kind: 'rlimit' }, description };
}

function procCgroup(): string {
  try {
    return readFileSync('/proc/self/cgroup', 'utf8');
  } catch {
    return '';
  }
}

/** Limits of one task as arguments of the supervisor; an empty string means no limit. */
export interface Confinement {
  /** The cgroup.procs file of the task's cgroup. */
  readonly cgroupProcs: string;
  /** RLIMIT_DATA, KiB: heap and private memory of one process (setrlimit(2)). */
  readonly dataKib: string;
  /** RLIMIT_FSIZE, blocks of 512 bytes. */
  readonly fileBlocks: string;
}

const KIB_PER_MIB = 1024;
const BLOCKS_PER_MIB = 2048;

/** Prepares the limits of a task. @throws when its cgroup cannot be created. */
export function confine(isolation: Isolation, frameworkId: string, task: LaunchedTask): Confinement {
  const confinement: Confinement = { cgroupProcs: '', dataKib: '', fileBlocks: '' };
  switch (isolation.kind) {
    case 'none':
      return confinement;
    case 'rlimit': {
      const [mem, disk] = [amountOf(task, 'mem'), amountOf(task, 'disk')];
      return {
        ...confinement,
        dataKib: mem === undefined ? '' : String(Math.floor(mem * KIB_PER_MIB)),
        fileBlocks: disk === undefined ? '' : String(Math.floor(disk * BLOCKS_PER_MIB)),
      };
    }
    case 'cgroup': {
      const limits = { cpus: amountOf(task, 'cpus'), memoryMib: amountOf(task, 'mem') };
      return {
        ...confinement,
        cgroupProcs: makeCgroup(groupOf(isolation.folder, frameworkId, task), limits),
      };
    }
  }
}

/** Releases the limits of a finished task. */
export function release(isolation: Isolation, frameworkId: string, task: LaunchedTask): void {
  if (isolation.kind === 'cgroup') removeCgroup(groupOf(isolation.folder, frameworkId, task));
}

/** A digest, because cgroup names are limited in length and in characters. */
function groupOf(folder: string, frameworkId: string, { info }: LaunchedTask): string {
  const digest = createHash('sha256').update(`${frameworkId} ${info.task_id.value}`).digest('hex');
  return join(folder, `task-${digest.slice(0, 32)}`);
}

/** Amount of a resource held by a task and, in a task group, its executor; undefined when none. */
function amountOf({ info, executor_resources = [] }: LaunchedTask, name: string): number | undefined {
  const parts = [...(info.resources ?? []), ...executor_resources].filter((part) => part.name === name);
  return parts.length === 0 ? undefined : parts.reduce((sum, { scalar }) => sum + (scalar?.value ?? 0), 0);
}
