import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs';
import { InputError } from '../../model/index.js';
import type { DecisionLog, LogHeader } from './decision-log.js';
import { recordText } from './record-text.js';

/** Logs of earlier lives of the master that are kept beside the present one: `decisions.log.1` is the latest of them. */
const KEPT_LOGS = 9;
/** Bytes after which a log ends: four months of an idle master, or about a million offers. A proposal. */
const MAX_BYTES = 1024 ** 3;
/** Records wait until so many characters have come together, or the loop is idle. */
const BUFFER_CHARACTERS = 64 * 1024;

/** A decision log on disk, which somebody must close. */
export interface DecisionLogFile extends DecisionLog {
  close(): void;
}

/**
 * Begins the log of a master's life and puts those of earlier ones aside. Nothing of the log is needed to go on after a crash,
 * so it is not forced to the disk; where it cannot be written any longer it ends, and the master goes on.
 * @throws InputError when it cannot be made.
 */
export function openDecisionLog(
  path: string,
  header: LogHeader,
  report: (problem: string) => void,
): DecisionLogFile {
  putAside(path);
  const file = open(path);
  let waiting = '';
  let isScheduled = false;
  let written = 0;
  let isOpen = true;

  function end(problem: string): void {
    isOpen = false;
    waiting = '';
    closeSync(file);
    report(`the decision log ends: ${problem}`);
  }

  function flush(): void {
    isScheduled = false;
    if (!isOpen || waiting === '') return;
    try {
      written += writeWhole(file, waiting);
      waiting = '';
      if (written > MAX_BYTES) end(`${path} has ${MAX_BYTES} bytes`);
    } catch (error) {
      end((error as Error).message);
    }
  }

  const log: DecisionLogFile = {
    write(record) {
      if (!isOpen) return;
      waiting += `${recordText(record)}\n`;
      if (waiting.length >= BUFFER_CHARACTERS) flush();
      else if (!isScheduled) {
        isScheduled = true;
        setImmediate(flush);
      }
    },
    close() {
      flush();
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
  log.write(header);
  return log;
}

function putAside(path: string): void {
  if (!existsSync(path)) return;
  for (let age = KEPT_LOGS - 1; age >= 1; age--)
    if (existsSync(`${path}.${age}`)) renameSync(`${path}.${age}`, `${path}.${age + 1}`);
  renameSync(path, `${path}.1`);
}

function open(path: string): number {
  try {
    return openSync(path, 'ax', 0o600);
  } catch (error) {
    throw new InputError({ file: path }, `cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** @returns the bytes written. */
function writeWhole(file: number, text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  let at = 0;
  while (at < bytes.length) at += writeSync(file, bytes, at);
  return bytes.length;
}
