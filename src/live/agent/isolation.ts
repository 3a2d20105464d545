import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchedTask } from '../wire/agent-messages.js';
import { CGROUP_MOUNT, makeCgroup, ownCgroup, prepareCgroup, removeCgroup } from './cgroup.js';

/** What keeps tasks to the resources that they were launched with. */
export type Isolation =
  | { readonly kind: 'none' }
  | { readonly kind: 'rlimit' }
  | { readonly kind: 'cgroup'; readonly folder: string };

/** The kinds a person may ask for; `auto` is the strongest that there is. */
export const ISOLATION_KINDS = ['auto', 'cgroup', 'rlimit', 'none'] as const;

/** One of them. */
export type WantedIsolation = (typeof ISOLATION_KINDS)[number];

/** An isolation, and in words what it does. */
export interface ChosenIsolation {
  readonly isolation: Isolation;
  readonly description: string;
}

/** Chooses what is wanted or, for `auto`, what can be had; undefined with the reason when control groups cannot. */
export function chooseIsolation(wanted: WantedIsolation, mount = CGROUP_MOUNT): ChosenIsolation | string {
  if (wanted === 'none') return { isolation: { kind: 'none' }, description: 'tasks are not limited' };
  if (wanted === 'rlimit') return rlimits('');
  const group = ownCgroup(mount, procCgroup());
  const prepared =
    group === undefined ? { problem: `no control groups of version 2 at ${mount}` } : prepareCgroup(group);
  if ('problem' in prepared)
    return wanted === 'cgroup' ? prepared.problem : rlimits(` (no control groups: ${prepared.problem})`);
  return {
    isolation: { kind: 'cgroup', folder: prepared.folder },
    description: `cpus and mem of a task are limited by control groups in ${prepared.folder}`,
  };
}

function rlimits(why: string): ChosenIsolation {
  const description = `mem of each process and disk of each file are limited by rlimits, cpus are not${why}`;
  return { isolation: { kind: 'rlimit' }, description };
}

function procCgroup(): string {
  try {
    return readFileSync('/proc/self/cgroup', 'utf8');
  } catch {
    return '';
  }
}

/** How one task is held; an empty text sets nothing. */
export interface Confinement {
  /** The file by which the command joins its control group. */
  readonly cgroupProcs: string;
  /** RLIMIT_DATA, KiB: heap and private memory of one process (setrlimit(2)). */
  readonly dataKib: string;
  /** RLIMIT_FSIZE, blocks of 512 bytes. */
  readonly fileBlocks: string;
}

const KIB_PER_MIB = 1024;
const BLOCKS_PER_MIB = 2048;

/** Prepares the limits of a task. @throws when its control group cannot be made. */
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

/** A task is over: nothing needs to be held. */
export function release(isolation: Isolation, frameworkId: string, task: LaunchedTask): void {
  if (isolation.kind === 'cgroup') removeCgroup(groupOf(isolation.folder, frameworkId, task));
}

/** A digest, because names of groups are limited and may not hold what ids may. */
function groupOf(folder: string, frameworkId: string, { info }: LaunchedTask): string {
  const digest = createHash('sha256').update(`${frameworkId} ${info.task_id.value}`).digest('hex');
  return join(folder, `task-${digest.slice(0, 32)}`);
}

/** What a task and, where it is in a group, its executor hold of a resource; undefined when they hold none. */
function amountOf({ info, executor_resources = [] }: LaunchedTask, name: string): number | undefined {
  const parts = [...(info.resources ?? []), ...executor_resources].filter((part) => part.name === name);
  return parts.length === 0 ? undefined : parts.reduce((sum, { scalar }) => sum + (scalar?.value ?? 0), 0);
}
