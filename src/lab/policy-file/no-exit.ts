import { InputError } from '../../model/index.js';

/** A policy that ends the process would end it without results and with its own exit code. */
export function exitRefused(path: string): InputError {
  return new InputError({ file: path }, 'the policy calls process.exit(), but it must return or throw');
}

/** Policy files that were loaded in this thread. Their timers may call process.exit() at any time. */
export const loadedPolicyFiles = new Set<string>();

/** Performs an action of a policy file. In the meantime, `process.exit` throws. */
export function withoutExit<T>(path: string, action: () => T): T {
  const { exit } = process;
  process.exit = () => {
    throw exitRefused(path);
  };
  const restore = () => {
    process.exit = exit;
  };
  let result: T;
  try {
    result = action();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}
