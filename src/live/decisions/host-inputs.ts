import type { AllocatorHost } from '../allocation/allocator-host.js';

/** Methods of AllocatorHost that only read, and those of open offers: the end of an offer is an input of its own, `recover`. */
type QueryName =
  | 'collectOffers'
  | 'collectRescinded'
  | 'changedMemory'
  | 'hasFramework'
  | 'hasAgent'
  | 'heldBy'
  | 'totalOf'
  | 'freeOf'
  | 'offerOpened'
  | 'offerClosed'
  | 'expireOffers';

type MethodName = {
  [Name in keyof AllocatorHost]: AllocatorHost[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof AllocatorHost];

/** Methods of AllocatorHost that change it. With the time and the random stream they determine all decisions. */
export type InputName = Exclude<MethodName, QueryName>;

/** All inputs. A host method in neither list is a compile error, because an unlogged input could not be replayed. */
const INPUTS: Readonly<Record<InputName, true>> = {
  addFramework: true,
  recoverFramework: true,
  updateFramework: true,
  removeFramework: true,
  activateFramework: true,
  deactivateFramework: true,
  setRoles: true,
  suppress: true,
  revive: true,
  addAgent: true,
  useAgent: true,
  allocateAgent: true,
  removeAgent: true,
  setAgentActive: true,
  setWhitelist: true,
  setTotal: true,
  setAttributes: true,
  recover: true,
  returnAll: true,
  convert: true,
  setWeight: true,
  setQuota: true,
  pause: true,
  resume: true,
  advance: true,
  batch: true,
};

/** Is this the name of an input? */
export function isInputName(name: unknown): name is InputName {
  return typeof name === 'string' && Object.hasOwn(INPUTS, name);
}

/** An input with its arguments. */
export type HostInput = readonly [name: InputName, ...args: readonly unknown[]];

/** Applies an input to a host. Arguments from a log are not validated. */
export function applyInput(host: AllocatorHost, [name, ...args]: HostInput): void {
  (host[name] as (...args: readonly unknown[]) => void).apply(host, args);
}
