import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const USUAL = fileURLToPath(new URL('../../shared/data', import.meta.url));

/** Folder of the reference data, or undefined where it is absent. */
export const DATA: string | undefined = [process.env.FAIRGROUND_DATA, USUAL].find(
  (path) => path !== undefined && existsSync(path),
);

/** Why tests are skipped, in one clear line. */
const WITHOUT_DATA = `skipped without reference data (tried ${USUAL}; set FAIRGROUND_DATA)`;

if (DATA === undefined) process.stderr.write(`${WITHOUT_DATA}\n`);
