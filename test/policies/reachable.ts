/** What a policy of plain JavaScript can reach from these objects: properties and prototypes, by path. */
export function reachable(roots: Readonly<Record<string, unknown>>): Map<string, object> {
  const found = new Map<string, object>();
  const seen = new Set<unknown>([Object.prototype, Function.prototype, Array.prototype]);
  const visit = (path: string, value: unknown) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value))
      return;
    seen.add(value);
    found.set(path, value);
    for (const key of Reflect.ownKeys(value)) {
      const { value: own, get } = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
      const isAccessor = get !== undefined && Object.getPrototypeOf(value) !== Object.prototype;
      visit(`${path}.${String(key)}`, isAccessor ? undefined : own);
    }
    visit(`${path}.__proto__`, Object.getPrototypeOf(value));
  };
  for (const [name, root] of Object.entries(roots)) visit(name, root);
  return found;
}

/** Tries each way to write to an object. */
export function tamper(target: object): void {
  for (const key of [...Reflect.ownKeys(target), 'now', 'free', 'extra']) {
    if (key === 'length') continue;
    Reflect.set(target, key, 1e9);
    Reflect.defineProperty(target, key, { value: () => 1e9 });
    Reflect.deleteProperty(target, key);
  }
  Reflect.setPrototypeOf(target, {});
}
