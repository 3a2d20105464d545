/** Built-in classes whose methods hosts call on the ledger's own arrays and maps. */
const CLASSES: readonly string[] = [
  'Object',
  'Array',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'ArrayBuffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

/** Libraries give single objects a method of this name. They could not if that of the prototype were locked. */
const LEFT_OPEN: readonly PropertyKey[] = ['toString', 'toLocaleString', 'valueOf', '__proto__'];

let areLocked = false;

/**
 * A policy file runs in the process of its host. If it could replace `Int32Array.prototype.set`, it would be handed the ledger's
 * arrays at the next copy. So the methods of the built-in collections are locked before the first policy file is loaded.
 */
export function lockBuiltins(): void {
  if (areLocked) return;
  areLocked = true;
  for (const name of CLASSES) {
    const type = Reflect.get(globalThis, name) as { readonly prototype: object };
    lockMethods(type);
    lockMethods(type.prototype);
    // A setter for an index, on a prototype, would be handed each array that writes there for the first time.
    Object.preventExtensions(type.prototype);
    Object.defineProperty(globalThis, name, { writable: false, configurable: false });
  }
  const typedArray = Object.getPrototypeOf(Int32Array) as { readonly prototype: object };
  lockMethods(typedArray);
  lockMethods(typedArray.prototype);
  Object.preventExtensions(typedArray.prototype);
  for (const iterable of [[], new Map(), new Set()] as const)
    lockMethods(Object.getPrototypeOf(iterable[Symbol.iterator]()) as object);
  lockMethods(Reflect);
  for (const method of ['call', 'apply', 'bind'] as const) lock(Function.prototype, method);
}

function lockMethods(object: object): void {
  for (const key of Reflect.ownKeys(object)) if (!LEFT_OPEN.includes(key)) lock(object, key);
}

function lock(object: object, key: PropertyKey): void {
  const { writable } = Object.getOwnPropertyDescriptor(object, key) ?? {};
  Object.defineProperty(object, key, {
    configurable: false,
    // A getter has no such field.
    ...(writable !== undefined && { writable: false }),
  });
}
