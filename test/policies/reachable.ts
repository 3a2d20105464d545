/** What a policy of plain JavaScript can reach from these objects: properties, also those that are made when they are read, and prototypes, by path. */
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
      // The getters of a prototype need an object of their class.
      const isOfObject = get !== undefined && !Object.hasOwn(value, 'constructor');
      visit(`${path}.${String(key)}`, isOfObject ? Reflect.get(value, key) : own);
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
