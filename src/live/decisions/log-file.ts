import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs';
import { InputError } from '../../model/index.js';
import type { DecisionLog, LogHeader } from './decision-log.js';
import { recordText } from './record-text.js';

/** Number of rotated logs of earlier master processes; `decisions.log.1` is the latest. */
const KEPT_LOGS = 9;
/** Size limit of a log: four months of an idle master, or about a million offers. A proposal. */
const MAX_BYTES = 1024 ** 3;
/** Records are buffered up to this number of characters, or until the event loop is idle. */
const BUFFER_CHARACTERS = 64 * 1024;

/** A decision log on disk; the caller must close it. */
export interface DecisionLogFile extends DecisionLog {
  close(): void;
}

/**
 * Opens a new log and rotates the earlier ones. Crash recovery does not need the log, so it is not synced to disk.
 * If a write fails, the log ends and the master continues.
 * @throws InputError when it cannot be created.
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
    report(`decision log stopped: ${problem}`);
  }

  function flush(): void {
    isScheduled = false;
    if (!isOpen || waiting === '') return;
    try {
      written += writeWhole(file, waiting);
      waiting = '';
      if (written > MAX_BYTES) end(`${path} has reached its limit of ${MAX_BYTES} bytes`);
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
    throw new InputError({ file: path }, `cannot be created (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** @returns the bytes written. */
function writeWhole(file: number, text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  let at = 0;
  while (at < bytes.length) at += writeSync(file, bytes, at);
  return bytes.length;
}
