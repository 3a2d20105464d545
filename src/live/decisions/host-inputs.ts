import type { AllocatorHost } from '../allocation/allocator-host.js';

/** What can be asked of an allocator's host without changing anything in it. */
type QueryName = 'collectOffers' | 'hasFramework' | 'hasAgent' | 'heldBy' | 'totalOf' | 'freeOf';

type MethodName = {
  [Name in keyof AllocatorHost]: AllocatorHost[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof AllocatorHost];

/** What can be told to an allocator's host: all that decisions depend on, beside the time and the random stream. */
export type InputName = Exclude<MethodName, QueryName>;

/** Every input there is. A method of the host that is in neither list does not compile: what is not logged is not replayed. */
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

/** An input with its arguments, as the host was told it. */
export type HostInput = readonly [name: InputName, ...args: readonly unknown[]];

/** Tells a host an input. Arguments that were read from a log are as good as the log. */
export function applyInput(host: AllocatorHost, [name, ...args]: HostInput): void {
  (host[name] as (...args: readonly unknown[]) => void).apply(host, args);
}
