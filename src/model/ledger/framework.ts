import { InputError, type InputPlace } from '../input-error.js';
/** Index of a framework in the ledger. */
export type FrameworkId = number;

/** An application with its own scheduler: Spark, Kafka, a batch queue. Its usage is charged to a role. */
export interface FrameworkSpec {
  readonly name: string;
  /** A path such as `eng/ads`; the framework's own name when left out. */
  readonly role?: string;
  /** Weight of the role in weighted fair sharing; 1 when left out. */
  readonly weight?: number;
}

/** The index of the framework of this name. @throws InputError when there is none */
export function frameworkIndex(names: readonly string[], name: string, place: InputPlace): FrameworkId {
  const index = names.indexOf(name);
  if (index < 0) throw InputError.expected(place, name, `one of the frameworks ${names.join(', ')}`, names);
  return index;
}
