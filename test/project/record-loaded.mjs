// Preloaded with --import: appends the URL or path of every module that is loaded to the file that LOADED_LOG names.
import { appendFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/** A hook of Node's loader; it sees what is imported. */
export async function load(url, context, nextLoad) {
  appendFileSync(process.env.LOADED_LOG, `${url}\n`);
  return nextLoad(url, context);
}

const { cache } = createRequire(import.meta.url);
process.on('exit', () => {
  appendFileSync(
    process.env.LOADED_LOG,
    Object.keys(cache)
      .map((file) => `${file}\n`)
      .join(''),
  );
});

// Node runs the hooks in a thread of their own, which loads this file again.
if (isMainThread) register(import.meta.url);
