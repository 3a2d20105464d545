import { InputError } from '../../model/index.js';

/**
 * The actions of a policy count only during the call that got them. A policy that kept them would act when its host does not ask, in
 * a timer or after an await, and decide otherwise on another host.
 */
export class CallGate {
  private readonly policy: string;
  private isOpen = false;
  /** Actions so far, with refused ones. */
  actions = 0;

  constructor(policy: string) {
    this.policy = policy;
  }

  /** Makes a call of the policy, in which its actions count. */
  during(call: () => void): void {
    this.open();
    try {
      call();
    } finally {
      this.close();
    }
  }

  /** A call of the policy begins. `close` follows, whatever happens in the call. */
  open(): void {
    this.isOpen = true;
  }

  close(): void {
    this.isOpen = false;
  }

  /** @throws InputError outside of a call */
  check(): void {
    this.actions++;
    if (!this.isOpen)
      throw new InputError(
        {},
        `policy ${this.policy} acts outside of a call: actions count only during the call that got them`,
      );
  }
}
