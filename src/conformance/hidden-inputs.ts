/** Reports a use of this function. */
type Complain = (what: string) => void;

/**
 * Functions through which a program reads a clock or its computer, acts after its call, or draws a random number, by the object that
 * has them. An owner is a path from the global object.
 */
const SOURCES: readonly (readonly [owner: string, method: string])[] = [
  ['Math', 'random'],
  ['Date', 'now'],
  ['performance', 'now'],
  ['performance', 'mark'],
  ['process', 'hrtime'],
  ['process.hrtime', 'bigint'],
  ['process', 'uptime'],
  ['process', 'cpuUsage'],
  ['process', 'memoryUsage'],
  ['process', 'nextTick'],
  ['process', 'getBuiltinModule'],
  ['Intl', 'DateTimeFormat'],
  ['crypto', 'getRandomValues'],
  ['crypto', 'randomUUID'],
  ['globalThis', 'setTimeout'],
  ['globalThis', 'setInterval'],
  ['globalThis', 'setImmediate'],
  ['globalThis', 'queueMicrotask'],
  ['globalThis', 'fetch'],
  ['globalThis', 'WeakRef'],
  ['globalThis', 'FinalizationRegistry'],
  ['globalThis', 'File'],
  ['globalThis', 'Event'],
  ['globalThis', 'MessageChannel'],
  ['globalThis', 'BroadcastChannel'],
  ['AbortSignal', 'timeout'],
  ['Atomics', 'wait'],
  ['Atomics', 'waitAsync'],
  ['Promise.prototype', 'then'],
];

/** Gets the uses during an action of a policy; undefined outside of such actions. */
let complaining: Complain | undefined;
const complain: Complain = (what) => complaining?.(what);

/**
 * Runs an action of a policy and reports each clock, timer and source of randomness that it uses. The functions are replaced
 * during the action only; they still work, so that the run goes on.
 */
export function watchingInputs<T>(report: Complain, action: () => T): T {
  const restore = replaceAll();
  const outer = complaining;
  complaining = report;
  const before = SHARED.map((object) => Reflect.ownKeys(object).length);
  try {
    return action();
  } finally {
    SHARED.forEach((object, i) => {
      const keys = Reflect.ownKeys(object);
      // Its variables would outlive a restart.
      for (const key of keys.slice(before[i])) complain(`a new property ${String(key)} of a global object`);
    });
    complaining = outer;
    restore();
  }
}

/** Loads the modules of a policy. Functions that they keep for later are watched during its actions, too. */
export async function loadedUnderWatch<T>(load: () => Promise<T>): Promise<T> {
  const restore = replaceAll();
  try {
    return await load();
  } finally {
    restore();
  }
}

function replaceAll(): () => void {
  const undo = SOURCES.map(([owner, method]) => replaceMethod(owner, method));
  undo.push(replaceDate());
  return () => {
    for (const restore of undo.reverse()) restore();
  };
}

/** Objects that all modules share. A key that is set again keeps its place, so new keys are the last ones. */
const SHARED: readonly object[] = [
  globalThis,
  ...[Object, Array, Function, Map, Set, Number, String, Promise].flatMap((one) => [one, one.prototype]),
  Math,
  JSON,
  Reflect,
];

type Owner = Record<string, unknown>;

function replaceMethod(path: string, method: string): () => void {
  const names = path === 'globalThis' ? [] : path.split('.');
  const object = names.reduce<Owner | undefined>(
    (one, name) => one?.[name] as Owner | undefined,
    globalThis as unknown as Owner,
  );
  const original = object?.[method];
  if (object === undefined || typeof original !== 'function') return () => undefined;
  const had = Object.getOwnPropertyDescriptor(object, method);
  const name = path === 'globalThis' ? method : `${path}.${method}`;
  const watched = new Proxy(original as (...all: unknown[]) => unknown, {
    apply(target, self, given) {
      complain(name);
      return Reflect.apply(target, self, given) as unknown;
    },
    construct(target, given, newTarget) {
      complain(name);
      return Reflect.construct(target, given, newTarget) as object;
    },
  });
  Object.defineProperty(object, method, { value: watched, configurable: true, writable: true });
  return () => {
    if (had === undefined) delete object[method];
    else Object.defineProperty(object, method, had);
  };
}

/** `new Date()` reads the clock; `new Date(text)` does not. */
function replaceDate(): () => void {
  const original = globalThis.Date;
  globalThis.Date = new Proxy(original, {
    construct(target, given, newTarget) {
      if (given.length === 0) complain('new Date()');
      return Reflect.construct(target, given, newTarget) as object;
    },
    apply() {
      complain('Date()');
      return String(new original(0));
    },
  });
  // Otherwise `new Date(0).constructor` would be the one that is not watched.
  Object.defineProperty(original.prototype, 'constructor', {
    value: globalThis.Date,
    configurable: true,
    writable: true,
  });
  return () => {
    globalThis.Date = original;
    Object.defineProperty(original.prototype, 'constructor', {
      value: original,
      configurable: true,
      writable: true,
    });
  };
}
