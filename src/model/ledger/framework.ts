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
