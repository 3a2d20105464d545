import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const USUAL = fileURLToPath(new URL('../../shared/data', import.meta.url));

/** Folder of the reference data; undefined if it is absent. */
export const DATA: string | undefined = [process.env.FAIRGROUND_DATA, USUAL].find(
  (path) => path !== undefined && existsSync(path),
);

/** The reason for skipped tests. */
const WITHOUT_DATA = `skipped without reference data (tried ${USUAL}; set FAIRGROUND_DATA)`;

if (DATA === undefined) process.stderr.write(`${WITHOUT_DATA}\n`);
