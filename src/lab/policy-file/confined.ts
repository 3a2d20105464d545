import { InputError } from '../../model/index.js';
import { policyConsole } from './policy-console.js';

/** A policy that ends the process would end it without results and with its own exit code. */
export function exitRefused(path: string): InputError {
  return new InputError({ file: path }, 'the policy calls process.exit(), but it must return or throw');
}

/** Policy files that were loaded in this thread. Their timers may call process.exit() at any time. */
export const loadedPolicyFiles = new Set<string>();

/**
 * Performs an action of a policy file. In the meantime, `process.exit` throws, and so does `process.getBuiltinModule`: a policy that
 * reads files or the network decides otherwise on another computer. What it prints goes to stderr.
 */
export function confined<T>(path: string, action: () => T): T {
  const { exit, getBuiltinModule } = process;
  const { console } = globalThis;
  globalThis.console = policyConsole;
  process.exit = () => {
    throw exitRefused(path);
  };
  process.getBuiltinModule = () => {
    throw new InputError({ file: path }, 'the policy loads a module of Node, but it must decide by its view');
  };
  const restore = () => {
    Object.assign(process, { exit, getBuiltinModule });
    globalThis.console = console;
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
