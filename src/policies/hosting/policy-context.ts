import type { OperatorSettings, PolicyContext } from '../policy.js';

/** A frozen copy: what a policy's `build` writes to its context reaches neither the ledger nor the next run. */
export function isolated(context: PolicyContext): PolicyContext {
  const { space, frameworks, forecast, taskMix, operator } = context;
  let machines: PolicyContext['machines'] | undefined;
  return Object.freeze({
    space,
    // Few policies read them, and there may be 100,000.
    get machines() {
      machines ??= frozenCopy(context.machines);
      return machines;
    },
    frameworks: frozenCopy(frameworks),
    // Typed arrays cannot be frozen.
    forecast:
      forecast === undefined
        ? undefined
        : Object.freeze({ mean: forecast.mean.slice(), peak: forecast.peak.slice() }),
    ...(operator !== undefined && { operator: readOnly(operator) }),
    ...(taskMix !== undefined && { taskMix: frozenCopy(taskMix) }),
  });
}

/** Views of the operator's maps, which follow their changes. */
function readOnly({ weights, quotas }: OperatorSettings): OperatorSettings {
  return Object.freeze({ weights: new MapView(weights), quotas: new MapView(quotas) });
}

/** A map that its holder can read but not change. Entries that are objects are frozen copies. */
class MapView<K, V> implements ReadonlyMap<K, V> {
  readonly #target: ReadonlyMap<K, V>;

  constructor(target: ReadonlyMap<K, V>) {
    this.#target = target;
    Object.freeze(this);
  }

  get size(): number {
    return this.#target.size;
  }

  get(key: K): V | undefined {
    return frozenCopy(this.#target.get(key));
  }

  has(key: K): boolean {
    return this.#target.has(key);
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void, thisArg?: unknown): void {
    for (const [key, value] of this) callback.call(thisArg, value, key, this);
  }

  keys(): MapIterator<K> {
    return this.#target.keys();
  }

  *values(): MapIterator<V> {
    for (const value of this.#target.values()) yield frozenCopy(value);
  }

  *entries(): MapIterator<[K, V]> {
    for (const [key, value] of this.#target) yield [key, frozenCopy(value)];
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }
}

Object.freeze(MapView.prototype);

/** A copy of plain data, frozen at every level. Typed arrays become arrays. */
function frozenCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const copy = isArrayLike(value)
    ? Array.from(value, frozenCopy)
    : Object.fromEntries(Object.entries(value).map(([key, part]) => [key, frozenCopy(part)]));
  return Object.freeze(copy) as T;
}

function isArrayLike(value: object): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}
