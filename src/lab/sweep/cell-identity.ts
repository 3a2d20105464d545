import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { InputError } from '../../model/index.js';
import { digestText } from '../../results/files/digest.js';
import { buildHash } from '../../results/files/version.js';
import { FILES } from '../run/node/run.js';
import { runIdentity } from '../run/run-identity.js';
import type { RunSources } from '../run/run-sources.js';
import type { RunSpec } from '../run/run-spec.js';

/** 80 bits: a collision among a million cells has a probability below 1e-12. */
const ID_LENGTH = 20;

/** The id of the cell of a run: a digest of everything that its result depends on. @throws InputError when the spec is wrong. */
export async function cellId(
  spec: RunSpec,
  sources: RunSources,
  digest: (path: string) => string,
): Promise<string> {
  const identity = await runIdentity(spec, sources, { digest, engine: buildHash() });
  return digestText(JSON.stringify(identity), ID_LENGTH);
}

/** @throws InputError when the file cannot be read. */
export function digestOfFile(path: string): string {
  try {
    return digestText(readFileSync(path));
  } catch (error) {
    throw new InputError({ file: path }, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** A cell that another process planned, perhaps on another computer, with another build of Fairground and other files. */
export interface PlannedCell {
  readonly id: string;
  readonly spec: RunSpec;
  /** The build that planned it. */
  readonly engine: string;
}

/** Why this process must not run a cell: its result would be that of another cell. Undefined if it may. */
export async function refusalOf({ id, spec, engine }: PlannedCell): Promise<string | undefined> {
  const own = buildHash();
  if (engine !== own)
    return `${hostname()} has another build of Fairground (${short(own)}) than the sweep (${short(engine)})`;
  try {
    if ((await cellId(spec, FILES, digestOfFile)) === id) return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `${hostname()} cannot run it: ${error.message}`;
  }
  return `a file of the sweep, such as its trace or its policy, has another content on ${hostname()} (in ${process.cwd()})`;
}

function short(build: string): string {
  return build.slice(0, 12);
}
