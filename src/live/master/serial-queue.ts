/**
 * Serializes asynchronous changes of the store (Mesos: the registrar applies operations in order). A change reads the state,
 * writes to disk and then changes the state. A concurrent change in between would be lost.
 */
export class SerialQueue {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs after all earlier work has settled. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
