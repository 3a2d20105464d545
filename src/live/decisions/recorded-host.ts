import type { AllocatorHost } from '../allocation/allocator-host.js';
import type { DecisionLog } from './decision-log.js';
import { type HostInput, isInputName } from './host-inputs.js';

/**
 * The same host, with all that it is told and all that it decides in the log. It is recorded at this border because nothing
 * else reaches the allocator: whatever a master comes to do, its inputs pass here.
 */
export function recordedHost(host: AllocatorHost, log: DecisionLog): AllocatorHost {
  let inputs: HostInput[] = [];
  let at = host.now;
  const told = (input: HostInput) => {
    if (inputs.length === 0) at = host.now;
    inputs.push(input);
  };
  const closeTurn = (offers?: ReturnType<AllocatorHost['collectOffers']>) => {
    if (inputs.length > 0) log.write({ at, inputs, ...(offers !== undefined && { offers }) });
    inputs = [];
  };
  return new Proxy(host, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (isInputName(name)) told([name, ...args]);
        const answer: unknown = member.apply(target, args);
        if (name === 'collectOffers') closeTurn(answer as ReturnType<AllocatorHost['collectOffers']>);
        return answer;
      };
    },
    set(target, name, value) {
      // What was told before the time moves was told at the time before.
      if (name === 'now' && value !== target.now) closeTurn();
      return Reflect.set(target, name, value, target);
    },
  });
}
