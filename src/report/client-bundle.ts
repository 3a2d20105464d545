import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../lab/package-root.js';
import { InputError } from '../model/index.js';

/** What the page runs in the browser, as `npm run build` made it from `client/`. */
export interface ClientBundle {
  readonly script: string;
  readonly style: string;
}

/** @throws InputError when it has not been built. */
export function clientBundle(): ClientBundle {
  return { script: built('report-client.js'), style: built('report-client.css') };
}

function built(name: string): string {
  const file = join(packageRoot(), 'dist', name);
  if (!existsSync(file)) throw new InputError({ file }, 'is missing; run npm run build');
  return readFileSync(file, 'utf8').trim();
}
