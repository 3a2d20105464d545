/**
 * Lets one change of what is kept on disk follow the other (Mesos: the registrar applies operations in order). A change reads the state,
 * writes to the disk and only then changes the state; another one between these would be lost.
 */
export class SerialQueue {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs when all that came before has ended, well or badly. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
