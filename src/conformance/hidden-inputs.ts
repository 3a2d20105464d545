/** Reports a use of this function. */
type Complain = (what: string) => void;

/** Functions through which a program reads a clock, sets a timer or draws a random number, by the object that has them. */
const SOURCES: readonly (readonly [owner: string, method: string])[] = [
  ['Math', 'random'],
  ['Date', 'now'],
  ['performance', 'now'],
  ['process', 'hrtime'],
  ['crypto', 'getRandomValues'],
  ['crypto', 'randomUUID'],
  ['globalThis', 'setTimeout'],
  ['globalThis', 'setInterval'],
  ['globalThis', 'setImmediate'],
];

/**
 * Runs an action of a policy and reports each clock, timer and source of randomness that it uses. The functions are replaced
 * during the action only; they still work, so that the run goes on.
 */
export function watchingInputs<T>(complain: Complain, action: () => T): T {
  const undo = SOURCES.map(([owner, method]) => replaceMethod(owner, method, complain));
  undo.push(replaceDate(complain));
  try {
    return action();
  } finally {
    for (const restore of undo.reverse()) restore();
  }
}

const global = globalThis as unknown as Record<string, Record<string, unknown> | undefined>;

function replaceMethod(owner: string, method: string, complain: Complain): () => void {
  const object = owner === 'globalThis' ? (globalThis as unknown as Record<string, unknown>) : global[owner];
  const original = object?.[method];
  if (object === undefined || typeof original !== 'function') return () => undefined;
  const had = Object.getOwnPropertyDescriptor(object, method);
  const watched = (...given: unknown[]) => {
    complain(owner === 'globalThis' ? method : `${owner}.${method}`);
    return (original as (...all: unknown[]) => unknown).apply(object, given);
  };
  Object.defineProperty(object, method, {
    value: Object.assign(watched, original),
    configurable: true,
    writable: true,
  });
  return () => {
    if (had === undefined) delete object[method];
    else Object.defineProperty(object, method, had);
  };
}

/** `new Date()` reads the clock; `new Date(text)` does not. */
function replaceDate(complain: Complain): () => void {
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
  return () => {
    globalThis.Date = original;
  };
}
